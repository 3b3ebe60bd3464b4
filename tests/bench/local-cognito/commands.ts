import { fileURLToPath } from 'node:url';
import type { LocalCognito } from '@cognito-m2m/local-cognito';
import { tokenForm } from '../../support/token.ts';
import type { Command } from './subject.ts';

/** The command that a team installs, out of the package as it is published, with a trigger of its own. */
export const PACKAGE: Command = {
  name: 'local Cognito, the package',
  args: [
    toPath('../../../packages/local-cognito/dist/package/dist/local-cognito.cjs'),
    ...['--json', '--port=0', '--client=writer', '--scope=orders/read', '--scope=orders/write'],
    ...['--trigger', toPath('./subjects/trigger.mjs')],
  ],
  toRequest: toFirstClient,
};

/** The command of this repository, over a claims table and with the production trigger, whose build it looks at first. */
export const START: Command = {
  name: 'local Cognito, `start`',
  args: [toPath('../../../packages/local-cognito/bin/start.cjs'), '--json', '--port=0'],
  toRequest: toFirstClient,
};

/** What else serves tokens on one machine, and how many times its tokens per second the package has to reach. */
export const OTHERS: readonly (Command & { readonly minLead: number })[] = [
  { name: 'oidc-provider', minLead: 1.5 },
  { name: 'oauth2-mock-server', minLead: 2.5 },
].map((other) => ({
  ...other,
  args: [toPath(`./subjects/${other.name}.mjs`)],
  toRequest: (request: { url: string; body: string }) => request,
}));

function toFirstClient({ pools: [pool] }: LocalCognito) {
  const { clientId = '', clientSecret = '' } = pool?.clients[0] ?? {};
  return {
    url: pool?.tokenEndpoint ?? '',
    body: tokenForm({ clientId, clientSecret }).toString(),
  };
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

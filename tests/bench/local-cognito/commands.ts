import { fileURLToPath } from 'node:url';
import type { LocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { tokenForm } from '../../support/token.ts';
import type { Command } from './subject.ts';

/** The command that people run, build of the trigger included; it runs the trigger in its worker. */
export const LOCAL_COGNITO: Command = {
  name: 'local Cognito',
  args: [toPath('../../../packages/local-cognito/bin/start.cjs'), '--json', '--port=0'],
  toRequest: ({ pools: [pool] }: LocalEnvironment) => {
    const { clientId = '', clientSecret = '' } = pool?.clients[0] ?? {};
    const body = tokenForm({ clientId, clientSecret }).toString();
    return { url: pool?.tokenEndpoint ?? '', body };
  },
};

/** What else serves tokens on one machine. */
export const OTHERS: readonly Command[] = ['oauth2-mock-server', 'oidc-provider'].map((name) => ({
  name,
  args: [toPath(`./subjects/${name}.mjs`)],
  toRequest: (request: { url: string; body: string }) => request,
}));

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

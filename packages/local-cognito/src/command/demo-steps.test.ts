import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import {
  aClient,
  anEnvironment,
  aPool,
  aTokenClient,
  STAFF_ISSUER,
} from '@cognito-m2m/environment/fixtures';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startLocalEnvironment } from '../environment/start-local-environment.ts';
import { showDemo, startDemoUsers } from './demo-steps.ts';

const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;
const running: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Everything that the demo prints for an environment with these clients. */
async function demoOf(clients: Parameters<typeof aPool>[0]): Promise<string> {
  const pools = { payments: aPool({ tokenIssuers: { staff: STAFF_ISSUER }, ...clients }) };
  const users = await startDemoUsers(
    validateEnvironment(contract, anEnvironment({ name: 'local', pools })),
  );
  running.push(users);
  const { environment } = users;
  const behaviour = { issuerFormat: 'aws' } as const;
  const plain = await startLocalEnvironment({ environment, behaviour, triggerBundle: null });
  running.push(plain);
  const customized = await startLocalEnvironment({ environment, behaviour });
  running.push(customized);
  const same = (text: string) => text;
  const style = { bold: same, dim: same, good: same, bad: same };
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  await showDemo({ environment, contract, plain, customized, users, print, style });
  return printed.join('\n');
}

describe('the demo', () => {
  test('the demo shows a good user token and a forged one refused, and never prints a token', async () => {
    const text = await demoOf({ clients: { worker: aClient(), agent: aTokenClient() } });

    expect(text).toContain('100 calls, 1 token');
    expect(text).toMatch(/on_behalf_of +"\w{26}" +← token user_token/);
    expect(text).toContain('ERR_TOKEN_SIGNATURE');
    expect(text).not.toMatch(TOKEN);
  });

  test('the demo shows what there is in an environment whose clients need nothing', async () => {
    const text = await demoOf({ clients: { worker: aClient() } });

    expect(text).toContain('100 calls, 1 token');
    expect(text).not.toContain('on behalf of');
  });

  test('the demo says that an environment has no client', async () => {
    const text = await demoOf({ clients: {} });

    expect(text).toBe('The environment "local" has no client.');
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline, aTokenSelector } from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool, aTokenClient } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { runM2m } from '../support/m2m.ts';
import { startServer } from '../support/server.ts';
import { eventWith } from './trigger-world.ts';

/** A port that was free a moment ago: an issuer's address stands in the declaration before it runs. */
async function findPort(): Promise<number> {
  const server = await startServer(() => {});
  await server.close();
  return Number(new URL(server.url).port);
}

async function fetchToken(
  url: string,
  form: { readonly [name: string]: string },
): Promise<{ readonly access_token?: string; readonly error?: string }> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form });
  return (await fetch(url, { method: 'POST', body })).json() as never;
}

function payloadOf(token = ''): { readonly [name: string]: unknown } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('oidc-provider as the issuer of users', () => {
  const issuerAt = (port: number) => `http://localhost:${port}`;
  let table: ClaimsTable;
  let provider: ChildProcess;
  let trigger: TriggerProcess;
  let token: string;

  beforeAll(async () => {
    const port = await findPort();
    const script = fileURLToPath(new URL('oidc-issuer.mjs', import.meta.url));
    provider = spawn(process.execPath, [script, String(port)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (provider.stdout) await once(provider.stdout, 'data');
    table = await startClaimsTable();
    const issuer = {
      name: 'partner',
      issuer: issuerAt(port),
      clientIds: [],
      audience: ['payments'],
    };
    await table.put(
      aBaseline({ clientId: 'agent', claimsFromToken: aTokenSelector({ issuer }) }),
      aBaseline({
        clientId: 'other',
        claimsFromToken: aTokenSelector({ issuer: { ...issuer, audience: ['shipping'] } }),
      }),
    );
    trigger = await startTriggerProcess({
      CLAIMS_TABLE_NAME: table.tableName,
      CLAIMS_TOKEN_ISSUERS: JSON.stringify([{ issuer: issuer.issuer }]),
      AWS_ENDPOINT_URL: table.endpointUrl,
    });
    const answer = await fetchToken(`${issuer.issuer}/token`, {
      client_id: 'user-client',
      client_secret: 'secret',
      scope: 'orders/read',
    });
    token = answer.access_token ?? '';
    expect(answer).toHaveProperty('access_token');
  });

  afterAll(async () => {
    provider.kill();
    await Promise.all([trigger.close(), table.close()]);
  });

  test('oidc-provider gives a token whose subject ends up in the token of the client', async () => {
    const { answer } = await trigger.call(eventWith('agent', { user_token: token }));

    expect(JSON.stringify(answer)).toContain('"on_behalf_of":"user-client"');
  });

  test('oidc-provider gives no token for another audience', async () => {
    const { error } = await trigger.call(eventWith('other', { user_token: token }));

    expect(error?.errorMessage).toContain('ERR_TOKEN_AUDIENCE');
  });
});

describe('a second pool of local Cognito as the issuer of users', () => {
  let cognito: LocalEnvironment;
  let folder: string;
  const poolOf = (name: string) => cognito.pools.find((pool) => pool.name === name);
  const clientOf = (name: string) => poolOf(name)?.clients[0];

  /** Asks a pool for a token of its only client. */
  async function ask(pool: string, metadata?: object) {
    const { clientId = '', clientSecret = '' } = clientOf(pool) ?? {};
    return fetchToken(poolOf(pool)?.tokenEndpoint ?? '', {
      client_id: clientId,
      client_secret: clientSecret,
      ...(metadata && { aws_client_metadata: JSON.stringify(metadata) }),
    });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'on-behalf-of-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const start = async (clientIds: readonly string[]) => {
      const users = {
        // The port is that of the server, whichever it is.
        issuer: 'http://127.0.0.1:8787/eu-central-1_Local0002',
        clientIds,
        tokenUse: 'access' as const,
      };
      const pools = {
        payments: aPool({ tokenIssuers: { staff: users }, clients: { agent: aTokenClient() } }),
        users: aPool({ domainPrefix: 'acme-test-users', clients: { app: aClient() } }),
      };
      const input = anEnvironment({ name: 'local', pools });
      await writeFile(join(folder, 'local.ts'), `export default ${JSON.stringify(input)};`);
      const environment = validateEnvironment(contract, input);
      return startLocalEnvironment({ environment, contract });
    };
    // Client IDs are made from the names: the first start only tells them.
    const first = await start(['unknown']);
    const app = first.pools.find(({ name }) => name === 'users')?.clients[0]?.clientId ?? '';
    await first.close();
    cognito = await start([app]);
  });

  afterAll(async () => {
    await Promise.all([cognito.close(), rm(folder, { recursive: true })]);
  });

  /** Runs a command of m2m for the client, with a user token in a file. */
  async function m2m(command: string, userToken: string) {
    const file = join(folder, 'user-token');
    await writeFile(file, `${userToken}\n`);
    const place = ['--env', 'local', '--local-url', cognito.url, '--environments', folder];
    const words = [command, 'payments', 'agent', '--metadata', `user_token=@${file}`];
    return runM2m([...words, ...place]);
  }

  test.each(['token', 'explain'])(
    'm2m %s shows what was taken from a user token, and never the token',
    async (command) => {
      const { access_token: userToken = '' } = await ask('users');

      const { exitCode, stdout, stderr } = await m2m(command, userToken);

      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        /User token "user_token" of issuer "staff": verified, issued \d+ s ago/,
      );
      expect(stdout).toContain('Checks passed: form, algorithm, issuer, signature, ');
      expect(stdout).toMatch(new RegExp(`on_behalf_of .*"${clientOf('users')?.clientId}"`));
      expect(stdout + stderr).not.toContain(userToken.slice(-20));
      expect(stdout + stderr).not.toMatch(/eyJ/);
    },
  );

  test('m2m token and m2m explain agree on a forged user token', async () => {
    const { access_token: userToken = '' } = await ask('users');
    const forged = `${userToken.slice(0, -8)}AAAAAAAA`;

    const [token, explain] = [await m2m('token', forged), await m2m('explain', forged)];

    expect(token).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no token (ERR_TOKEN_SIGNATURE)'),
    });
    expect(token.stdout).toContain('1 of 1 as m2m explain shows.');
    expect(explain.stdout).toContain('ERR_TOKEN_SIGNATURE');
    expect(token.stdout + explain.stdout).not.toContain('AAAAAAAA');
  });

  test('a second pool gives a token whose subject ends up in the token of the client', async () => {
    const { access_token: user_token } = await ask('users');

    const { access_token: token } = await ask('payments', { user_token });

    expect(payloadOf(token)).toMatchObject({
      client_id: clientOf('payments')?.clientId,
      on_behalf_of: clientOf('users')?.clientId,
    });
  });

  test('a second pool refuses the request without a user token', async () => {
    const answer = await ask('payments');

    expect(JSON.stringify(answer)).toContain('ERR_TOKEN_REQUIRED');
  });

  test('a second pool shows on the page of the client what was taken, and never the user token', async () => {
    const { access_token: user_token = '' } = await ask('users');
    const page = `${cognito.url}/clients/${clientOf('payments')?.clientId}`;
    const send = async (value: string) => {
      const body = new URLSearchParams({ 'metadata-key': 'user_token', 'metadata-value': value });
      const answer = await fetch(page, { method: 'POST', body, headers: { origin: cognito.url } });
      return answer.text();
    };

    const text = await send(user_token);
    const refused = await send(`${user_token.slice(0, -8)}AAAAAAAA`);

    expect(text).toContain('layer-token');
    expect(text).toContain(clientOf('users')?.clientId ?? 'none');
    expect(text).toMatch(
      /User token of issuer staff: verified, issued \d+ s ago\. Checks passed: form, .*, claims\./,
    );
    expect(refused).toContain('Checks passed: form, algorithm, issuer.');
    expect(refused).toContain('ERR_TOKEN_SIGNATURE');
    expect(text + refused).not.toContain(user_token.slice(0, -8));
    expect(await (await fetch(page)).text()).toContain('Token of a user');
  });

  test('a second pool refuses a token of the pool itself', async () => {
    const { access_token: user_token } = await ask('users');
    const { access_token: own } = await ask('payments', { user_token });

    const answer = await ask('payments', { user_token: own });

    expect(JSON.stringify(answer)).toContain('ERR_TOKEN_ISSUER');
  });
});

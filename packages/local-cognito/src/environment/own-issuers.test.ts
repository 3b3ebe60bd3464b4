import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool, aTokenClient } from '@cognito-m2m/environment/fixtures';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type LocalEnvironment,
  type LocalEnvironmentOptions,
  startLocalEnvironment,
} from './start-local-environment.ts';

/** Pools of which the second is the issuer of the first; the file names a port at which nothing listens. */
async function start(options: Partial<LocalEnvironmentOptions> = {}, clientIds = [appClientId]) {
  const staff = {
    issuer: 'http://127.0.0.1:8787/eu-central-1_Local0002',
    clientIds,
    tokenUse: 'access' as const,
  };
  const pools = {
    payments: aPool({ tokenIssuers: { staff }, clients: { agent: aTokenClient() } }),
    users: aPool({ domainPrefix: 'acme-test-users', clients: { app: aClient() } }),
  };
  const environment = validateEnvironment(contract, anEnvironment({ name: 'local', pools }));
  const cognito = await startLocalEnvironment({ environment, ...options });
  started.push(cognito);
  return cognito;
}

/** IDs are made from names: a start without a trigger tells it. */
let appClientId = '';
beforeAll(async () => {
  const cognito = await start({ triggerBundle: null }, ['unknown']);
  appClientId = cognito.pools[1]?.clients[0]?.clientId ?? '';
  await closeAll();
});

const started: LocalEnvironment[] = [];
afterEach(closeAll);

async function closeAll(): Promise<void> {
  await Promise.all(started.splice(0).map((cognito) => cognito.close()));
}

async function ask({ url, pools }: LocalEnvironment, poolName: string, metadata?: object) {
  const [client] = pools.find(({ name }) => name === poolName)?.clients ?? [];
  const response = await fetch(`${url}/${poolName}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client?.clientId ?? '',
      client_secret: client?.clientSecret ?? '',
      ...(metadata && { aws_client_metadata: JSON.stringify(metadata) }),
    }),
  });
  const body = (await response.json()) as { access_token?: string; error?: string };
  const [, payload] = (body.access_token ?? '').split('.');
  const claims = payload ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {};
  return { ...body, claims };
}

describe('a client that acts on behalf of users of another pool of its environment', () => {
  test.each([
    ['on a free port', {}],
    ['with the issuer of a real pool', { behaviour: { issuerFormat: 'aws' } }],
    ['behind a public address', { publicUrl: 'https://cognito.example/' }],
  ] as const)(
    'a client gets a token with a user token of the other pool, %s',
    async (_name, options) => {
      const cognito = await start(options);

      const user = await ask(cognito, 'users');
      const agent = await ask(cognito, 'payments', { user_token: user.access_token });

      expect(agent.error).toBeUndefined();
      expect(agent.claims).toMatchObject({ on_behalf_of: user.claims.sub });
      expect(user.claims.iss).toBe(cognito.pools[1]?.issuer);
    },
  );

  test('a client gets no token with a user token of a server at another port', async () => {
    const [cognito, other] = [await start(), await start()];

    const user = await ask(other, 'users');
    const agent = await ask(cognito, 'payments', { user_token: user.access_token });

    expect(agent.error).toContain('ERR_TOKEN_');
  });

  test('startLocalEnvironment says that the port is in use', async () => {
    const first = await start();

    const second = start({ port: Number(new URL(first.url).port) });

    await expect(second).rejects.toMatchObject({ code: 'ERR_LOCAL_PORT_IN_USE' });
  });
});

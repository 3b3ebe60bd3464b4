import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { act, PUPPET_BUNDLE } from '../test/start-server.ts';
import { startLocalCognito } from './start-local-cognito.ts';
import type { LocalCognito, LocalCognitoOptions } from './start-options.ts';

const running: LocalCognito[] = [];
afterEach(() => Promise.all(running.splice(0).map((cognito) => cognito.close())));

const worker = { scopes: ['notes/read', 'notes/write'] };

async function start(options: Partial<LocalCognitoOptions> = {}): Promise<LocalCognito> {
  const cognito = await startLocalCognito({
    pools: { notes: { clients: { worker } } },
    ...options,
  });
  running.push(cognito);
  return cognito;
}

/** Asks for a token of the first client of a pool. */
async function ask({ pools }: LocalCognito, form: Record<string, string> = {}, poolName = 'notes') {
  const pool = pools.find(({ name }) => name === poolName);
  const response = await fetch(pool?.tokenEndpoint ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: pool?.clients[0]?.clientId ?? '',
      client_secret: pool?.clients[0]?.clientSecret ?? '',
      ...form,
    }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  const [, payload] = String(body['access_token'] ?? '').split('.');
  const claims = payload ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {};
  return { status: response.status, body, claims };
}

describe('pools', () => {
  test('one pool and client issue tokens without a trigger', async () => {
    const { status, claims } = await ask(await start());

    expect(status).toBe(200);
    expect(claims).toMatchObject({ scope: 'notes/read notes/write', version: 2 });
    expect(claims['exp'] - claims['iat']).toBe(3600);
  });

  test('ids, secrets and lifetimes may be given', async () => {
    const given = {
      ...worker,
      clientId: 'my_client',
      clientSecret: 'my_secret',
      accessTokenMinutes: 5,
    };
    const cognito = await start({
      region: 'us-east-1',
      pools: { notes: { userPoolId: 'us-east-1_Mine', clients: { worker: given } } },
    });

    const { claims } = await ask(cognito);

    expect(cognito.pools).toMatchObject([
      {
        userPoolId: 'us-east-1_Mine',
        clients: [{ clientId: 'my_client', clientSecret: 'my_secret' }],
      },
    ]);
    expect(claims).toMatchObject({ client_id: 'my_client', exp: claims['iat'] + 300 });
  });

  test('names may be whatever AWS allows, and whatever an object has', async () => {
    const cognito = await start({
      pools: {
        constructor: { clients: { toString: worker } },
        'Team A + B, @home': { clients: { 'nightly = job': worker } },
      },
    });

    for (const { name } of cognito.pools) {
      await expect(ask(cognito, {}, name)).resolves.toMatchObject({ status: 200 });
    }
    expect(cognito.pools).toHaveLength(2);
  });

  test.each([
    ['none', {}, 0],
    ['one', { a: worker }, 1],
    ['many', Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`c${n}`, worker])), 30],
  ])('a pool may have %s of clients', async (_name, clients, count) => {
    const { pools } = await start({ pools: { notes: { clients } } });

    expect(new Set(pools[0]?.clients.map(({ clientId }) => clientId)).size).toBe(count);
  });

  test('a data folder keeps ids, secrets and keys', async () => {
    const data = await mkdtemp(join(tmpdir(), 'local-cognito-'));
    const first = await start({ data });
    const keys = await (await fetch(first.pools[0]?.jwksUri ?? '')).text();
    await first.close();

    const second = await start({ data });

    expect(second.pools[0]?.clients).toEqual(first.pools[0]?.clients);
    expect(await (await fetch(second.pools[0]?.jwksUri ?? '')).text()).toBe(keys);
    await second.close();
    await rm(data, { recursive: true });
  });
});

describe('the trigger', () => {
  test('the trigger may be a function of this process', async () => {
    const cognito = await start({
      trigger: async (event) => ({
        ...event,
        response: {
          claimsAndScopeOverrideDetails: {
            accessTokenGeneration: { claimsToAddOrOverride: { tier: 'gold' } },
          },
        },
      }),
    });

    await expect(ask(cognito)).resolves.toMatchObject({ claims: { tier: 'gold' } });
  });

  test('a function that throws refuses the token', async () => {
    const cognito = await start({
      trigger: () => {
        throw new Error('Not today.');
      },
    });

    const { status, body } = await ask(cognito);

    expect(status).toBe(400);
    expect(body['error']).toMatch(/^PreTokenGeneration failed with error Not today\.\./);
  });

  test('a function that takes too long is given up', async () => {
    const cognito = await start({
      trigger: () => new Promise(() => undefined),
      triggerTimeoutMs: 20,
    });

    const { body } = await ask(cognito);

    expect(body['error']).toContain('timeout');
  });

  test('a bundle has the variables that Lambda sets, and its own', async () => {
    const trigger = {
      bundle: PUPPET_BUNDLE,
      env: { DATABASE: 'notes' },
      runtime: 'nodejs24.x',
    } as const;
    const cognito = await start({ trigger });

    const { claims } = await ask(cognito, act('environment'));

    const expected = [
      'DATABASE',
      '_HANDLER',
      'LAMBDA_TASK_ROOT',
      'AWS_EXECUTION_ENV',
      'AWS_REGION',
    ];
    expect(claims['names']).toEqual(expect.arrayContaining(expected));
    expect(claims['names']).not.toContain('HOME');
  });

  test('a pool may have one of its own, or none', async () => {
    const add = (name: string) => (event: object) => ({
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { from: name } },
        },
      },
    });
    const cognito = await start({
      trigger: add('standard'),
      triggers: { own: add('own') },
      pools: {
        notes: { clients: { worker } },
        named: { clients: { worker }, trigger: 'own' },
        bare: { clients: { worker }, trigger: null },
      },
    });

    const from = [];
    for (const pool of ['notes', 'named', 'bare'])
      from.push((await ask(cognito, {}, pool)).claims['from']);

    expect(from).toEqual(['standard', 'own', undefined]);
  });

  test.each([
    ['neither a bundle nor an endpoint', {}, 'ERR_LOCAL_TRIGGER_INVALID'],
    [
      'both',
      { bundle: PUPPET_BUNDLE, endpoint: 'http://127.0.0.1:1' },
      'ERR_LOCAL_TRIGGER_INVALID',
    ],
    ['an endpoint that is not a URL', { endpoint: 'nowhere' }, 'ERR_LOCAL_TRIGGER_INVALID'],
    ['a bundle that is not there', { bundle: '/nowhere.mjs' }, 'ERR_LOCAL_BUNDLE_MISSING'],
    [
      'a variables file that is not there',
      { bundle: PUPPET_BUNDLE, envFile: '/nowhere.env' },
      'ERR_LOCAL_CONFIG_UNREADABLE',
    ],
  ])('the trigger with %s is refused', async (_name, trigger, code) => {
    await expect(start({ trigger })).rejects.toMatchObject({ code });
  });
});

describe('a running server', () => {
  test('a running server has a clock that can be moved, and tokens are issued by it', async () => {
    const cognito = await start({ clock: () => 1_700_000_000_000 });

    cognito.clock.advance('1h');
    cognito.clock.advance(30_000);

    const { claims } = await ask(cognito);
    expect(claims['iat']).toBe(1_700_003_630);
    expect(() => cognito.clock.advance('soon')).toThrow(RangeError);
  });

  test('a running server changes its behaviour', async () => {
    const cognito = await start();
    const [pool] = cognito.pools;

    cognito.setBehaviour({ issuerFormat: 'aws' });

    const { claims } = await ask(cognito);
    expect(claims['iss']).toBe(
      `https://cognito-idp.eu-central-1.amazonaws.com/${pool?.userPoolId}`,
    );
  });

  test('a running server remembers its requests, newest first', async () => {
    const cognito = await start();
    await ask(cognito);
    await ask(cognito, { scope: 'notes/delete' });

    expect(cognito.requests()).toMatchObject([
      { status: 400, error: 'invalid_scope', clientName: 'worker' },
      { status: 200, scopes: ['notes/read', 'notes/write'] },
    ]);
  });

  test('a running server names its public address as issuer, key set and token endpoint', async () => {
    const cognito = await start({ publicUrl: 'https://cognito.example:8443/' });
    const [pool] = cognito.pools;

    const response = await fetch(`${cognito.url}/notes/.well-known/openid-configuration`);

    const base = `https://cognito.example:8443/${pool?.userPoolId}`;
    expect(await response.json()).toMatchObject({
      issuer: base,
      jwks_uri: `${base}/.well-known/jwks.json`,
      token_endpoint: `${base}/oauth2/token`,
    });
    expect(pool?.tokenEndpoint).toBe('https://cognito.example:8443/notes/oauth2/token');
  });

  test('a running server speaks TLS with a certificate that its authority has signed', async () => {
    const cognito = await start({ tls: true });
    const { readFile } = await import('node:fs/promises');
    const ca = await readFile(cognito.caFile ?? '', 'utf8');

    const status = await new Promise((resolve, reject) => {
      request(`${cognito.url}/notes/.well-known/jwks.json`, { ca }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

    expect(cognito.url).toMatch(/^https:/);
    expect(status).toBe(200);
    await rm(cognito.caFile ?? '');
  });
});

test.each([
  ['no pools', {}, 'pools: '],
  ['an unknown member', { pools: {}, pool: 'notes' }, 'Unrecognized key: "pool"'],
  ['a pool without clients', { pools: { notes: {} } }, 'pools.notes.clients: '],
  [
    'a scope without a resource server',
    { pools: { notes: { clients: { worker: { scopes: ['read'] } } } } },
    'pools.notes.clients.worker.scopes.0: expected "<resource server>/<scope>"',
  ],
  [
    'a scope that the resource servers do not have',
    { pools: { notes: { resourceServers: { notes: { scopes: ['read'] } }, clients: { worker } } } },
    'pools.notes.clients.worker.scopes: no resource server has "notes/write"',
  ],
  [
    'two clients with one id',
    {
      pools: {
        notes: { clients: { a: { ...worker, clientId: 'x' }, b: { ...worker, clientId: 'x' } } },
      },
    },
    'pools.notes.clients.b.clientId: has the same value as pools.notes.clients.a.clientId',
  ],
  [
    'an unknown trigger',
    { pools: { notes: { clients: { worker }, trigger: 'x' } } },
    'pools.notes.trigger: "x" is not in "triggers"',
  ],
  [
    'an unknown behaviour',
    { pools: {}, behaviour: { mood: 1 } },
    'behaviour: Unrecognized key: "mood"',
  ],
  [
    'a behaviour with another value',
    { pools: {}, behaviour: { scopeOrder: 'random' } },
    'behaviour.scopeOrder: ',
  ],
])('a configuration with %s is refused', async (_name, options, fault) => {
  const starting = startLocalCognito(options as LocalCognitoOptions);

  await expect(starting).rejects.toMatchObject({ code: 'ERR_LOCAL_CONFIG_INVALID' });
  await expect(starting).rejects.toThrow(fault);
});

test('every fault of a configuration is reported at once, and no secret', async () => {
  const clients = { 'a/b': worker, c: { scopes: 'x', clientSecret: 'not-allowed-secret' } };
  const pools = { notes: { clients } };

  const starting = startLocalCognito({ pools } as unknown as LocalCognitoOptions);

  await expect(starting).rejects.toThrow(/: 3 faults\./);
  await expect(starting).rejects.not.toThrow(/not-allowed-secret/);
});

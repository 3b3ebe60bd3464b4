import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import { validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awsError } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { CliError } from '../frame/errors.ts';
import type { Target } from '../frame/target.ts';
import { createStyle } from '../frame/terminal.ts';
import { renderTokens, type TokenInput, token } from './token.ts';

const TRIGGER_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
const USER_POOL_ID = 'eu-central-1_Local0001';
const NOTHING = {
  pool: 'payments',
  client: 'billing-worker',
  clientId: 'id',
  isExisting: false,
  scopes: [],
  claims: {},
  diff: [],
  missingScopes: [],
  extraScopes: [],
};
const style = createStyle({ hasColours: false });
const INPUT = anEnvironment({
  // The table is read for every token, so that a change shows at once.
  trigger: { cacheSeconds: 0, maxStaleSeconds: 0 },
  pools: {
    payments: aPool({
      clients: {
        'billing-worker': aClient({ claimsByScope: { 'orders/write': { approval_limit: 1 } } }),
        'report-viewer': aClient({
          scopes: ['orders/read'],
          addScopes: ['orders/write'],
          claimsFromMetadata: {
            tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
          },
        }),
        stopped: aClient(),
      },
    }),
  },
});

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(INPUT, { triggerBundle: TRIGGER_BUNDLE });
  const clientId = deployment.clientId('payments', 'stopped');
  await deployment.put(anOverride({ userPoolId: USER_POOL_ID, clientId, disabled: true }));
});
afterAll(() => deployment.close());

function run(changes: Partial<TokenInput> = {}, environment = deployment.environment) {
  const input = { poolName: 'payments', clientName: 'billing-worker', isAll: false };
  return token(deployment.context({ environment, nowMs: Date.now() }), {
    ...input,
    scopes: [],
    metadata: [],
    ...changes,
  });
}

describe('one client', () => {
  test('one client whose token is as explain shows: exit 0', async () => {
    const { json, exitCode, text } = await run();

    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      isSame: true,
      tokens: [
        {
          result: 'same',
          token: 'issued',
          scopes: ['orders/read', 'orders/write'],
          claims: { approval_limit: 1, tier: 'premium' },
          diff: [],
        },
      ],
    });
    expect(text(style)).toContain('1 of 1 as m2m explain shows.');
  });

  test('one client with metadata and an added scope', async () => {
    const { json } = await run({ clientName: 'report-viewer', metadata: ['tenant=t-2'] });

    expect(json).toMatchObject({
      tokens: [
        {
          result: 'same',
          scopes: expect.arrayContaining(['orders/read', 'orders/write']),
          claims: { tenant_id: 't-2' },
        },
      ],
    });
  });

  test.each([
    ['report-viewer', 'ERR_METADATA_REQUIRED'],
    ['stopped', 'ERR_CLIENT_DISABLED'],
  ])(
    '%s that is refused for the cause that explain shows is the same: exit 0',
    async (clientName, code) => {
      const { json, exitCode } = await run({ clientName });

      expect(exitCode).toBe(0);
      expect(json).toMatchObject({ tokens: [{ result: 'same', token: code, claims: {} }] });
    },
  );

  test('token never prints the token or the secret', async () => {
    const { json, text } = await run();

    const printed = JSON.stringify(json) + text(style);
    const [pool] = deployment.cognito.pools;
    expect(printed).not.toMatch(/eyJ/);
    expect(printed).not.toContain(pool?.clients[0]?.clientSecret);
  });

  test('one client whose rules differ from the deployed ones is different: exit 2', async () => {
    const environment = validateEnvironment(contract, {
      ...INPUT,
      trigger: { sizeBudgetBytes: 256 },
    });
    const clientId = deployment.clientId('payments', 'billing-worker');
    const claims = {
      permissions: { value: Array.from({ length: 40 }, (_, index) => `p-${index}`) },
    };
    await deployment.put(anOverride({ userPoolId: USER_POOL_ID, clientId, revision: 1, claims }));

    const { json, exitCode, text } = await run({}, environment);

    await deployment.put(anOverride({ userPoolId: USER_POOL_ID, clientId, revision: 2 }));
    expect(exitCode).toBe(2);
    expect(json).toMatchObject({
      isSame: false,
      tokens: [{ outcome: { expected: 'ERR_CLAIMS_TOO_LARGE', actual: 'issued' } }],
    });
    expect(text(style)).toContain('explain shows ERR_CLAIMS_TOO_LARGE');
  });

  test('one client without its name is an error that names --all', async () => {
    await expect(run({ clientName: undefined })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
      next: { m2m: 'token --all' },
    });
  });
});

test.each([
  ['a client', { clientName: 'stopped' }, '<client>'],
  ['a scope', { scopes: ['orders/read'] }, '--scope'],
  ['metadata', { metadata: ['tenant=t-1'] }, '--metadata'],
  [
    'all three, which are named at once',
    { clientName: 'stopped', scopes: ['orders/read'], metadata: ['tenant=t-1'] },
    '<client>, --scope, --metadata',
  ],
])('--all with %s is an error', async (_case, changes, named) => {
  const whole = { isAll: true, clientName: undefined };

  await expect(run({ ...whole, ...changes })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT_INVALID',
    message: expect.stringContaining(`--all cannot be combined with ${named};`),
    next: `the same command without ${named}, or without --all`,
  });
});

test('all clients are tested, each with what it must send', async () => {
  const { json, exitCode, text } = await run({
    isAll: true,
    poolName: undefined,
    clientName: undefined,
  });

  expect(exitCode).toBe(0);
  expect(json).toMatchObject({
    tokens: [
      { client: 'billing-worker', result: 'same', token: 'issued' },
      { client: 'report-viewer', result: 'same', token: 'issued' },
      { client: 'stopped', result: 'same', token: 'ERR_CLIENT_DISABLED' },
    ],
  });
  expect(text(style)).toContain('✓ payments / stopped  no token (ERR_CLIENT_DISABLED)');
});

describe('a client that fails', () => {
  /** Tests all tokens on a target whose secrets cannot be read for one client. */
  async function runAll(failure: Error) {
    const context = deployment.context({ nowMs: Date.now() });
    const readCredentials: Target['readCredentials'] = async (pool, client) => {
      if (client === 'report-viewer') throw failure;
      return context.target.readCredentials(pool, client);
    };
    const input = { poolName: undefined, clientName: undefined, isAll: true };
    return token(
      { ...context, target: { ...context.target, readCredentials } },
      { ...input, scopes: [], metadata: [] },
    );
  }

  test.each([
    ['AWS refuses its secret', awsError('AccessDeniedException'), 'ERR_AWS_REQUEST_FAILED'],
    [
      'the table cannot be read for it',
      new StoreError('ERR_STORE_UNAVAILABLE', 'no answer'),
      'ERR_STORE_UNAVAILABLE',
    ],
    ['it has no secret', new CliError('ERR_SECRET_NOT_FOUND', 'none'), 'ERR_SECRET_NOT_FOUND'],
  ])(
    'a client that fails because %s stops no other, and names what to do: exit 2',
    async (_case, failure, code) => {
      const { json, exitCode, text } = await runAll(failure);

      expect(exitCode).toBe(2);
      expect(json).toMatchObject({
        tokens: [
          { client: 'billing-worker', result: 'same' },
          { client: 'report-viewer', result: 'failed', error: { code, next: expect.any(String) } },
          { client: 'stopped', result: 'same' },
        ],
      });
      expect(text(style)).toMatch(/\n {4}Next: \w/);
      expect(text(style)).not.toContain('may not have reached the trigger');
    },
  );

  test('a client that fails by a bug of ours ends the run', async () => {
    await expect(runAll(new TypeError('undefined'))).rejects.toThrow(TypeError);
  });

  test('a client that fails because its keys cannot be read is not a bug', async () => {
    const context = deployment.context({ nowMs: Date.now() });
    const findPool: Target['findPool'] = async (name) => {
      const pool = await context.target.findPool(name);
      return pool && { ...pool, jwksUri: 'http://127.0.0.1:1/jwks.json' };
    };
    const input = { poolName: 'payments', clientName: 'billing-worker', isAll: false };

    const failed = token(
      { ...context, target: { ...context.target, findPool } },
      { ...input, scopes: [], metadata: [] },
    );

    await expect(failed).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
  });
});

test('a difference says that the trigger may not know it yet', () => {
  const different = { ...NOTHING, result: 'different' as const, token: 'issued' };

  const text = renderTokens(
    { environment: 'test', target: 'here', isSame: false, tokens: [different] },
    30,
    style,
  );

  expect(text).toContain('A change within the last 30 s may not have reached the trigger yet.');
});

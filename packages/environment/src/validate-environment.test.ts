import type { Fault } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  aClient,
  anEnvironment,
  anEnvironmentWith,
  aPool,
} from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { EnvironmentError } from './errors.ts';
import { validateEnvironment } from './validate-environment.ts';

function faultsOf(input: unknown): readonly Fault[] {
  try {
    validateEnvironment(contract, input);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
}

function pathsOf(input: unknown): string[] {
  return faultsOf(input).map(({ path }) => path);
}

describe('defaults', () => {
  test('validateEnvironment fills in what the file leaves out', () => {
    const { state: _, ...rest } = anEnvironment();

    const environment = validateEnvironment(contract, rest);

    expect(environment.state).toEqual({ type: 'local' });
    expect(environment.trigger).toEqual({
      cacheSeconds: 30,
      maxStaleSeconds: 900,
      sizeBudgetBytes: 4096,
      runtime: 'nodejs22.x',
      memoryMb: 512,
      logRetentionDays: 90,
    });
    expect(environment.isDisposable).toBe(false);
    expect(environment.pools[0]).toMatchObject({
      name: 'payments',
      owner: 'platform',
      plan: 'ESSENTIALS',
      unknownClients: 'deny',
    });
    expect(environment.pools[0]?.clients[0]).toMatchObject({
      name: 'billing-worker',
      owner: 'platform',
      accessTokenMinutes: 60,
    });
  });

  test('validateEnvironment takes the owner and the token minutes of the pool before those of the environment', () => {
    const pool = aPool({
      owner: 'payments-team',
      defaults: { claims: { environment: 'test' }, accessTokenMinutes: 15 },
    });

    const client = validateEnvironment(contract, anEnvironment({ pools: { payments: pool } }))
      .pools[0]?.clients[0];

    expect(client).toMatchObject({ owner: 'payments-team', accessTokenMinutes: 15 });
  });
});

describe('a probe environment', () => {
  test('a probe environment is accepted where it is disposable', () => {
    const input = anEnvironment({ probe: true, isDisposable: true });

    expect(validateEnvironment(contract, input).isProbe).toBe(true);
  });

  test('a probe environment is a fault in an environment that lasts', () => {
    const validate = () => validateEnvironment(contract, anEnvironment({ probe: true }));

    expect(validate).toThrow('probe: only a disposable environment may be a probe');
  });
});

describe('owner of an environment', () => {
  test('owner of an environment is the one that the file names', () => {
    expect(validateEnvironment(contract, anEnvironment({ owner: 'platform' })).owner).toBe(
      'platform',
    );
  });

  test('owner of an environment is each owner of a pool, once, when the file names none', () => {
    const pools = {
      a: aPool({ domainPrefix: 'a', owner: 'payments' }),
      b: aPool({ domainPrefix: 'b', owner: 'logistics' }),
      c: aPool({ domainPrefix: 'c', owner: 'payments' }),
    };
    const { owner: _, ...unowned } = anEnvironment({ pools });

    expect(validateEnvironment(contract, unowned).owner).toBe('payments + logistics');
  });
});

describe('all faults at once', () => {
  test('the error lists faults of shape, scopes, claims, secrets and size in one error', () => {
    const input = {
      ...anEnvironment(),
      region: 'nowhere',
      unknownField: 1,
      pools: {
        payments: aPool({
          clients: {
            a: aClient({ scopes: ['orders/none'] }),
            b: { ...aClient(), claims: { tier: 'gold', sub: 'x' } } as never,
            c: aClient({ claims: { permissions: ['x'.repeat(5000)] } }),
            d: { ...aClient(), accessTokenMinutes: 4 },
          },
        }),
      },
    };

    expect(pathsOf(input).sort()).toEqual([
      'pools.payments.clients.a.scopes[0]',
      'pools.payments.clients.b.claims.sub',
      'pools.payments.clients.b.claims.tier',
      'pools.payments.clients.c',
      'pools.payments.clients.d.accessTokenMinutes',
      'region',
      'unknownField',
    ]);
  });

  test('the error names each fault on a line of its own and never quotes a claim value', () => {
    const secret = 'AKIAABCDEFGHIJKLMNOP';
    const input = anEnvironmentWith(aClient({ claims: { 'custom:organization_id': secret } }));

    expect(() => validateEnvironment(contract, input)).toThrow(
      expect.objectContaining({
        code: 'ERR_ENVIRONMENT_INVALID',
        message: expect.not.stringContaining(secret),
      }),
    );
    expect(faultsOf(input)).toHaveLength(1);
  });

  test.each([undefined, null, 42, 'text', [], () => 1])(
    'the error refuses %p as a whole file',
    (input) => {
      expect(pathsOf(input).length).toBeGreaterThan(0);
    },
  );
});

describe('limits of AWS', () => {
  test.each([
    ['payments', true],
    ['Équipe 1 (a)', false],
    ['Équipe 1 + _.:/=-@', true],
    ['a, b', false],
    ['x'.repeat(256), true],
    ['x'.repeat(257), false],
  ])('owner "%s", which becomes a tag: accepted is %p', (owner, isAccepted) => {
    expect(pathsOf(anEnvironment({ owner })).length === 0).toBe(isAccepted);
    expect(pathsOf(anEnvironment({ tags: { team: owner } })).length === 0).toBe(isAccepted);
  });

  test.each([
    [43_200, true],
    [43_201, false],
  ])(
    '%p seconds of staleness, as the trigger takes them: accepted is %p',
    (seconds, isAccepted) => {
      const trigger = { maxStaleSeconds: seconds };

      expect(pathsOf(anEnvironment({ trigger })).length === 0).toBe(isAccepted);
    },
  );

  test.each([
    [4, false],
    [5, true],
    [1440, true],
    [1441, false],
    [7.5, false],
  ])('access tokens of %p minutes: accepted is %p', (accessTokenMinutes, isAccepted) => {
    expect(pathsOf(anEnvironmentWith(aClient({ accessTokenMinutes }))).length === 0).toBe(
      isAccepted,
    );
  });

  test.each([
    [50, 0],
    [51, 1],
  ])('%p scopes on a client give %p faults', (count, faults) => {
    const names = Array.from({ length: count }, (_, index) => `s${index}`);
    const scopes = Object.fromEntries(names.map((name) => [name, name]));
    const pool = aPool({
      resourceServers: { orders: { name: 'Orders', scopes } },
      clients: { worker: aClient({ scopes: names.map((name) => `orders/${name}`) }) },
    });

    expect(faultsOf(anEnvironment({ pools: { payments: pool } }))).toHaveLength(faults);
  });

  test.each([
    [100, 0],
    [101, 1],
  ])('%p scopes on a resource server give %p faults', (count, faults) => {
    const scopes = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`s${index}`, 'x']),
    );
    const pool = aPool({
      resourceServers: { orders: { name: 'Orders', scopes } },
      clients: { worker: aClient({ scopes: ['orders/s0'] }) },
    });

    expect(faultsOf(anEnvironment({ pools: { payments: pool } }))).toHaveLength(faults);
  });

  test.each([
    [300, []],
    [301, ['pools.payments.resourceServers']],
  ])('%p resource servers give the faults %p', (count, paths) => {
    const servers = Array.from({ length: count }, (_, index) => [
      `s${index}`,
      { name: 'S', scopes: { read: 'Read' } },
    ]);
    const pool = aPool({
      resourceServers: Object.fromEntries(servers),
      clients: { worker: aClient({ scopes: ['s0/read'] }) },
    });

    expect(pathsOf(anEnvironment({ pools: { payments: pool } }))).toEqual(paths);
  });

  test('validateEnvironment refuses two pools with one domain prefix and names the first', () => {
    const pools = { payments: aPool(), orders: aPool() };

    expect(faultsOf(anEnvironment({ pools }))).toEqual([
      expect.objectContaining({
        path: 'pools.orders.domainPrefix',
        problem: expect.stringContaining('"payments"'),
      }),
    ]);
  });
});

describe('claims', () => {
  test.each([
    ['a reserved claim', { claims: { sub: 'x' } }, 'claims.sub'],
    ['an audience', { claims: { aud: 'x' } }, 'claims.aud'],
    ['a claim that violates the contract', { claims: { zip: '1' } }, 'claims.zip'],
    ['a wrong type', { claims: { approval_limit: '1' } }, 'claims.approval_limit'],
    ['a value off the list', { claims: { tier: 'gold' } }, 'claims.tier'],
    [
      'a claim of an undeclared scope',
      { claimsByScope: { 'orders/none': { approval_limit: 1 } } },
      'claimsByScope.orders/none',
    ],
    [
      'a metadata value that violates the contract',
      { claimsFromMetadata: { tier: { key: 'tier', allow: ['free', 'gold'] } } },
      'claimsFromMetadata.tier.allow[1]',
    ],
    ['an added scope that is undeclared', { addScopes: ['x/y'] }, 'addScopes[0]'],
  ])('the check of claims refuses %s', (_, fields, path) => {
    const faults = pathsOf(anEnvironmentWith({ ...aClient(), ...fields }));

    expect(faults).toEqual([`pools.payments.clients.billing-worker.${path}`]);
  });

  test('the check of claims refuses a client whose tokens would lack a required claim', () => {
    const pool = aPool({ defaults: {} });

    expect(faultsOf(anEnvironment({ pools: { payments: pool } }))).toEqual([
      expect.objectContaining({ problem: expect.stringContaining('"environment"') }),
    ]);
  });

  test('the check of claims accepts the policy issue-without-claims: the contract does not apply to such a client', () => {
    const pools = { payments: aPool({ unknownClients: 'issue-without-claims' }) };

    const environment = validateEnvironment(contract, anEnvironment({ pools }));

    expect(environment.pools[0]?.unknownClients).toBe('issue-without-claims');
  });

  test.each([
    [4063, 0],
    [4064, 1],
  ])(
    'a permission of %p characters in a budget of 4,096 bytes gives %p faults',
    (length, faults) => {
      // {"environment":"test","permissions":[""]} takes 41 bytes less the text; the budget is the rest.
      const overhead = JSON.stringify({ environment: 'test', permissions: [''] }).length;
      const padding = length + 33 - overhead;
      const client = aClient({
        claims: { permissions: [`${'x '.repeat(padding).slice(0, padding - 1)}x`] },
      });

      expect(faultsOf(anEnvironmentWith(client))).toHaveLength(faults);
    },
  );

  test('the check of claims counts the claims of every scope and the longest metadata value towards the budget', () => {
    const client = aClient({
      scopes: ['orders/read'],
      claimsByScope: { 'orders/read': { permissions: [`${'x '.repeat(2000)}x`] } },
      claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t', `${'t '.repeat(50)}t`] } },
    });

    expect(faultsOf(anEnvironmentWith(client))).toHaveLength(1);
  });
});

describe('readers of a secret', () => {
  const role = (name: string, partition = 'aws') =>
    `arn:${partition}:iam::222222222222:role/${name}`;
  const withReaders = (...lists: (readonly string[])[]) =>
    anEnvironment({
      pools: {
        payments: aPool({
          clients: Object.fromEntries(
            lists.map((readers, index) => [`client-${index}`, aClient({ readers })]),
          ),
        }),
      },
    });
  const roles = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) =>
      role(`${prefix}-${String(index).padStart(61, '0')}`),
    );

  test('readers of a secret are roles, also of another account', () => {
    const readers = [role('billing'), role('path/to/worker')];

    const { pools } = validateEnvironment(contract, withReaders(readers, []));

    expect(pools[0]?.clients.map((client) => client.readers)).toEqual([readers, []]);
  });

  test.each([
    ['an account', 'arn:aws:iam::222222222222:root'],
    ['everybody', '*'],
    ['a user', 'arn:aws:iam::222222222222:user/me'],
    ['a session', 'arn:aws:sts::222222222222:assumed-role/billing/i-1'],
    ['a pattern', 'arn:aws:iam::222222222222:role/*'],
    ['another partition', role('billing', 'aws-cn')],
  ])('readers of a secret are not %s', (_, reader) => {
    expect(() => validateEnvironment(contract, withReaders([reader]))).toThrow(/readers\[0\]/);
  });

  test('readers of a secret are listed once', () => {
    expect(() =>
      validateEnvironment(contract, withReaders([role('a'), role('b'), role('a')])),
    ).toThrow(/readers\[2\]/);
  });

  test('readers of a secret are as many as the policies of AWS can hold, and a fault shows the numbers', () => {
    const fitting = roles(190, 'reader');
    const tooMany = roles(230, 'reader');
    const forTheKey = ['a', 'b', 'c'].map((prefix) => roles(100, `key-${prefix}`));

    expect(() => validateEnvironment(contract, withReaders(fitting))).not.toThrow();
    expect(() => validateEnvironment(contract, withReaders(tooMany))).toThrow(
      /230 readers.*about \d+ bytes.*20480/s,
    );
    expect(() => validateEnvironment(contract, withReaders(...forTheKey))).toThrow(
      /300 readers.*the key.*32768/s,
    );
  });
});

describe('the watcher', () => {
  test.each([
    [undefined, undefined],
    [{}, { everyMinutes: 5, heal: [], canaryMinutes: 15 }],
    [{ everyMinutes: 1 }, { everyMinutes: 1, heal: [], canaryMinutes: 15 }],
    [
      { everyMinutes: 60, heal: ['trigger'] as const },
      { everyMinutes: 60, heal: ['trigger'], canaryMinutes: 15 },
    ],
  ])('the watcher declared as %j has the settings %j', (watch, expected) => {
    const input = { ...anEnvironment(), ...(watch !== undefined && { watch }) };

    expect(validateEnvironment(contract, input).watch).toEqual(expected);
  });

  test.each([
    [{ everyMinutes: 0 }, 'watch.everyMinutes'],
    [{ everyMinutes: 61 }, 'watch.everyMinutes'],
    [{ everyMinutes: 1.5 }, 'watch.everyMinutes'],
    [{ heal: 'trigger' }, 'watch.heal'],
    [{ heal: ['table'] }, 'watch.heal[0]'],
    [{ heals: ['trigger'] }, 'watch'],
    [true, 'watch'],
  ])('the watcher declared as %j is a fault at %s', (watch, path) => {
    const [fault] = faultsOf({ ...anEnvironment(), watch });

    expect(fault?.path.startsWith(path)).toBe(true);
  });
});

import {
  A_CLIENT_ID,
  aBaseline,
  anOverride,
  poolSettings,
} from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import {
  aDeploymentView,
  aFunction,
  anAppClient,
  aTable,
  aUserPool,
  secretsOf,
  type ViewChanges,
} from '../test/a-deployment-view.ts';
import { checkDeployment, ofOverride, TEST_LIMITS, withRecords } from '../test/check-deployment.ts';
import { versionReplacing } from './rotation-names.ts';

const now = TEST_LIMITS.now;
const DAY_MS = 86_400_000;
const OTHER_ID = '9other23456789';
const A_WEB_CLIENT = {
  oauthFlows: ['code'],
  authFlows: ['ALLOW_USER_SRP_AUTH'],
  scopes: ['openid'],
};

function trigger(changes: Parameters<typeof aFunction>[0]): ViewChanges {
  return { view: { trigger: { found: aFunction(changes) } } };
}

function variable(name: string, value: string): ViewChanges {
  return trigger({ variables: { ...aFunction().variables, [name]: value } });
}

describe('each station of the path from the request to the table is checked', () => {
  test.each<[string, string, 'error' | 'warning', ViewChanges]>([
    ['a function that failed to start', 'trigger-state', 'error', trigger({ state: 'Failed' })],
    ['a function that is being created', 'trigger-state', 'warning', trigger({ state: 'Pending' })],
    [
      'a function that AWS Lambda put to sleep',
      'trigger-state',
      'warning',
      trigger({ state: 'Inactive' }),
    ],
    [
      'a reserved concurrency of 0',
      'trigger-concurrency',
      'error',
      trigger({ reservedConcurrency: 0 }),
    ],
    [
      'a variable that names another table',
      'trigger-table',
      'error',
      variable('CLAIMS_TABLE_NAME', 'other'),
    ],
    [
      'a variable that names no table',
      'trigger-table',
      'error',
      trigger({ variables: withoutTable() }),
    ],
    [
      'another size budget',
      'trigger-settings',
      'warning',
      variable('CLAIMS_SIZE_BUDGET_BYTES', '64'),
    ],
    ['another cache time', 'trigger-settings', 'warning', variable('CLAIMS_CACHE_SECONDS', '600')],
    ['a role that may not read', 'trigger-role', 'error', access({ found: 'denied' })],
    ['a role that does not exist', 'trigger-role', 'error', access({ found: undefined })],
    [
      'a table whose key is disabled',
      'table-status',
      'error',
      status('INACCESSIBLE_ENCRYPTION_CREDENTIALS'),
    ],
    ['a table that is being deleted', 'table-status', 'error', status('DELETING')],
    ['a table that is archived', 'table-status', 'error', status('ARCHIVED')],
  ])('%s is a finding', (_what, check, severity, changes) => {
    expect(checkDeployment(changes)).toMatchObject([{ check, severity }]);
  });

  test.each<[string, ViewChanges]>([
    ['a table that is being updated', status('UPDATING')],
    ['a reserved concurrency of 1', trigger({ reservedConcurrency: 1 })],
    [
      'a role whose rights could not be read',
      { view: { tables: [{ ...aTable(), access: undefined }] } },
    ],
  ])('%s is not a finding', (_what, changes) => {
    expect(checkDeployment(changes)).toEqual([]);
  });

  function withoutTable() {
    const { CLAIMS_TABLE_NAME: _removed, ...variables } = aFunction().variables;
    return variables;
  }

  function access(found: { readonly found: 'denied' | undefined }): ViewChanges {
    return { view: { tables: [{ ...aTable(), access: found }] } };
  }

  function status(name: string): ViewChanges {
    return { view: { tables: [aTable({ status: name })] } };
  }
});

describe('a parameter that names another pool or client', () => {
  const settings = poolSettings({ poolName: 'shipping' });
  const listing = { found: { settings, clients: new Map(), invalidItems: [] } };
  const unprotected = { found: aUserPool({ isDeletionProtected: false }) };

  test('a parameter of another pool or client is the only finding about the pool, and nothing of that pool is repaired', () => {
    const findings = checkDeployment({ pool: { listing, pool: unprotected } });

    expect(findings).toMatchObject([
      { check: 'pool-parameter', what: expect.stringContaining('"shipping"') },
    ]);
    expect(findings[0]).not.toHaveProperty('repair');
  });

  test('a parameter of another pool or client does not keep the other pools of the environment from being checked', () => {
    const [pool] = aDeploymentView().pools;
    if (pool === undefined) throw new Error('the view has a pool');
    const pools = [
      { ...pool, listing },
      { ...pool, pool: unprotected },
    ];

    expect(checkDeployment({ view: { pools } })).toMatchObject([
      { check: 'pool-parameter' },
      { check: 'pool-protection' },
    ]);
  });

  test.each([2, 3, 5])(
    'a parameter of another pool or client is found for each of %i clients whose parameters are rotated',
    (count) => {
      const ids = Array.from({ length: count }, (_, index) => `client-id-${index}`);
      const records = ids.map((clientId, index) => {
        const baseline = aBaseline({ clientId, clientName: `client-${index}` });
        return [clientId, { clientId, baseline }] as const;
      });
      const clientIds = new Map(
        ids.map((_, index) => [`client-${index}`, ids[(index + 1) % count] ?? '']),
      );
      const swapped = { found: { clients: new Map(records), invalidItems: [] } };

      const findings = checkDeployment({
        pool: { listing: swapped, clientIds, clients: undefined },
      });

      expect(findings.filter(({ check }) => check === 'client-parameter')).toHaveLength(count);
    },
  );

  test('a parameter of another pool or client says which client the parameter names', () => {
    const baseline = aBaseline({ clientName: 'c001' });
    const clientIds = new Map([['billing-worker', A_CLIENT_ID]]);
    const listing = {
      found: {
        clients: new Map([[A_CLIENT_ID, { clientId: A_CLIENT_ID, baseline }]]),
        invalidItems: [],
      },
    };

    expect(checkDeployment({ pool: { listing, clientIds } })).toMatchObject([
      {
        check: 'client-parameter',
        subject: 'client payments/billing-worker',
        what: expect.stringContaining('"c001"'),
      },
    ]);
  });
});

describe('history and plans are not faults', () => {
  const revision = anOverride({ clientId: OTHER_ID });
  const records = new Map([
    [A_CLIENT_ID, { clientId: A_CLIENT_ID, baseline: aBaseline() }],
    [OTHER_ID, { clientId: OTHER_ID, override: revision }],
  ]);

  test('the overrides of a client that was removed are a notice that names m2m forget', () => {
    const listing = { found: { clients: records, invalidItems: [] } };

    expect(checkDeployment({ pool: { listing } })).toMatchObject([
      {
        check: 'records-history',
        severity: 'notice',
        subject: 'pool payments',
        what: expect.stringContaining(`of an app client that the pool no longer has: ${OTHER_ID}.`),
        how: expect.stringContaining(`m2m forget payments ${OTHER_ID} --env `),
      },
    ]);
  });

  test('the overrides of many clients that were removed are one notice', () => {
    const gone = Array.from({ length: 7 }, (_, index) => `gone-${index}`);
    const clients = new Map(records);
    for (const clientId of gone) {
      clients.set(clientId, { clientId, override: anOverride({ clientId }) });
    }
    clients.delete(OTHER_ID);

    const found = checkDeployment({ pool: { listing: { found: { clients, invalidItems: [] } } } });

    expect(found).toMatchObject([
      { what: expect.stringMatching(/of 7 app clients .*: gone-0, .*gone-4 and 2 more\.$/) },
    ]);
  });

  test("the overrides of a client that the pool still has are nobody's history", () => {
    const clients = new Map([[A_CLIENT_ID, { clientId: A_CLIENT_ID, override: revision }]]);

    const found = checkDeployment({ pool: { listing: { found: { clients, invalidItems: [] } } } });

    expect(found.map(({ check }) => check)).not.toContain('records-history');
  });

  test('the overrides are not judged where the app clients could not be read', () => {
    const listing = { found: { clients: records, invalidItems: [] } };

    expect(checkDeployment({ pool: { listing, clients: undefined } })).toEqual([]);
  });

  test('an override that ends soon is a notice', () => {
    const claims = { tier: { value: 'free', expiresAt: now + 60 } };

    expect(
      checkDeployment(withRecords({ baseline: aBaseline(), override: anOverride({ claims }) })),
    ).toMatchObject([{ check: 'claims-expiring', severity: 'notice' }]);
  });

  test('an old secret next to a new one is a notice that names the rotation', () => {
    const secrets = secretsOf([now * 1000 - 200 * DAY_MS, now * 1000 - DAY_MS]);

    expect(checkDeployment({ pool: { clients: [anAppClient({}, { secrets })] } })).toMatchObject([
      { check: 'secret-age', severity: 'notice', how: expect.stringContaining('--status') },
    ]);
  });

  test('two old secrets are a warning', () => {
    const secrets = secretsOf([now * 1000 - 200 * DAY_MS, now * 1000 - 100 * DAY_MS]);

    expect(checkDeployment({ pool: { clients: [anAppClient({}, { secrets })] } })).toMatchObject([
      { check: 'secret-age', severity: 'warning' },
    ]);
  });

  test('an expired override claim that violates the contract is not a finding; one in force is', () => {
    const claim = (expiresAt: number) => ({ 'custom:role': { value: 'emperor', expiresAt } });
    const at = (expiresAt: number) =>
      checkDeployment(
        withRecords({ baseline: aBaseline(), override: anOverride({ claims: claim(expiresAt) }) }),
      ).map(({ check }) => check);

    expect(at(now)).toEqual([]);
    expect(at(now + 1)).toContain('records-contract');
  });

  test('a disabled client is not a finding', () => {
    expect(checkDeployment(ofOverride({}, true))).toEqual([]);
  });
});

describe('a record that cannot be read', () => {
  const invalid = (sortKey: string) => [
    { sortKey, faults: [{ path: 'kind', problem: 'unknown' }] },
  ];

  test.each([
    ['baseline', `CLIENT#${A_CLIENT_ID}#CLAIMS#BASELINE`, 'writes the baseline again'],
    ['override', `CLIENT#${A_CLIENT_ID}#CLAIMS#0000000002`, 'the previous revision then applies'],
    ['pool setting', 'SETTINGS', 'delete-item'],
  ])('a corrupt %s has one finding with its own advice', (_kind, sortKey, advice) => {
    const isBaseline = sortKey.endsWith('BASELINE');
    const client = { clientId: A_CLIENT_ID, ...(!isBaseline && { baseline: aBaseline() }) };
    const clients = new Map(isBaseline ? [] : [[A_CLIENT_ID, client]]);
    const listing = { found: { clients, invalidItems: invalid(sortKey) } };

    expect(checkDeployment({ pool: { listing } })).toMatchObject([
      { check: 'records-valid', how: expect.stringContaining(advice) },
    ]);
  });

  test('nothing is concluded from an older revision', () => {
    const override = anOverride({ claims: { permissions: { value: ['p'.repeat(3900)] } } });
    const client = { clientId: A_CLIENT_ID, baseline: aBaseline(), override };
    const invalidItems = invalid(`CLIENT#${A_CLIENT_ID}#CLAIMS#0000000002`);
    const listing = { found: { clients: new Map([[A_CLIENT_ID, client]]), invalidItems } };

    expect(checkDeployment({ pool: { listing } }).map(({ check }) => check)).toEqual([
      'records-valid',
    ]);
  });
});

describe('a mixed pool', () => {
  test.each([1, 2, 3])('%i web clients that nobody declared are not findings', (count) => {
    const web = Array.from({ length: count }, (_, index) =>
      anAppClient(A_WEB_CLIENT, { clientId: `web-${index}`, name: `web ${index}` }),
    );

    expect(checkDeployment({ pool: { clients: [anAppClient(), ...web] } })).toEqual([]);
  });

  test('a client for machines that nobody declared is a finding that advises no deletion', () => {
    const stranger = anAppClient({}, { clientId: OTHER_ID, name: 'stranger' });

    const findings = checkDeployment({ pool: { clients: [anAppClient(), stranger] } });

    expect(findings).toMatchObject([
      { check: 'client-claims', subject: 'client payments/stranger' },
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/delete/i);
  });

  test('a declared client that lets users sign in is a finding', () => {
    const clients = [anAppClient({ authFlows: ['ALLOW_USER_SRP_AUTH'] })];

    expect(checkDeployment({ pool: { clients } })).toMatchObject([{ check: 'client-flows' }]);
  });
});

test.each([1, 2, 3])('%i pools left by killed deploys are warnings', (count) => {
  const namesakes = Array.from({ length: count }, (_, index) => ({
    userPoolId: `eu-central-1_Left${index}`,
    name: 'm2m-test-payments',
  }));

  const findings = checkDeployment({ view: { namesakes } });

  expect(findings).toHaveLength(count);
  expect(findings[0]).toMatchObject({ check: 'pool-namesake', severity: 'warning' });
});

describe('a second client secret', () => {
  const secrets = secretsOf([now * 1000 - DAY_MS, now * 1000]);
  const first = `${A_CLIENT_ID}--1`;
  const withVersions = (storedVersions: readonly string[] | undefined) =>
    checkDeployment({ pool: { clients: [anAppClient({}, { secrets, storedVersions })] } });

  test('a second client secret that m2m rotate added is not a finding', () => {
    expect(withVersions(['initial', versionReplacing(A_CLIENT_ID, first)])).toEqual([]);
  });

  test.each([
    ['without any stored version', []],
    ['next to the version of the deploy', ['initial']],
    ['next to a version that replaced another secret', [versionReplacing(A_CLIENT_ID, 'other--1')]],
    ['next to a version of another client', [versionReplacing(OTHER_ID, first)]],
  ])('%s is a finding that names it and never its value', (_case, versions) => {
    expect(withVersions(versions)).toMatchObject([
      { check: 'secret-unknown', how: expect.stringContaining(`${A_CLIENT_ID}--2`) },
    ]);
  });

  test('a second client secret whose stored versions could not be read is not judged', () => {
    expect(withVersions(undefined)).toEqual([]);
  });
});

describe('what a caller sees who may not read settings of app clients', () => {
  test('a client that no deploy created is a finding', () => {
    const stranger = { ...anAppClient({}, { clientId: OTHER_ID, name: 'x' }), settings: undefined };

    expect(checkDeployment({ pool: { clients: [anAppClient(), stranger] } })).toMatchObject([
      { check: 'client-undeclared', subject: 'client payments/x' },
    ]);
  });
});

describe('the version behind the alias', () => {
  test.each<[string, readonly string[], string | undefined, readonly string[]]>([
    ['the deployed version', ['7'], '7', []],
    ['another version', ['8'], '7', ['8']],
    ['a share of the calls for another version', ['7', '8'], '7', ['8']],
    [
      'a share for another version, where nobody knows the deployed one',
      ['7', '8'],
      undefined,
      ['8'],
    ],
    ['one version, where nobody knows the deployed one', ['8'], undefined, []],
  ])('%s', (_case, versions, declaredVersion, others) => {
    const findings = checkDeployment(trigger({ versions, declaredVersion }));

    expect(findings).toHaveLength(others.length);
    for (const other of others) expect(findings[0]?.what).toContain(`version ${other}`);
  });
});

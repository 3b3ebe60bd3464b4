import { describe, expect, test } from '@jest/globals';
import { checkPlan, findRevoked, type Plan } from './run-stacks.ts';

const RULES = {
  stack: 'test-pool-payments',
  ownPoolName: 'm2m-test-payments',
  newClients: [],
  isRetired: false,
};

type Change = NonNullable<Plan['resource_changes']>[number];

function aPool(name: string | undefined, actions = ['no-op'], importing?: object): Change {
  return {
    address: 'aws_cognito_user_pool.pool',
    type: 'aws_cognito_user_pool',
    change: {
      actions,
      before: name === undefined ? null : { name },
      ...(importing && { importing }),
    },
  };
}

function aClient(index: string, actions: string[], importing?: object): Change {
  const type = 'aws_cognito_user_pool_client';
  const change = { actions, before: null, ...(importing && { importing }) };
  return { address: `${type}.client["${index}"]`, type, index, change };
}

const LEGACY = aPool('Legacy pool', ['update']);

function refusal(changes: Change[], rules = {}): string {
  try {
    checkPlan({ resource_changes: changes }, { ...RULES, ...rules });
    return 'none';
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_INFRA_PLAN_REFUSED' });
    return error instanceof Error ? error.message : String(error);
  }
}

describe('checkPlan', () => {
  test('checkPlan names every app client that would be created in an imported pool', () => {
    const message = refusal([
      LEGACY,
      aClient('one', ['create']),
      aClient('two', ['no-op']),
      aClient('three', ['create']),
    ]);

    expect(message).toMatch(/^The plan of test-pool-payments is refused\. Nothing was changed\.\n/);
    expect(message).toContain('create app client "one"');
    expect(message).toContain('create app client "three"');
    expect(message).not.toContain('"two"');
    expect(message).toContain('infra/imports/test-pool-payments.tf');
    expect(message).toContain('--new-client three');
  });

  test.each([
    ['the pool', [aPool('m2m-test-payments', ['update'], { id: 'a' }), aClient('x', ['create'])]],
    [
      'another client',
      [aPool('m2m-test-payments'), aClient('a', ['update'], { id: 'b' }), aClient('x', ['create'])],
    ],
  ])('checkPlan refuses to create a client in a plan that imports %s', (_, changes) => {
    expect(refusal(changes)).toContain('create app client "x"');
  });

  test.each([[['delete', 'create']], [['create', 'delete']]])(
    'checkPlan refuses to replace (%j) an app client, in a pool of ours too',
    (actions) => {
      expect(refusal([aPool('m2m-test-payments'), aClient('x', actions)])).toContain(
        'replace app client "x"',
      );
    },
  );

  test.each<[string, Change[], object]>([
    ['a new pool with new clients', [aPool(undefined, ['create']), aClient('x', ['create'])], {}],
    ['a new client of a pool of ours', [aPool('m2m-test-payments'), aClient('x', ['create'])], {}],
    ['a removed client of an imported pool', [LEGACY, aClient('x', ['delete'])], {}],
    ['an imported client', [LEGACY, aClient('x', ['update'], { id: 'y' })], {}],
    ['a client that is said to be new', [LEGACY, aClient('x', ['create'])], { newClients: ['x'] }],
    [
      'a replacement while the environment retires',
      [aClient('x', ['delete', 'create'])],
      { isRetired: true },
    ],
    ['a stack without a pool', [aClient('x', ['create'])], { ownPoolName: undefined }],
    [
      'a client that is put back while its restored secret is imported',
      [
        aPool('m2m-test-payments'),
        aClient('x', ['create']),
        {
          address: 'aws_secretsmanager_secret.client["x"]',
          type: 'aws_secretsmanager_secret',
          change: { actions: ['update'], before: null, importing: {} },
        },
      ],
      {},
    ],
    ['an empty plan', [], {}],
  ])('checkPlan accepts %s', (_, changes, rules) => {
    expect(refusal(changes, rules)).toBe('none');
  });

  test('checkPlan accepts a plan without a list of changes', () => {
    expect(() => checkPlan({}, RULES)).not.toThrow();
  });
});

describe('findRevoked', () => {
  const arnOf = (id: string) => `arn:aws:cognito-idp:eu-central-1:111111111111:userpool/${id}`;

  function aPermission(actions: string[], before?: string, after?: string): Change {
    const sourceOf = (id?: string) => (id === undefined ? null : { source_arn: arnOf(id) });
    const change = { actions, before: sourceOf(before), after: sourceOf(after) };
    return { address: 'aws_lambda_permission.pool', type: 'aws_lambda_permission', change };
  }

  test.each<[string, string[], Change[]]>([
    ['a permission that goes', ['one'], [aPermission(['delete'], 'one')]],
    [
      'a permission of another pool in its place',
      ['one'],
      [aPermission(['delete', 'create'], 'one', 'two')],
    ],
    [
      'a permission of the same pool in its place',
      [],
      [aPermission(['create', 'delete'], 'one', 'one')],
    ],
    [
      'a permission that is new, or stays',
      [],
      [aPermission(['create'], undefined, 'one'), aPermission(['no-op'], 'two', 'two')],
    ],
    [
      'a pool that goes with its permission',
      [],
      [
        aPermission(['delete'], 'one'),
        {
          address: 'aws_cognito_user_pool.pool',
          type: 'aws_cognito_user_pool',
          change: { actions: ['delete'], before: { id: 'one' } },
        },
      ],
    ],
    [
      'three permissions that go',
      ['one', 'two', 'three'],
      ['one', 'two', 'three'].map((id) => aPermission(['delete'], id)),
    ],
    ['nothing', [], []],
  ])('findRevoked of a plan with %s', (_what, expected, changes) => {
    expect(findRevoked({ resource_changes: changes })).toEqual(expected);
  });
});

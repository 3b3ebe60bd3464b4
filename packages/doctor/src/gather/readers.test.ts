import { describe, expect, test } from '@jest/globals';
import { listPrincipals } from './app-clients.ts';

const GET = 'secretsmanager:GetSecretValue';
const policyOf = (...statements: object[]) => JSON.stringify({ Statement: statements });

describe('the principals of a policy', () => {
  test.each([
    ['no policy', undefined, []],
    ['no statement', policyOf(), []],
    [
      'one role',
      policyOf({ Effect: 'Allow', Action: GET, Principal: { AWS: 'role/a' } }),
      ['role/a'],
    ],
    [
      'three roles in two statements, one of them twice',
      policyOf(
        { Effect: 'Allow', Action: [GET], Principal: { AWS: ['role/a', 'role/b'] } },
        { Effect: 'Allow', Action: ['secretsmanager:*'], Principal: { AWS: ['role/b', 'role/c'] } },
      ),
      ['role/a', 'role/b', 'role/c'],
    ],
    ['everybody', policyOf({ Effect: 'Allow', Action: '*', Principal: '*' }), ['*']],
    [
      'a service',
      policyOf({ Effect: 'Allow', Action: GET, Principal: { Service: 'x.amazonaws.com' } }),
      ['x.amazonaws.com'],
    ],
    [
      'one that is not in a list',
      JSON.stringify({ Statement: { Effect: 'Allow', Action: GET, Principal: '*' } }),
      ['*'],
    ],
  ])('the principals are those of %s', (_what, policy, expected) => {
    expect(listPrincipals(policy, GET)).toEqual(expected);
  });

  test.each([
    ['denied', { Effect: 'Deny', Action: GET, Principal: '*' }],
    ['allowed something else', { Effect: 'Allow', Action: 'secretsmanager:Tag*', Principal: '*' }],
  ])('the principals do not include those that are %s', (_what, statement) => {
    expect(listPrincipals(policyOf(statement), GET)).toEqual([]);
  });

  test('the principals can be taken from one statement only', () => {
    const policy = policyOf(
      { Sid: 'A', Effect: 'Allow', Action: GET, Principal: 'a' },
      { Sid: 'B', Effect: 'Allow', Action: GET, Principal: 'b' },
    );

    expect(listPrincipals(policy, GET, (sid) => sid === 'B')).toEqual(['b']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { readSourceFiles } from '../house/source-tree.ts';
import {
  type AwsModel,
  describeChanges,
  OPERATIONS,
  readCommittedModel,
  readInstalledModel,
} from './aws-model.ts';

const installed = readInstalledModel();

test('the installed SDK describes the user pools API as committed; otherwise each change is one line', async () => {
  const changes = describeChanges(await readCommittedModel(), installed);

  // After reading what is new: node --import tsx tests/aws-model/update.ts
  expect(changes).toEqual([]);
});

describe('the model', () => {
  test('the model has every operation that the source calls', async () => {
    const called = (await readSourceFiles()).flatMap(({ text }) => {
      const [, names = ''] =
        /import (?:type )?\{([^}]*)\} from '@aws-sdk\/client-cognito-identity-provider'/.exec(
          text,
        ) ?? [];
      return [...names.matchAll(/\bpaginate(\w+)|\b(\w+)Command\b/g)].map(
        ([, paged, single]) => paged ?? single,
      );
    });

    expect(called.length).toBeGreaterThan(20);
    expect(called.filter((name = '') => !OPERATIONS.includes(name))).toEqual([]);
  });

  test('the model reaches structures inside of structures, lists and members with traits', () => {
    expect(installed.structures['UpdateUserPoolRequest']).toContain('DcrConfiguration');
    expect(installed.structures['PreTokenGenerationVersionConfigType']).toEqual([
      'LambdaArn',
      'LambdaVersion',
    ]);
    expect(installed.structures['ResourceServerScopeType']).toContain('ScopeName');
    expect(installed.structures['GetClientTokenRequest']).toContain('Secret');
  });

  test('every setting that DescribeUserPool answers and UpdateUserPool resets is one that the update takes', () => {
    const described = installed.structures['UserPoolType'] ?? [];
    const settings = (installed.structures['UpdateUserPoolRequest'] ?? []).filter(
      (member) => !described.includes(member),
    );

    // The pool's id and its name have another name in the description.
    expect(settings).toEqual(['PoolName', 'UserPoolId']);
  });
});

describe('describeChanges', () => {
  const before: AwsModel = { structures: { Pool: ['Id', 'Name'] }, enumerations: { Tier: ['A'] } };

  test('describeChanges says nothing about the same model', () => {
    expect(describeChanges(before, structuredClone(before))).toEqual([]);
  });

  test('describeChanges names new and removed members, structures and values, one line each', () => {
    const after: AwsModel = {
      structures: { Pool: ['Id', 'Kind'], Replica: ['Region'] },
      enumerations: {},
    };

    expect(describeChanges(before, after)).toEqual([
      'new: Pool.Kind',
      'gone: Pool.Name',
      'new: Replica.Region',
      'gone: Tier.A',
    ]);
  });
});

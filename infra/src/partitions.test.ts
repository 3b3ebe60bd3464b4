import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { synthesized } from '../test/synthesized.ts';

/** Whose names are the same in every partition. */
const SERVICE_PRINCIPAL = /^(?:[\w-]+)\.amazonaws\.com$/;

test.each([
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
])(
  'every address and ARN of a deploy in %s is of the partition %s',
  (region, partition, suffix) => {
    const readers = [`arn:${partition}:iam::222222222222:role/billing`];
    const clients = { worker: aClient({ readers }), other: aClient() };
    const stacks = synthesized(
      anEnvironment({
        region,
        accountId: '111111111111',
        alarmTopicArn: `arn:${partition}:sns:${region}:111111111111:alarms`,
        watch: {},
        pools: { payments: aPool({ clients }) },
      }),
    );

    const text = ['test-claims', 'test-pool-payments']
      .map((stack) => JSON.stringify(stacks(stack).config))
      .join('\n');
    const addresses = text.match(/[\w.-]+\.amazonaws\.[a-z]+(?:\.[a-z]+)?/g) ?? [];
    const regional = addresses.filter((address) => !SERVICE_PRINCIPAL.test(address));
    const arns = [...text.matchAll(/arn:(aws[\w-]*):/g)].map(([, found]) => found);

    expect(regional.length).toBeGreaterThan(2);
    expect(regional.filter((address) => !address.endsWith(`.${region}.${suffix}`))).toEqual([]);
    expect(new Set(arns)).toEqual(new Set([partition]));
  },
);

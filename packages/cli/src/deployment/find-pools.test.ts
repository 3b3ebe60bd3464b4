import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import type { Target } from '../frame/target.ts';
import { findPools, requireClient } from './find-pools.ts';

test.each([
  ['local', 'npx -y pnpm@12 start --env test'],
  ['aws', "npx -y pnpm@12 cdktf deploy 'test-*'"],
] as const)('a pool that is not deployed on %s names what deploys it', async (kind, next) => {
  const target: Pick<Target, 'kind' | 'label' | 'findPool'> = {
    kind,
    label: 'a place',
    findPool: async () => undefined,
  };
  const environment = validateEnvironment(contract, anEnvironment());

  const finding = findPools({ environment, target }, undefined);

  await expect(finding).rejects.toMatchObject({ code: 'ERR_POOL_NOT_DEPLOYED', next });
});

describe('parameters that name another client or pool', () => {
  let deployment: TestDeployment;
  beforeAll(async () => {
    deployment = await startDeployment(anEnvironment());
  });
  afterAll(() => deployment.close());
  const userPoolId = 'eu-central-1_Local0001';
  const records = () => {
    const clientId = deployment.clientId('payments', 'billing-worker');
    const ids = { userPoolId, clientId };
    return {
      right: aBaseline({ ...ids, clientName: 'billing-worker', poolName: 'payments' }),
      ids,
    };
  };

  test('the client that the table names is found', async () => {
    await deployment.put(records().right);

    const found = await requireClient(deployment.context(), 'payments', 'billing-worker');

    expect(found.clientName).toBe('billing-worker');
  });

  test.each([
    ['another client', { clientName: 'c001', poolName: 'payments' }],
    ['a client of another pool', { clientName: 'billing-worker', poolName: 'shipping' }],
    ['another client of another pool', { clientName: 'c001', poolName: 'shipping' }],
  ])('%s is refused', async (_case, names) => {
    await deployment.put(aBaseline({ ...records().ids, ...names }));

    const finding = requireClient(deployment.context(), 'payments', 'billing-worker');

    await expect(finding).rejects.toMatchObject({ code: 'ERR_PARAMETER_MISMATCH' });
    await deployment.put(records().right);
  });

  test('a pool that the table knows as another one is refused, also for a client without a baseline', async () => {
    await deployment.put(poolSettings({ userPoolId, poolName: 'shipping' }));
    const target = { ...deployment.context().target, findClientId: async () => 'nobody' };

    const finding = requireClient(
      { ...deployment.context(), target },
      'payments',
      'billing-worker',
    );

    await expect(finding).rejects.toMatchObject({ code: 'ERR_PARAMETER_MISMATCH' });
  });
});

import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import type { Target } from '../frame/target.ts';
import { findPools } from './find-pools.ts';

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

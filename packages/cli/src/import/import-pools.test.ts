import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { importPools } from './import-pools.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'])(
  'a local Cognito at %s is refused with the reason and the command that works there',
  async (variable) => {
    const { url } = deployment.cognito;
    const context = { ...deployment.context(), variables: { [variable]: url } };
    const input = {
      pools: ['eu-central-1_Local0001'],
      environmentName: undefined,
      file: '-',
      isForced: false,
      isClaimsOnly: false,
      tableName: undefined,
      owner: undefined,
      defaults: [],
    };

    await expect(importPools(context, input)).rejects.toMatchObject({
      code: 'ERR_IMPORT_LOCAL',
      message: expect.stringContaining('the file of environment "test"'),
      next: expect.stringContaining(`m2m plan --env test --local-url ${url}`),
    });
  },
);

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { requiredTools } from '../support/tools.ts';
import { createDeployment } from './deployment.ts';

/** Three stacks take well under a minute on two cores. */
const PLAN_TIMEOUT_MS = 240_000;

const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('an environment file', () => {
  let aws: LocalAws;

  beforeAll(async () => {
    if (tools !== undefined) aws = await startLocalAws(tools);
  }, PLAN_TIMEOUT_MS);

  afterAll(() => aws.close());

  test.each([
    ['dev', ['dev-claims', 'dev-pool-payments']],
    ['prod', ['prod-claims', 'prod-pool-payments', 'prod-pool-logistics']],
  ])(
    '%s plans: every stack would only create',
    async (name, stacks) => {
      const deployment = await createDeployment(aws, name);
      await deployment.declare(await readForTrial(name));
      await deployment.cdktf('synth', name);

      for (const stack of stacks) {
        const changes = await deployment.plan(stack);
        expect(changes).not.toEqual([]);
        expect(changes.filter((change) => !change.startsWith('create '))).toEqual([]);
      }
      await deployment.remove();
    },
    PLAN_TIMEOUT_MS,
  );
});

/** An environment file as it is, but for the state and the account, which belong to the real one. */
async function readForTrial(name: string): Promise<EnvironmentInput> {
  const file = join(FIXTURE_ENVIRONMENTS, `${name}.ts`);
  const { default: input }: { default: EnvironmentInput } = await import(pathToFileURL(file).href);
  const { accountId: _account, ...rest } = input;
  return { ...rest, state: { type: 'local' } };
}

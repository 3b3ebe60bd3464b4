import { anEnvironment } from '@cognito-m2m/environment/fixture';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { history } from '../commands/history/history.ts';
import { createLocalTarget } from '../target/local-target.ts';
import { startDeployment, type TestDeployment } from '../testing/start-deployment.ts';
import type { OverrideChange } from './override-change.ts';
import { runChange } from './run-change.ts';

const CLIENT = { poolName: 'payments', clientName: 'billing-worker' };

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

test.each<[OverrideChange['type'], OverrideChange]>([
  ['set', { type: 'set', claims: { tier: { value: 'free' } }, faults: [] }],
  ['unset', { type: 'unset', claimNames: ['tier'] }],
  ['rollback', { type: 'rollback', toRevision: 0 }],
  ['disable', { type: 'disable' }],
  ['enable', { type: 'enable' }],
])(
  '%s through a local Cognito that only shows another API is refused before it asks',
  async (_type, change) => {
    const questions: string[] = [];
    const confirm = async (_text: string, question: string) => questions.push(question) > 0;
    const context = deployment.context({ prompt: { confirm } });
    const target = createLocalTarget({
      environment: deployment.environment,
      deployment: { ...deployment.cognito, isReadOnly: true },
    });
    const input = { ...CLIENT, reason: 'a test', isConfirmed: false };

    await expect(runChange({ ...context, target }, input, change)).rejects.toMatchObject({
      code: 'ERR_CHANGE_REFUSED',
      next: expect.stringContaining('--aws'),
    });

    expect(questions).toEqual([]);
    expect((await history(context, CLIENT)).json).toMatchObject({ revisions: [] });
  },
);

import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsError, createFakeAws, TRIGGER_CONFIGURATION } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createLocalTarget } from '../deployment/local-target.ts';
import { history } from '../history/history.ts';
import type { OverrideChange } from './plan-change.ts';
import { runChange } from './run-change.ts';

const CLIENT = { poolName: 'payments', clientName: 'billing-worker' };

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

test.each<[OverrideChange['type'], OverrideChange]>([
  ['set', { type: 'set', claims: { tier: { value: 'free' } } }],
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

test.each([
  ['the same contract', TRIGGER_CONFIGURATION, true],
  ['another contract', { ...TRIGGER_CONFIGURATION, Environment: {} }, false],
  ['a contract that this caller may not know', awsError('AccessDeniedException'), null],
])(
  'a claim for a trigger with %s is shown as such before it is written',
  async (_, trigger, isSame) => {
    const shown: string[] = [];
    const confirm = async (text: string) => shown.push(text) > 1;
    const context = deployment.context({ prompt: { confirm } });
    const { target } = createFakeAws(context.target, { GetFunctionConfiguration: trigger });
    const input = { ...CLIENT, reason: 'a test', isConfirmed: false };
    const change = { type: 'set', claims: { tier: { value: 'free' } } } as const;

    const { json } = await runChange({ ...context, target }, input, change);

    expect(json).toMatchObject({ isWritten: false, isOfTriggersContract: isSame });
    expect(shown.join().includes('built with another contract')).toBe(isSame === false);
  },
);

test('the kill switch asks nothing about the trigger', async () => {
  const context = deployment.context({ prompt: { confirm: async () => false } });
  const { target, operations } = createFakeAws(context.target, {});
  const input = { ...CLIENT, reason: 'a test', isConfirmed: false };

  await runChange({ ...context, target }, input, { type: 'disable' });

  expect(operations).not.toContain('GetFunctionConfiguration');
});

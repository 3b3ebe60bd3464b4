import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { plan } from '../plan/plan.ts';
import { forget } from './forget.ts';

const userPoolId = 'eu-central-1_Local0001';
const GONE = 'gone-client-id';
let deployment: TestDeployment;
beforeAll(async () => {
  const clients = { worker: aClient() };
  deployment = await startDeployment(anEnvironment({ pools: { payments: aPool({ clients }) } }));
});
afterAll(() => deployment.close());
beforeEach(async () => {
  for (const revision of [1, 2, 10]) {
    await deployment.put(
      anOverride({ userPoolId, clientId: GONE, revision, disabled: revision === 10 }),
    );
  }
});

const input = (clientId: string, isConfirmed = true) => ({
  poolName: 'payments',
  clientId,
  isConfirmed,
});
const strays = async () => JSON.stringify((await plan(deployment.context(), input(''))).json);

test('forget deletes every revision of an app client that is gone, and plan lists it no more', async () => {
  expect(await strays()).toContain(GONE);

  const { json, text } = await forget(deployment.context(), input(GONE));

  expect(json).toMatchObject({ isDeleted: true, revisions: [1, 2, 10] });
  expect(text(createStyle({ hasColours: false }))).toBe(
    `Deleted 3 revisions of app client ${GONE}.`,
  );
  expect(await strays()).not.toContain(GONE);
});

test('forget deletes nothing after a no', async () => {
  const questions: string[] = [];
  const prompt = {
    confirm: async (_text: string, question: string) => {
      questions.push(question);
      return false;
    },
  };

  const { json, exitCode } = await forget(deployment.context({ prompt }), input(GONE, false));

  expect(exitCode).toBe(1);
  expect(json).toMatchObject({ isDeleted: false });
  expect(questions[0]).toContain(`Delete 3 revisions of app client ${GONE} of pool payments`);
  expect(await strays()).toContain(GONE);
});

test('forget refuses an app client that exists, and leaves its history', async () => {
  const clientId = deployment.clientId('payments', 'worker');
  await deployment.put(anOverride({ userPoolId, clientId, revision: 1, disabled: true }));

  await expect(forget(deployment.context(), input(clientId))).rejects.toMatchObject({
    code: 'ERR_CHANGE_REFUSED',
    message: expect.stringContaining('exists, client "worker"'),
    next: { m2m: 'history payments worker' },
  });
});

test('forget says so if nothing is kept of a client', async () => {
  await expect(forget(deployment.context(), input('nobody'))).rejects.toMatchObject({
    code: 'ERR_CLIENT_NOT_FOUND',
  });
});

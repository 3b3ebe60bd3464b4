import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../test/start-deployment.ts';
import { doctor } from './doctor/doctor.ts';
import { explain } from './explain/explain.ts';
import type { CommandResult } from './frame/command.ts';
import { createStyle } from './frame/terminal.ts';
import { history } from './history/history.ts';
import { list } from './list/list.ts';
import { plan } from './plan/plan.ts';
import { rotate } from './rotation/rotate.ts';
import { token } from './token/token.ts';
import { who } from './who/who.ts';

const TRIGGER_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
// As only someone who writes to the table past m2m gets them there.
const CANARY = `AKIA${'CANARY23'.repeat(2)}`;
const CLIENT = { poolName: 'payments', clientName: 'billing-worker' };

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment(), { triggerBundle: TRIGGER_BUNDLE });
  const ids = {
    userPoolId: 'eu-central-1_Local0001',
    clientId: deployment.clientId('payments', 'billing-worker'),
  };
  const author = { reason: `leaked ${CANARY}`, updatedBy: `arn:${CANARY}` };
  await deployment.put(
    aBaseline({
      ...ids,
      clientName: 'billing-worker',
      defaults: { environment: 'test' },
      claims: { 'custom:organization_id': CANARY },
      claimsByScope: { 'orders/read': { permissions: [CANARY] } },
      claimsFromMetadata: {
        tenant_id: { key: 'tenant', allow: [CANARY, 'a-tenant-with-a-long-name'], required: false },
      },
    }),
    anOverride({ ...ids, revision: 1, claims: { permissions: { value: [CANARY] } }, ...author }),
    anOverride({ ...ids, revision: 2, claims: { tenant_id: { value: `a ${CANARY}` } }, ...author }),
  );
});
afterAll(() => deployment.close());

const request = { ...CLIENT, scopes: [], metadata: [] };
const all = { ...request, poolName: undefined, clientName: undefined };
const examined = {
  poolName: undefined,
  isFix: false,
  isConfirmed: false,
  isAllClients: false,
  secretDays: 90,
  expiryDays: 7,
};
const rotated = {
  ...CLIENT,
  isStatus: false,
  isWaiting: false,
  isForReaders: false,
  isConfirmed: true,
  isGraceSkipped: false,
  graceSeconds: 3600,
  minimumAgeSeconds: 0,
};
const explained = { ...CLIENT, scopes: [], metadata: [], at: undefined };
test.each<[string, () => Promise<CommandResult>]>([
  ['explain', () => explain(deployment.context(), explained)],
  ['who', () => who(deployment.context(), { claim: 'tenant_id', poolName: undefined })],
  ['history', () => history(deployment.context(), CLIENT)],
  ['list', () => list(deployment.context(), { poolName: undefined })],
  ['plan', () => plan(deployment.context(), { poolName: undefined })],
  ['token', () => token(deployment.context({ nowMs: Date.now() }), { ...request, isAll: false })],
  ['token --all', () => token(deployment.context({ nowMs: Date.now() }), { ...all, isAll: true })],
  ['doctor', () => doctor(deployment.context(), examined)],
  ['rotate', () => rotate(deployment.context({ nowMs: Date.now() }), rotated)],
])('%s never shows what looks like a secret', async (_command, run) => {
  const { json, text } = await run();

  const shown = JSON.stringify(json) + text(createStyle({ hasColours: false }));
  expect(shown).not.toContain(CANARY);
  expect(shown).toContain('billing-worker');
});

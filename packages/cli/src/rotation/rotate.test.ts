import {
  AddUserPoolClientSecretCommand,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import type { CommandContext } from '../frame/command.ts';
import { createStyle } from '../frame/terminal.ts';
import { type RotateInput, type RotateJson, rotate } from './rotate.ts';

// Each test starts a server and gets real tokens, on a machine that may be busy.
jest.setTimeout(60_000);

const TRIGGER_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
const USER_POOL_ID = 'eu-central-1_Local0001';
const SecretId = 'm2m/test/payments/billing-worker/credentials';
const style = createStyle({ hasColours: false });
const INPUT = anEnvironment({
  trigger: { cacheSeconds: 0, maxStaleSeconds: 0 },
  pools: {
    payments: aPool({
      clients: {
        'billing-worker': aClient({
          claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1'], required: true } },
        }),
      },
    }),
  },
});

let deployment: TestDeployment;
let context: CommandContext;
beforeEach(async () => {
  deployment = await startDeployment(INPUT, { triggerBundle: TRIGGER_BUNDLE });
  context = deployment.context({ nowMs: Date.now() });
});
afterEach(() => deployment.close());

function run(changes: Partial<RotateInput> = {}, place = context) {
  return rotate(place, {
    poolName: 'payments',
    clientName: 'billing-worker',
    isStatus: false,
    isWaiting: false,
    isForReaders: false,
    isConfirmed: false,
    isGraceSkipped: false,
    graceSeconds: 3600,
    minimumAgeSeconds: 0,
    ...changes,
  });
}

function clientKey() {
  return { UserPoolId: USER_POOL_ID, ClientId: deployment.clientId('payments', 'billing-worker') };
}

async function look() {
  const { cognito, secretsManager } = await context.target.openSecretClients();
  const list = new ListUserPoolClientSecretsCommand(clientKey());
  const { ClientSecrets = [] } = await cognito.send(list);
  const { Versions = [] } = await secretsManager.send(
    new ListSecretVersionIdsCommand({ SecretId }),
  );
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
  const labels = Versions.flatMap(({ VersionStages = [] }) => VersionStages).sort();
  return { count: ClientSecrets.length, labels, secret: JSON.parse(SecretString).client_secret };
}

describe('a rotation', () => {
  test('a rotation goes up to the grace period: exit 2, both secrets good', async () => {
    const { json, exitCode, text } = await run();

    expect(exitCode).toBe(2);
    expect(json).toMatchObject({
      phase: 'grace',
      steps: ['stage', 'add', 'promote', 'start-grace'],
      graceEndsAt: new Date(Math.floor(context.clock() / 1000 + 3600) * 1000)
        .toISOString()
        .replace('.000Z', 'Z'),
      next: 'm2m rotate payments billing-worker --env test',
    });
    expect(text(style)).toMatch(/Next, after .*: m2m rotate payments billing-worker --env test$/);
    expect(await look()).toMatchObject({ count: 2 });
  });

  test('a rotation waits while the grace period lasts, and finishes after it: exit 0', async () => {
    await run();
    const before = await look();

    await context.wait(3_599_000);
    expect(await run()).toMatchObject({ exitCode: 2, json: { phase: 'grace', steps: [] } });
    await context.wait(1_000);
    const { json, exitCode, text } = await run();

    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ phase: 'idle', steps: ['retire', 'close'] });
    expect(text(style)).toContain('payments / billing-worker: rotated.');
    expect(await look()).toEqual({
      count: 1,
      labels: ['AWSCURRENT', 'AWSPREVIOUS'],
      secret: before.secret,
    });
  });

  test('a rotation stays until the end with --wait', async () => {
    const startedAt = context.clock();

    expect(await run({ isWaiting: true })).toMatchObject({ exitCode: 0, json: { phase: 'idle' } });

    expect(context.clock() - startedAt).toBeGreaterThanOrEqual(3_599_000);
  });

  test('a rotation begins also by a clock that is a minute behind the service that created the secret', async () => {
    const place = deployment.context({ nowMs: Date.now() - 60_000 });

    expect(await run({}, place)).toMatchObject({ exitCode: 2, json: { phase: 'grace' } });
  });

  test('a rotation leaves the grace period out with --retire-now, also in the midst of it', async () => {
    expect(await run({ isGraceSkipped: true })).toMatchObject({ exitCode: 0 });
    await run();
    const { json } = await run({ isGraceSkipped: true });

    expect(json).toMatchObject({ phase: 'idle', steps: ['retire', 'close'] });
  });

  test.each([
    [3_600, ['stage']],
    [3_601, []],
  ])(
    'a rotation of a secret one hour old with --older-than %i s takes the steps %j',
    async (age, steps) => {
      const seen = (await run({ isStatus: true })).json as RotateJson;
      const madeAtMs = Date.parse(seen.oldSecret?.createdAt ?? '');
      await context.wait(madeAtMs + 3_600_000 - context.clock());

      const { json, exitCode } = await run({ minimumAgeSeconds: age });

      expect(json).toMatchObject({ steps: expect.arrayContaining(steps) });
      expect(exitCode).toBe(steps.length > 0 ? 2 : 0);
    },
  );

  test('a rotation works for a client that is disabled, whose tokens the trigger refuses', async () => {
    const { UserPoolId: userPoolId, ClientId: clientId } = clientKey();
    await deployment.put(anOverride({ userPoolId, clientId, disabled: true }));

    expect(await run({ isGraceSkipped: true })).toMatchObject({ exitCode: 0 });
  });

  test('a rotation never shows a secret', async () => {
    const before = await look();
    const results = [
      await run(),
      await run({ isStatus: true }),
      await run({ isGraceSkipped: true }),
    ];
    const after = await look();

    const shown = results.map(({ json, text }) => JSON.stringify(json) + text(style)).join('');
    expect(after.secret).not.toBe(before.secret);
    expect(shown).not.toContain(before.secret);
    expect(shown).not.toContain(after.secret);
  });
});

describe('--status', () => {
  test('--status says that none is under way: exit 0', async () => {
    const { json, exitCode, text } = await run({ isStatus: true });

    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ phase: 'idle', steps: [] });
    expect(text(style)).toContain('no rotation is under way');
  });

  test('--status says where one stands and changes nothing: exit 2', async () => {
    await run();
    const before = await look();

    const { json, exitCode } = await run({ isStatus: true });

    expect(exitCode).toBe(2);
    expect(json).toMatchObject({ phase: 'grace', oldSecret: {}, newSecret: {}, steps: [] });
    expect(await look()).toEqual(before);
  });
});

describe('the questions', () => {
  function answering(...answers: boolean[]) {
    const questions: string[] = [];
    const confirm = async (_text: string, question: string) => {
      questions.push(question);
      return answers.shift() ?? false;
    };
    const { target, clock, wait, ...rest } = context;
    return { questions, place: { ...rest, target, clock, wait, prompt: { confirm } } };
  }

  test('a no to the first changes nothing: exit 1', async () => {
    const before = await look();
    const { questions, place } = answering(false);

    expect(await run({}, place)).toMatchObject({ exitCode: 1, json: { steps: [] } });

    expect(questions).toEqual([expect.stringMatching(/^Rotate the secret of payments/)]);
    expect(await look()).toEqual(before);
  });

  test('a no to the second keeps both secrets: exit 1', async () => {
    const { questions, place } = answering(true, false);

    const { exitCode, text } = await run({ isGraceSkipped: true }, place);

    expect(exitCode).toBe(1);
    expect(questions[1]).toMatch(/^Delete the old secret of payments/);
    expect(text(style)).toContain('No further step was taken.');
    expect(await look()).toMatchObject({ count: 2 });
  });

  test('the questions are not asked with --yes', async () => {
    const { questions, place } = answering();

    await run({ isGraceSkipped: true, isConfirmed: true }, place);

    expect(questions).toEqual([]);
  });
});

describe('a rotation is refused', () => {
  test.each([
    ['readers on a local Cognito, which records none', { isForReaders: true }],
    ['readers without a grace period', { isForReaders: true, isGraceSkipped: true }],
  ])('a rotation is refused that waits for %s', async (_, changes) => {
    await expect(run(changes)).rejects.toMatchObject({ code: 'ERR_ARGUMENT_INVALID' });
    expect(await look()).toMatchObject({ count: 1 });
  });

  test('a rotation is refused for a client with a second secret of other origin, which is named', async () => {
    const { cognito } = await context.target.openSecretClients();
    await cognito.send(new AddUserPoolClientSecretCommand(clientKey()));

    await expect(run()).rejects.toMatchObject({
      code: 'ERR_ROTATION_BLOCKED',
      message: expect.stringContaining(`${clientKey().ClientId}--`),
      next: expect.stringContaining('delete-user-pool-client-secret'),
    });
  });

  test('a rotation names the secret that is left of two at the same time, and goes on without it', async () => {
    await run({ isGraceSkipped: true });
    const { cognito } = await context.target.openSecretClients();
    const add = new AddUserPoolClientSecretCommand(clientKey());
    const { ClientSecretDescriptor } = await cognito.send(add);
    const ClientSecretId = ClientSecretDescriptor?.ClientSecretId ?? '';

    await expect(run({ isGraceSkipped: true })).rejects.toMatchObject({
      code: 'ERR_ROTATION_BLOCKED',
      message: expect.stringContaining('If nobody added one by hand, the newer one is left of two'),
      next: expect.stringContaining(`--client-secret-id ${ClientSecretId},`),
    });
    await cognito.send(new DeleteUserPoolClientSecretCommand({ ...clientKey(), ClientSecretId }));
    expect(await run({ isGraceSkipped: true })).toMatchObject({ exitCode: 0 });
  });

  test('a rotation is refused while something else rotates the entry', async () => {
    const { secretsManager } = await context.target.openSecretClients();
    const put = { SecretId, SecretString: '{}', VersionStages: ['AWSPENDING'] };
    await secretsManager.send(new PutSecretValueCommand(put));

    await expect(run()).rejects.toMatchObject({
      code: 'ERR_ROTATION_BLOCKED',
      next: expect.stringContaining('update-secret-version-stage'),
    });
  });

  test('a rotation is refused while the staged secret is not the second one of Amazon Cognito', async () => {
    await run();
    await rollBackAndReplaceNewSecret();

    await expect(run()).rejects.toMatchObject({
      code: 'ERR_ROTATION_NOT_PROVEN',
      message: expect.stringContaining('invalid_client'),
      next: 'm2m rotate payments billing-worker --env test',
    });
    expect(await look()).toMatchObject({ count: 2 });
  });

  test('a rotation is refused while the token endpoint is down, and goes on afterwards', async () => {
    const { target } = context;
    const findPool = async (name: string) => {
      const pool = await target.findPool(name);
      return pool && { ...pool, tokenEndpoint: 'http://127.0.0.1:1/oauth2/token' };
    };
    const before = await look();

    await expect(run({}, { ...context, target: { ...target, findPool } })).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST_FAILED',
      message: expect.stringContaining('no secret was lost'),
      next: 'm2m rotate payments billing-worker --env test',
    });

    expect(await look()).toMatchObject({ count: 2, secret: before.secret });
    expect(await run()).toMatchObject({ json: { steps: ['promote', 'start-grace'] } });
  });
});

/** What a careless hand does in the midst of a rotation: services get the old secret again, and the new one is another. */
async function rollBackAndReplaceNewSecret(): Promise<void> {
  const { cognito, secretsManager } = await context.target.openSecretClients();
  const { ClientSecrets = [] } = await cognito.send(
    new ListUserPoolClientSecretsCommand(clientKey()),
  );
  const { Versions = [] } = await secretsManager.send(
    new ListSecretVersionIdsCommand({ SecretId }),
  );
  const holder = (label: string) =>
    Versions.find(({ VersionStages = [] }) => VersionStages.includes(label))?.VersionId;
  await secretsManager.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSCURRENT',
      RemoveFromVersionId: holder('AWSCURRENT'),
      MoveToVersionId: holder('AWSPREVIOUS'),
    }),
  );
  const ClientSecretId = ClientSecrets[1]?.ClientSecretId;
  await cognito.send(new DeleteUserPoolClientSecretCommand({ ...clientKey(), ClientSecretId }));
  await cognito.send(new AddUserPoolClientSecretCommand(clientKey()));
}

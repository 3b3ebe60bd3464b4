import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AwsAnswers,
  aUserPool,
  awsError,
  createFakeAws,
  healthyAnswers,
  TRIGGER_CONFIGURATION,
} from '../../test/fake-aws.ts';
import { startDeployment, TEST_NOW_MS, type TestDeployment } from '../../test/start-deployment.ts';
import { forget } from '../forget/forget.ts';
import { CliError } from '../frame/errors.ts';
import { createStyle, type Prompt } from '../frame/terminal.ts';
import { type DoctorInput, type DoctorJson, doctor } from './doctor.ts';

const DAY = 86_400;
const DAY_MS = DAY * 1000;
const plain = createStyle({ hasColours: false });
const UNPROTECTED = {
  DescribeUserPool: { UserPool: aUserPool({ DeletionProtection: 'INACTIVE' }) },
};
const WITHOUT_RECOVERY = { DescribeContinuousBackups: {} };
let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

interface DoctorRun {
  readonly input?: Partial<DoctorInput>;
  readonly prompt?: Prompt;
  readonly environment?: ReturnType<typeof validateEnvironment>;
  readonly readCaller?: () => Promise<string>;
}

async function run(context: Parameters<typeof doctor>[0], input: Partial<DoctorInput> = {}) {
  const result = await doctor(context, {
    poolName: undefined,
    isFix: false,
    isConfirmed: false,
    isAllClients: false,
    secretDays: 90,
    expiryDays: 7,
    ...input,
  });
  return { json: result.json as DoctorJson, exitCode: result.exitCode, text: result.text(plain) };
}

/** Runs doctor on a fake of AWS with some answers changed. */
async function examine(
  answers: AwsAnswers,
  { input = {}, readCaller, ...changes }: DoctorRun = {},
) {
  const context = deployment.context(changes);
  const clientId = deployment.clientId('payments', 'billing-worker');
  const aws = createFakeAws(context.target, { ...healthyAnswers(clientId), ...answers });
  const target = { ...aws.target, ...(readCaller && { readCaller }) };
  const seen = () => aws.operations.filter((operation) => /^(Update|Add)/.test(operation));
  return { run: () => run({ ...context, target }, input), changesMade: seen };
}

const RUNTIME_LINE =
  'Runtime of the trigger: nodejs24.x, which AWS Lambda supports until 2028-04-30.';

const answering = (answer: boolean): Prompt => ({ confirm: async () => answer });

describe('on AWS', () => {
  test('nothing is wrong with what was deployed: exit 0', async () => {
    const { json, exitCode, text } = await (await examine({})).run();

    expect(json).toMatchObject({ findings: [], notChecked: [], fix: 'not-asked', repaired: [] });
    expect(exitCode).toBe(0);
    expect(text).toBe(`${RUNTIME_LINE}\nNothing is wrong.`);
    expect(json.runtime).toEqual({ name: 'nodejs24.x', endOfSupport: '2028-04-30' });
  });

  test('a finding shows what, why and how, and how many --fix repairs: exit 2', async () => {
    const { exitCode, text } = await (await examine(UNPROTECTED)).run();

    expect(exitCode).toBe(2);
    expect(text).toBe(
      [
        'WARN  pool payments  pool-protection',
        '      Deletion protection is off.',
        '      Why: Deleting a pool deletes its client IDs and secrets, and they cannot be restored.',
        '      Fix: m2m doctor --fix --env test turns it on.',
        '',
        RUNTIME_LINE,
        '1 finding, 1 of them for m2m doctor --fix.',
      ].join('\n'),
    );
  });

  test.each([
    ['a user pool', { DescribeUserPool: awsError('ResourceNotFoundException') }, 'pool-deployed'],
    [
      'the claims table',
      {
        Query: awsError('ResourceNotFoundException'),
        DescribeTable: awsError('ResourceNotFoundException'),
      },
      'table-exists',
    ],
  ])('%s that is gone is the finding', async (_what, answers, check) => {
    const { json, exitCode } = await (await examine(answers)).run();

    expect(json).toMatchObject({ findings: [{ check, severity: 'error' }], notChecked: [] });
    expect(exitCode).toBe(2);
  });

  test.each([
    ['DescribeUserPool', 'user pool payments: not allowed to read it'],
    ['ListUserPoolClients', 'app clients of payments: not allowed to read it'],
    ['ListUserPoolClientSecrets', 'secret ages in payments: not allowed to read it'],
    ['GetAlias', 'trigger function: not allowed to read it'],
    ['DescribeTable', 'settings of table'],
    ['Query', 'records of payments: not allowed to read it'],
  ])('a refused %s ends no other check', async (operation, notChecked) => {
    const refused = { [operation]: awsError('AccessDeniedException') };
    const broken = operation === 'DescribeUserPool' ? WITHOUT_RECOVERY : UNPROTECTED;

    const { json, text } = await (await examine({ ...broken, ...refused })).run();

    expect(json).toMatchObject({
      findings: [{ check: expect.stringMatching(/^(pool-protection|table-recovery)$/) }],
      notChecked: [expect.stringContaining(notChecked)],
    });
    expect(text).toContain('Not checked: ');
  });

  test.each([
    ['AccessDeniedException', 2, [expect.any(String)]],
    // An emulator's answer, which says nothing about this caller.
    ['UnknownOperationException', 0, []],
  ])(
    'doctor on AWS with nothing wrong but a read that ends in %s: exit %i',
    async (name, expected, notAllowed) => {
      const { json, exitCode } = await (await examine({ GetAlias: awsError(name) })).run();

      expect(exitCode).toBe(expected);
      expect(json).toMatchObject({ findings: [], notChecked: [expect.any(String)], notAllowed });
    },
  );

  test('a client that is gone leaves a notice that names m2m forget, and none after it', async () => {
    const clientId = 'gone-client-id';
    await deployment.put(anOverride({ userPoolId: 'eu-central-1_Local0001', clientId }));

    const before = await (await examine({})).run();
    await forget(deployment.context(), { poolName: 'payments', clientId, isConfirmed: true });
    const after = await (await examine({})).run();

    expect(before.exitCode).toBe(0);
    expect(before.json.findings).toMatchObject([{ check: 'records-history' }]);
    expect(before.text).toContain(`m2m forget payments ${clientId} --env test`);
    expect(after.json.findings).toEqual([]);
  });

  test('a declared client that is not deployed is a finding', async () => {
    const clients = { 'billing-worker': aClient(), fresh: aClient() };
    const environment = validateEnvironment(
      contract,
      anEnvironment({ pools: { payments: aPool({ clients }) } }),
    );

    const { json } = await (await examine({}, { environment })).run();

    expect(json.findings).toMatchObject([
      {
        check: 'client-deployed',
        subject: 'client payments/fresh',
        how: "npx -y pnpm@12 cdktf deploy 'test-*'",
      },
    ]);
  });

  test.each([
    [30, 'secret-age'],
    [31, undefined],
  ])('a secret of 31 days against --secret-days %i', async (secretDays, check) => {
    const ClientSecretCreateDate = new Date(TEST_NOW_MS - 31 * DAY_MS);
    const answers = { ListUserPoolClientSecrets: { ClientSecrets: [{ ClientSecretCreateDate }] } };

    const { json } = await (await examine(answers, { input: { secretDays } })).run();

    expect(json.findings[0]?.check).toBe(check);
  });
});

describe('--fix', () => {
  const fix = { isFix: true };

  test('--fix changes nothing after a no, and says so: exit 1', async () => {
    const { run, changesMade } = await examine(UNPROTECTED, {
      input: fix,
      prompt: answering(false),
    });

    const { json, exitCode, text } = await run();

    expect(json).toMatchObject({ fix: 'refused', repaired: [], findings: [{}] });
    expect(exitCode).toBe(1);
    expect(text).toMatch(/\nNothing changed\.$/);
    expect(changesMade()).toEqual([]);
  });

  test('--fix repairs after a yes and says what', async () => {
    const found = { DeletionProtection: 'INACTIVE' };
    const remembering = {
      DescribeUserPool: () => ({ UserPool: aUserPool(found) }),
      UpdateUserPool: ({ DeletionProtection }: typeof found) => {
        found.DeletionProtection = DeletionProtection;
        return {};
      },
    };
    const { run, changesMade } = await examine(remembering, {
      input: fix,
      prompt: answering(true),
    });

    const { json, text } = await run();

    expect(json).toMatchObject({ fix: 'done', repaired: [expect.stringContaining('deletion')] });
    expect(text).toContain('Repaired: eu-central-1_Local0001: turn deletion protection on');
    expect(changesMade()).toEqual(['UpdateUserPool']);
  });

  test('--fix says that there is nothing that it repairs', async () => {
    const answers = { GetFunctionConfiguration: { ...TRIGGER_CONFIGURATION, Timeout: 6 } };

    const { json, text } = await (await examine(answers, { input: fix })).run();

    expect(json).toMatchObject({ fix: 'nothing', findings: [{ check: 'trigger-timeout' }] });
    expect(text).toContain('Nothing here can be repaired');
  });

  test('--fix touches nothing with the credentials of another account', async () => {
    const wrong = async () => {
      throw new CliError('ERR_ACCOUNT_WRONG', 'another account');
    };
    const input = { isFix: true, isConfirmed: true };

    const { run, changesMade } = await examine(UNPROTECTED, { input, readCaller: wrong });

    await expect(run()).rejects.toMatchObject({ code: 'ERR_ACCOUNT_WRONG' });
    expect(changesMade()).toEqual([]);
  });

  test('--fix that fails midway says what was applied and what was not', async () => {
    const input = { isFix: true, isConfirmed: true };
    const answers = {
      ...UNPROTECTED,
      ...WITHOUT_RECOVERY,
      DescribeTable: { Table: { DeletionProtectionEnabled: false } },
      UpdateContinuousBackups: awsError('AccessDeniedException'),
    };

    const { run, changesMade } = await examine(answers, { input });

    await expect(run()).rejects.toMatchObject({
      code: 'ERR_REPAIR_FAILED',
      next: { m2m: 'doctor' },
      message: expect.stringMatching(
        /AccessDeniedException.*\n {2}applied: .*deletion.*\n {2}failed: .*recovery.*\n {2}not tried: .*deletion/,
      ),
    });
    expect(changesMade()).toEqual(['UpdateTable', 'UpdateContinuousBackups']);
  });
});

describe('on local Cognito', () => {
  test('doctor on local Cognito says that the rest was not checked', async () => {
    const { json, exitCode, text } = await run(deployment.context());

    expect(json).toMatchObject({
      findings: [],
      notChecked: [expect.any(String)],
      notAllowed: [],
    });
    expect(exitCode).toBe(0);
    expect(text).toMatch(/\nNothing is wrong in what was checked\.$/);
  });

  test('a parameter that names another client is a finding', async () => {
    const context = deployment.context();
    const listClientIds = async () =>
      new Map([
        ['billing-worker', deployment.clientId('payments', 'billing-worker')],
        ['report-viewer', deployment.clientId('payments', 'billing-worker')],
      ]);

    const { json, exitCode } = await run({
      ...context,
      target: { ...context.target, listClientIds },
    });

    expect(exitCode).toBe(2);
    expect(json.findings).toContainEqual(
      expect.objectContaining({
        check: 'client-parameter',
        subject: 'client payments/report-viewer',
        what: expect.stringContaining('"billing-worker"'),
      }),
    );
  });

  test('--fix says that it has nothing to change there', async () => {
    const { json, text } = await run(deployment.context(), { isFix: true });

    expect(json).toMatchObject({ fix: 'not-available', repaired: [] });
    expect(text).toContain('Nothing repaired: --fix changes user pools');
  });

  test('a declared pool is deployed by a start', async () => {
    const shipping = aPool({ domainPrefix: 'acme-test-shipping' });
    const environment = validateEnvironment(contract, anEnvironment({ pools: { shipping } }));

    const { json } = await run(deployment.context({ environment }));

    expect(json.findings).toMatchObject([
      { check: 'pool-deployed', how: 'npx -y pnpm@12 start --env test' },
    ]);
  });

  test.each([
    [1, undefined],
    [2, 'claims-expiring'],
  ])('an override that ends in two days against --expiry-days %i', async (expiryDays, check) => {
    const expiresAt = TEST_NOW_MS / 1000 + 2 * DAY;
    const ids = {
      userPoolId: 'eu-central-1_Local0001',
      clientId: deployment.clientId('payments', 'billing-worker'),
    };
    const claims = { tier: { value: 'free', expiresAt } };
    await deployment.put(anOverride({ ...ids, revision: 1, claims }));

    const { json } = await run(deployment.context(), { expiryDays });

    expect(json.findings[0]?.check).toBe(check);
  });
});

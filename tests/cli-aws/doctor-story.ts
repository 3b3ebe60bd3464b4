import {
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
  UpdateUserPoolRequest$,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  GetPolicyCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from '@jest/globals';
import type { DeployedWorld } from './deployed-world.ts';

/** Two runs of the binary, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 60_000;
/** What an update of a pool takes, by the API's own model. */
const UPDATABLE: readonly string[] = UpdateUserPoolRequest$[4];
const TABLE = { TableName: 'm2m-trial-claims' };
const TRIGGER = { FunctionName: 'm2m-trial-pre-token-generation', Qualifier: 'live' };

type Break = (world: DeployedWorld) => Promise<unknown>;

/** Each repair of `m2m doctor --fix`: what is broken, which check finds it, and what the repair says. */
const REPAIRS: readonly (readonly [what: string, check: string, repaired: string, Break])[] = [
  [
    'a trigger that is taken off',
    'trigger-attached',
    'as V3_0 trigger',
    (world) => changePool(world, { LambdaConfig: {} }),
  ],
  [
    'a trigger of an older version',
    'trigger-attached',
    'as V3_0 trigger',
    async (world) => {
      const { LambdaConfig } = await describePool(world);
      const LambdaArn = LambdaConfig?.PreTokenGenerationConfig?.LambdaArn;
      const PreTokenGenerationConfig = { LambdaArn, LambdaVersion: 'V2_0' as const };
      return changePool(world, { LambdaConfig: { PreTokenGenerationConfig } });
    },
  ],
  [
    'a plan that runs no trigger',
    'pool-plan',
    'feature plan ESSENTIALS',
    (world) => changePool(world, { UserPoolTier: 'LITE' }),
  ],
  [
    'a pool that anyone may delete',
    'pool-protection',
    'deletion protection on',
    (world) => changePool(world, { DeletionProtection: 'INACTIVE' }),
  ],
  [
    'open sign-up',
    'pool-sign-up',
    'close sign-up',
    async (world) => {
      const { AdminCreateUserConfig } = await describePool(world);
      const opened = { ...AdminCreateUserConfig, AllowAdminCreateUserOnly: false };
      return changePool(world, { AdminCreateUserConfig: opened });
    },
  ],
  [
    'a missing permission',
    'trigger-permission',
    'let Amazon Cognito invoke it',
    ({ lambda }) =>
      lambda.send(new RemovePermissionCommand({ ...TRIGGER, StatementId: 'pool-payments' })),
  ],
  [
    'a table that anyone may delete',
    'table-protection',
    'deletion protection on',
    ({ dynamoDb }) =>
      dynamoDb.send(new UpdateTableCommand({ ...TABLE, DeletionProtectionEnabled: false })),
  ],
  [
    'a table without recovery',
    'table-recovery',
    'point-in-time recovery on',
    ({ dynamoDb }) =>
      dynamoDb.send(
        new UpdateContinuousBackupsCommand({
          ...TABLE,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        }),
      ),
  ],
];

const FUNCTION = { FunctionName: TRIGGER.FunctionName };
const ROLE = { RoleName: TRIGGER.FunctionName, PolicyName: TRIGGER.FunctionName };
let policyDocument: string | undefined;

/** Each station of a token's path that a person must repair: how it is broken, and repaired. */
const STATIONS: readonly (readonly [what: string, check: string, Break, Break])[] = [
  [
    'a role whose policy is deleted',
    'trigger-role',
    async ({ iam }) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(ROLE));
      policyDocument = decodeURIComponent(PolicyDocument ?? '');
      return iam.send(new DeleteRolePolicyCommand(ROLE));
    },
    ({ iam }) =>
      iam.send(new PutRolePolicyCommand({ ...ROLE, PolicyDocument: policyDocument ?? '' })),
  ],
  [
    'a reserved concurrency of 0',
    'trigger-concurrency',
    ({ lambda }) =>
      lambda.send(
        new PutFunctionConcurrencyCommand({ ...FUNCTION, ReservedConcurrentExecutions: 0 }),
      ),
    ({ lambda }) =>
      lambda.send(
        new PutFunctionConcurrencyCommand({ ...FUNCTION, ReservedConcurrentExecutions: 10 }),
      ),
  ],
];

/** What doctor finds and repairs in a deployment; each test leaves it as it was deployed. */
export function doctorStory(world: () => DeployedWorld): void {
  const doctor = async (...argv: string[]) => {
    const run = await world().m2m('doctor', '--env', 'trial', '--json', ...argv);
    const { findings = [], ...answer } = JSON.parse(run.stdout);
    return { ...run, ...answer, findings: findings.filter(isNotOfTime) };
  };

  test(
    'finds nothing wrong with what was deployed',
    async () => {
      expect(await doctor()).toMatchObject({ findings: [], notChecked: [] });
    },
    CASE_TIMEOUT_MS,
  );

  test.each(REPAIRS)(
    'finds %s, repairs it, and changes nothing else',
    async (_what, check, repaired, breakIt) => {
      const before = await readSettings(world());
      await breakIt(world());

      const found = await doctor();
      const fixed = await doctor('--fix', '--yes');

      expect(found.findings).toEqual([expect.objectContaining({ check, isFixable: true })]);
      expect(found.exitCode).toBe(2);
      expect(fixed).toMatchObject({ findings: [], repaired: [expect.stringContaining(repaired)] });
      expect(await readSettings(world())).toEqual(before);
    },
    CASE_TIMEOUT_MS,
  );

  test.each(STATIONS)(
    'finds %s',
    async (_what, check, breakIt, mendIt) => {
      await breakIt(world());

      const found = await doctor();
      await mendIt(world());

      expect(found.findings).toEqual([expect.objectContaining({ check, severity: 'error' })]);
      expect(found.exitCode).toBe(2);
      expect(await doctor()).toMatchObject({ findings: [] });
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'finds all that a careless update reset, and repairs nothing where nobody agrees',
    async () => {
      const before = await readSettings(world());
      const UserPoolId = world().userPoolId;
      await world().cognito.send(
        new UpdateUserPoolCommand({ UserPoolId, MfaConfiguration: 'OFF' }),
      );
      const broken = await readSettings(world());

      const unconfirmed = await doctor('--fix');
      const untouched = await readSettings(world());
      const fixed = await doctor('--fix', '--yes');

      expect(unconfirmed.exitCode).toBe(1);
      expect(unconfirmed).toMatchObject({ error: { code: 'ERR_CONFIRMATION_NEEDED' } });
      expect(untouched).toEqual(broken);
      expect(fixed).toMatchObject({ findings: [] });
      const { pool } = await readSettings(world());
      await changePool(world(), before.pool);
      expect(pool).toMatchObject({
        LambdaConfig: before.pool.LambdaConfig,
        DeletionProtection: 'ACTIVE',
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      });
    },
    CASE_TIMEOUT_MS,
  );
}

/** The deployed runtime ends some day, which is right to be found and no matter here. */
function isNotOfTime({ check }: { readonly check: string }): boolean {
  return check !== 'trigger-runtime';
}

/** Changes one setting of the pool by hand, as whoever keeps all others does. */
async function changePool(world: DeployedWorld, changes: Partial<UserPoolType>): Promise<void> {
  const pool: Record<string, unknown> = { ...(await describePool(world)), ...changes };
  const kept = Object.entries(pool).filter(([name]) => UPDATABLE.includes(name));
  const update = { ...Object.fromEntries(kept), UserPoolId: world.userPoolId };
  await world.cognito.send(new UpdateUserPoolCommand(update));
}

async function describePool({ cognito, userPoolId }: DeployedWorld): Promise<UserPoolType> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const { LastModifiedDate, ...pool } = (await cognito.send(describe)).UserPool ?? {};
  return pool;
}

/** Everything that a repair may touch. */
async function readSettings(world: DeployedWorld) {
  const { lambda, dynamoDb } = world;
  const { Policy = '{}' } = await lambda.send(new GetPolicyCommand(TRIGGER));
  const { Table } = await dynamoDb.send(new DescribeTableCommand(TABLE));
  const backups = await dynamoDb.send(new DescribeContinuousBackupsCommand(TABLE));
  const { PointInTimeRecoveryStatus } =
    backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
  const pool = await describePool(world);
  return { pool, policy: JSON.parse(Policy).Statement, Table, PointInTimeRecoveryStatus };
}

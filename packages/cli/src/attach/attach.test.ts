import type { LambdaConfigType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  type EnvironmentInput,
  toBaselineRecord,
  toSettingsRecord,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type AwsAnswers,
  createFakeAws,
  healthyAnswers,
  TRIGGER_CONFIGURATION,
} from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { type AttachInput, attach } from './attach.ts';
import { detach } from './detach.ts';
import { PRINT_FORMATS } from './owner-code.ts';

const CLIENT_ID = 'theirclient1';
const ALIAS =
  'arn:aws:lambda:eu-central-1:123456789012:function:m2m-test-pre-token-generation:live';
const USERS = 'arn:aws:lambda:eu-central-1:123456789012:function:user-claims:live';
const OTHER = 'arn:aws:lambda:eu-central-1:123456789012:function:audit';
const PARAMETER = '/m2m/test/storefront/attachment';
const plain = createStyle({ hasColours: false });

/** With the prototypes of this realm, unlike `structuredClone` in Jest. */
function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

type Pool = EnvironmentInput['pools'][string];

let deployment: TestDeployment;
let poolId: string;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
  poolId = deployment.cognito.pools[0]?.userPoolId ?? '';
});
afterAll(() => deployment.close());

/** The environment with one existing pool, which is the local one, and what its table holds. */
async function declare(fields: Partial<Pool>) {
  const storefront = {
    existing: { userPoolId: poolId },
    clients: {
      worker: { clientId: CLIENT_ID, description: 'Bills', claims: { environment: 'test' } },
    },
    ...fields,
  };
  const environment = validateEnvironment(contract, anEnvironment({ pools: { storefront } }));
  const [pool] = environment.pools;
  const [client] = pool?.clients ?? [];
  if (pool === undefined || client === undefined) throw new Error('one pool with one client');
  const ids = { userPoolId: poolId, clientId: CLIENT_ID };
  await deployment.put(toBaselineRecord(pool, client, ids), toSettingsRecord(pool, poolId));
  return environment;
}

interface World {
  readonly lambdaConfig?: LambdaConfigType;
  readonly pool?: Partial<Pool>;
  readonly answers?: AwsAnswers;
  /** What the trigger answers to an event. @default the event */
  readonly trigger?: (event: { triggerSource: string }) => object;
}

/** A pool of another owner with every setting that one can have, before a fake of AWS that remembers. */
async function startWorld({ lambdaConfig = {}, pool = {}, answers = {}, trigger }: World = {}) {
  const environment = await declare(pool);
  const context = deployment.context({ environment });
  const parameters = new Map<string, string>();
  const described: UserPoolType = {
    Id: poolId,
    Arn: `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${poolId}`,
    Name: 'shop',
    UserPoolTier: 'PLUS',
    MfaConfiguration: 'OPTIONAL',
    Domain: 'shop',
    AutoVerifiedAttributes: ['email'],
    EmailVerificationMessage: 'Code {####}',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
    LambdaConfig: lambdaConfig,
  };
  const state = { pool: described };
  const userTriggers = pool.userTrigger && { [poolId]: pool.userTrigger };
  const aws = createFakeAws(context.target, {
    ...healthyAnswers(CLIENT_ID),
    DescribeUserPool: () => ({ UserPool: copyOf(state.pool) }),
    UpdateUserPool: ({ UserPoolId, PoolName, ...settings }: { [name: string]: string }) => {
      state.pool = {
        Id: UserPoolId,
        Arn: described.Arn,
        Domain: 'shop',
        Name: PoolName,
        ...settings,
      };
      return {};
    },
    GetAlias: { AliasArn: ALIAS, FunctionVersion: '1' },
    GetFunctionConfiguration: {
      ...TRIGGER_CONFIGURATION,
      Environment: {
        Variables: {
          ...TRIGGER_CONFIGURATION.Environment.Variables,
          CLAIMS_USER_TRIGGERS: JSON.stringify(userTriggers ?? {}),
        },
      },
    },
    GetPolicy: {
      Policy: JSON.stringify({
        Statement: [
          {
            Sid: 'pool-storefront',
            Effect: 'Allow',
            Principal: { Service: 'cognito-idp.amazonaws.com' },
            Condition: {
              ArnLike: { 'AWS:SourceArn': described.Arn },
              StringEquals: { 'AWS:SourceAccount': '123456789012' },
            },
          },
        ],
      }),
    },
    GetParameters: ({ Names }: { Names: string[] }) => ({
      Parameters: Names.flatMap((Name) =>
        parameters.has(Name) ? [{ Name, Value: parameters.get(Name) }] : [],
      ),
    }),
    PutParameter: ({ Name, Value }: { Name: string; Value: string }) => {
      parameters.set(Name, Value);
      return {};
    },
    DeleteParameter: ({ Name }: { Name: string }) => {
      parameters.delete(Name);
      return {};
    },
    Invoke: ({ Payload }: { Payload: string }) => {
      const event = JSON.parse(Payload);
      const answer = trigger?.(event) ?? event;
      const isError = 'errorMessage' in answer;
      return {
        Payload: Buffer.from(JSON.stringify(answer)),
        ...(isError && { FunctionError: 'x' }),
      };
    },
    ...answers,
  });
  const target = {
    ...aws.target,
    findPool: async () => ({
      ...(deployment.cognito.pools[0] as NonNullable<(typeof deployment.cognito.pools)[0]>),
      name: 'storefront',
      tableName: deployment.cognito.tableName,
    }),
    listClientIds: async () => new Map([['worker', CLIENT_ID]]),
    findClientId: async () => CLIENT_ID,
  };
  const run = (input: Partial<AttachInput> = {}, prompt = context.prompt) =>
    attach(
      { ...context, target, prompt },
      {
        poolName: 'storefront',
        format: undefined,
        isReplacing: false,
        isConfirmed: false,
        ...input,
      },
    );
  return {
    state,
    parameters,
    run,
    detach: () => detach({ ...context, target }, { poolName: 'storefront', isConfirmed: true }),
    operations: aws.operations,
  };
}

const V2 = { PreTokenGenerationConfig: { LambdaArn: USERS, LambdaVersion: 'V2_0' as const } };
const userTrigger = { functionArn: USERS, eventVersion: 'V2_0' as const };

describe('there and back', () => {
  test.each<[string, LambdaConfigType, Partial<Pool>]>([
    ['nothing', {}, {}],
    ['another trigger', { PreSignUp: OTHER }, {}],
    ['a V2 function', { PreSignUp: OTHER, ...V2 }, { userTrigger }],
    [
      'a V1 function in the older field',
      { PreTokenGeneration: USERS },
      { userTrigger: { functionArn: USERS, eventVersion: 'V1_0' } },
    ],
  ])('attach and detach leave a pool with %s as it was', async (_what, lambdaConfig, pool) => {
    const world = await startWorld({ lambdaConfig, pool });
    const before = copyOf(world.state.pool);

    const attached = await world.run();
    const between = world.state.pool;
    const detached = await world.detach();

    expect(attached).toMatchObject({ exitCode: 0, json: { outcome: 'attached', trigger: ALIAS } });
    expect(between).toEqual({
      ...before,
      LambdaConfig: {
        ...lambdaConfig,
        ...(lambdaConfig.PreTokenGeneration && { PreTokenGeneration: ALIAS }),
        PreTokenGenerationConfig: { LambdaArn: ALIAS, LambdaVersion: 'V3_0' },
      },
    });
    expect(detached).toMatchObject({ exitCode: 0, json: { outcome: 'detached' } });
    expect(detached.text(plain)).toContain('its next deploy attaches the trigger again');
    expect(world.state.pool).toEqual(before);
    expect(world.parameters.size).toBe(0);
  });

  test('attach again keeps what was there before the first time', async () => {
    const world = await startWorld({ lambdaConfig: V2, pool: { userTrigger } });

    await world.run();
    const again = await world.run();
    await world.detach();

    expect(again).toMatchObject({ json: { outcome: 'already-attached' } });
    expect(world.state.pool.LambdaConfig).toEqual(V2);
  });

  test('detach puts back the first function, whatever reset the pool in between', async () => {
    const world = await startWorld({ lambdaConfig: V2, pool: { userTrigger } });
    await world.run();
    world.state.pool = { ...world.state.pool, LambdaConfig: {} };

    await world.run();
    await world.detach();

    expect(world.state.pool.LambdaConfig).toEqual(V2);
  });

  test('detach of a pool that calls another function forgets, and leaves it', async () => {
    const world = await startWorld();
    await world.run();
    world.state.pool = { ...world.state.pool, LambdaConfig: { PreTokenGeneration: OTHER } };

    const { json } = await world.detach();

    expect(json).toMatchObject({ outcome: 'not-attached', trigger: { functionArn: OTHER } });
    expect(world.state.pool.LambdaConfig).toEqual({ PreTokenGeneration: OTHER });
    expect(world.parameters.has(PARAMETER)).toBe(false);
  });

  test("detach refuses a trigger that the owner's code attached", async () => {
    const lambdaConfig = {
      PreTokenGenerationConfig: { LambdaArn: ALIAS, LambdaVersion: 'V3_0' as const },
    };
    const world = await startWorld({ lambdaConfig });

    await expect(world.detach()).rejects.toMatchObject({
      code: 'ERR_DETACH_UNKNOWN',
      message: expect.stringContaining('its next deploy would attach the trigger again'),
    });
    expect(world.state.pool.LambdaConfig).toEqual(lambdaConfig);
  });
});

describe('one run', () => {
  test.each([
    ['V2_0', []],
    ['V3_0', [expect.stringContaining('declare in the environment file what it adds')]],
  ] as const)(
    'attach in place of a %s function says if machine tokens lose what it adds',
    async (LambdaVersion, notes) => {
      const lambdaConfig = {
        PreTokenGenerationConfig: { LambdaArn: userTrigger.functionArn, LambdaVersion },
      };
      const pool = { userTrigger: { ...userTrigger, eventVersion: LambdaVersion } };
      const world = await startWorld({ lambdaConfig, pool });

      expect(await world.run()).toMatchObject({ json: { outcome: 'attached', notes } });
    },
  );

  test('attach shows what is attached, and changes nothing without a yes', async () => {
    const shown: string[] = [];
    const world = await startWorld({ lambdaConfig: V2, pool: { userTrigger } });

    const { json, exitCode } = await world.run(
      {},
      {
        async confirm(text: string) {
          shown.push(text);
          return false;
        },
      },
    );

    expect(exitCode).toBe(1);
    expect(json).toMatchObject({ outcome: 'refused' });
    expect(shown.join('\n')).toContain(`attached now:  ${USERS} (V2_0)`);
    expect(shown.join('\n')).toContain('To undo: m2m detach storefront --env test');
    expect(world.operations).not.toContain('UpdateUserPool');
    expect(world.parameters.size).toBe(0);
  });

  test('attach switches off a function that nobody named only with --replace, and says so', async () => {
    const world = await startWorld({ lambdaConfig: { PreTokenGeneration: OTHER } });

    await expect(world.run()).rejects.toMatchObject({
      code: 'ERR_ATTACH_NOT_READY',
      message: expect.stringContaining(`Attaching would switch off ${OTHER} (V1_0)`),
    });
    const replaced = await world.run({ isReplacing: true });

    expect(replaced.json).toMatchObject({ outcome: 'attached', switchedOff: OTHER });
  });

  test.each<[string, World, RegExp]>([
    [
      'a function attached in another version than userTrigger says',
      { lambdaConfig: { PreTokenGeneration: USERS }, pool: { userTrigger } },
      /attached as V1_0; its userTrigger\.eventVersion is V2_0/,
    ],
    [
      'the trigger of another environment',
      { lambdaConfig: { PreTokenGeneration: ALIAS.replace('-test-', '-prod-') } },
      /calls the trigger of environment "prod", which claims it too/,
    ],
    [
      'a client that the pool does not have',
      { answers: { ListUserPoolClients: { UserPoolClients: [] } } },
      /has no app client theirclient1/,
    ],
    [
      'a client without client_credentials',
      {
        answers: {
          DescribeUserPoolClient: {
            UserPoolClient: { ClientSecret: 's', AllowedOAuthFlows: ['code'] },
          },
        },
      },
      /may not use client_credentials/,
    ],
    [
      'a permission that is missing',
      { answers: { GetPolicy: { Policy: '{}' } } },
      /no permission for Amazon Cognito to call it/,
    ],
    [
      'a trigger that hands users to no function yet',
      { pool: { userTrigger }, answers: { GetFunctionConfiguration: TRIGGER_CONFIGURATION } },
      /hands the events of users to no function; the environment file says/,
    ],
    [
      'a trigger that fails',
      { trigger: () => ({ errorType: 'Error', errorMessage: 'no (ERR_SETTINGS_INVALID)' }) },
      /unknown client came back with ERR_SETTINGS_INVALID[\s\S]*made-up user failed/,
    ],
    [
      'a userTrigger that cannot be called',
      {
        pool: { userTrigger },
        trigger: (event) =>
          event.triggerSource === 'TokenGeneration_Authentication'
            ? { errorType: 'UserTriggerFailure', errorMessage: 'no (ERR_USER_TRIGGER_UNAVAILABLE)' }
            : event,
      },
      /failed with ERR_USER_TRIGGER_UNAVAILABLE/,
    ],
    [
      'a right that is missing',
      { answers: { GetAlias: Object.assign(new Error('no'), { name: 'AccessDeniedException' }) } },
      /Cannot check: trigger function/,
    ],
  ])('attach refuses %s before anything is changed', async (_what, changes, message) => {
    const world = await startWorld(changes);

    await expect(world.run()).rejects.toMatchObject({
      code: 'ERR_ATTACH_NOT_READY',
      message: expect.stringMatching(message),
    });
    expect(world.operations).not.toContain('UpdateUserPool');
    expect(world.parameters.size).toBe(0);
  });

  test('attach expects the refusal of an unknown client where the pool denies those', async () => {
    const denied = { errorType: 'TriggerError', errorMessage: 'no (ERR_CLIENT_UNKNOWN)' };
    const world = await startWorld({
      pool: { unknownClients: 'deny' },
      trigger: (event) => (event.triggerSource.endsWith('ClientCredentials') ? denied : event),
    });

    expect((await world.run()).json).toMatchObject({ outcome: 'attached' });
  });

  test('attach goes on where the userTrigger does not know the made-up user', async () => {
    const world = await startWorld({
      pool: { userTrigger },
      trigger: (event) =>
        event.triggerSource === 'TokenGeneration_Authentication'
          ? { errorType: 'UserNotFound', errorMessage: 'who?' }
          : event,
    });

    const { json } = await world.run();

    expect(json).toMatchObject({
      outcome: 'attached',
      notes: [expect.stringContaining('UserNotFound')],
    });
  });

  test('attach says which setting is not as before', async () => {
    const world = await startWorld({ answers: { UpdateUserPool: {} } });

    await expect(world.run()).rejects.toMatchObject({
      code: 'ERR_ATTACH_FAILED',
      message: expect.stringContaining('LambdaConfig'),
    });
  });

  test.each(PRINT_FORMATS)('--print %s prints the lines, and changes nothing', async (format) => {
    const world = await startWorld();

    const { json, text } = await world.run({ format });

    expect(json).toMatchObject({ outcome: 'printed' });
    expect(text(plain)).toContain(ALIAS);
    expect(text(plain)).toContain('V3_0');
    expect(world.operations).not.toContain('UpdateUserPool');
  });

  test('attach is refused on a local Cognito, and for a pool of ours', async () => {
    const environment = await declare({});
    const input = { format: undefined, isReplacing: false, isConfirmed: true };

    await expect(
      attach(deployment.context({ environment }), { ...input, poolName: 'storefront' }),
    ).rejects.toMatchObject({ code: 'ERR_ATTACH_NOT_AVAILABLE' });
    await expect(
      attach(deployment.context(), { ...input, poolName: 'payments' }),
    ).rejects.toMatchObject({ code: 'ERR_ATTACH_NOT_AVAILABLE' });
  });
});

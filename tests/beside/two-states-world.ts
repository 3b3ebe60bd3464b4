import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  paginateListUserPoolClients,
  UpdateUserPoolCommand,
  UpdateUserPoolRequest$,
  type UserPoolClientType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentInput, PoolInput } from '@cognito-m2m/environment';
import { type CallerVariables, createCaller } from '../cli-aws/callers.ts';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { type M2mRun, runM2m } from '../support/m2m.ts';
import type { Opened } from '../support/opened.ts';
import type { DeployTools } from '../support/tools.ts';
import { type RunningAws, startRunningAws } from './aws-gateway.ts';
import { type Cognito, startCognito } from './cognito.ts';
import {
  OWN_LAMBDA_CONFIG,
  OWNER_POOLS,
  type OwnerChoices,
  type OwnerPool,
} from './owner-config.ts';
import { createOwnerStack, type OwnerStack } from './owner-stack.ts';

/** One API, two states: the owner's and ours. */
export interface TwoStates {
  readonly aws: RunningAws;
  readonly cognito: Cognito;
  readonly api: CognitoIdentityProviderClient;
  readonly owner: OwnerStack;
  readonly ours: Deployment;
  readonly pools: { readonly [P in OwnerPool]: string };
  /** IDs of the owner's machine clients, by `<pool>/<client>`. */
  readonly clientIds: ReadonlyMap<string, string>;
  /** Everything that the API said about each pool before we came. */
  readonly before: { readonly [P in OwnerPool]: PoolDescription };
  /** What came of a user's sign-in to each pool before we came. */
  readonly signedInBefore: { readonly [P in OwnerPool]: string | undefined };
  /** Everything that the API says about a pool of the owner's, and its app clients. */
  describe(pool: OwnerPool): Promise<PoolDescription>;
  /** Creates that many app clients for machines, named `more-<number>`. */
  addClients(pool: OwnerPool, count: number): Promise<void>;
  /** What the first deploy of the pool `crm` asked of the API, in order. */
  readonly crmDeploy: readonly string[];
  /** Writes our environment file again, with other pools in the place of some, and without those that are `undefined`. */
  declare(changes: (pools: OurPools) => PoolChanges): Promise<void>;
  /** Runs something while the parameters of a pool name a token endpoint that answers here. */
  takingTokens<T>(pool: OwnerPool, run: () => Promise<T>): Promise<T>;
  /** Runs the real binary on it; `attach` and `detach` with the policies of the adopter of docs/permissions.md. */
  m2m(...argv: string[]): Promise<M2mRun>;
}

/** The pools of our environment file. */
type OurPools = { readonly [P in OwnerPool]: PoolInput };
type PoolChanges = { readonly [P in OwnerPool]?: PoolInput | undefined };

/** A user pool and its app clients, by name. */
interface PoolDescription {
  readonly pool: Partial<UserPoolType>;
  readonly clients: { readonly [name: string]: UserPoolClientType | undefined };
}

/** What the owner's code says at first. */
export const FIRST_CHOICES: OwnerChoices = {
  lambdaConfig: OWN_LAMBDA_CONFIG,
  machines: { billing: 'billing', reports: 'reports', stock: 'stock' },
};

/** The function for users' tokens of a pool. */
export function userFunctionArn(pool: OwnerPool): string {
  return `arn:aws:lambda:eu-central-1:123456789012:function:${pool}-user-claims`;
}

/** Applies the owner's stack, and then ours. */
export async function createTwoStates(tools: DeployTools, opened: Opened): Promise<TwoStates> {
  const aws = await startRunningAws(tools, opened);
  const cognito = await opened.add(startCognito(aws), (started) => started.close());
  const owner = await opened.add(createOwnerStack(aws), (created) => created.remove());
  const ours = await opened.add(createDeployment(aws, 'trial'), (created) => created.remove());
  const api = new CognitoIdentityProviderClient(aws.clientOptions);

  async function listClients(UserPoolId: string): Promise<readonly [string, string][]> {
    const found: [string, string][] = [];
    const config = { client: api, pageSize: 60 };
    for await (const page of paginateListUserPoolClients(config, { UserPoolId })) {
      for (const { ClientName = '', ClientId = '' } of page.UserPoolClients ?? []) {
        found.push([ClientName, ClientId]);
      }
    }
    return found;
  }

  async function describe(UserPoolId: string): Promise<PoolDescription> {
    const { UserPool } = await api.send(new DescribeUserPoolCommand({ UserPoolId }));
    const clients = await Promise.all(
      (await listClients(UserPoolId)).map(async ([name, ClientId]) => {
        const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
        return [name, (await api.send(command)).UserPoolClient] as const;
      }),
    );
    return { pool: withoutTimes(UserPool), clients: Object.fromEntries(clients) };
  }

  await owner.apply(FIRST_CHOICES);
  const pools = await owner.readPools();
  await attachByHand(api, pools.shop);
  await addClients(api, pools.crm, DECLARED_MORE);
  const clientIds = new Map<string, string>();
  for (const pool of Object.keys(pools) as OwnerPool[]) {
    for (const [name, id] of await listClients(pools[pool])) clientIds.set(`${pool}/${name}`, id);
  }
  await storeSecret(aws, api, {
    UserPoolId: pools.shop,
    ClientId: clientIds.get('shop/billing') ?? '',
  });
  const before = {
    crm: await describe(pools.crm),
    shop: await describe(pools.shop),
    desk: await describe(pools.desk),
  };
  const signedInBefore = {
    crm: await cognito.signIn(pools.crm),
    shop: await cognito.signIn(pools.shop),
    desk: await cognito.signIn(pools.desk),
  };
  const adopter = { ...aws.env, ...(await createAdopter(aws)) };
  const environment = ourEnvironment(pools, clientIds);
  await ours.declare(environment);
  const others = ['trial-claims', 'trial-pool-desk', 'trial-pool-shop'];
  await ours.cdktf('deploy', ...others, '--auto-approve', '--skip-provider-lock');
  aws.takeCalls();
  await ours.cdktf('deploy', 'trial-pool-crm', '--auto-approve');
  const crmDeploy = aws.takeCalls();
  return {
    aws,
    cognito,
    api,
    owner,
    ours,
    pools,
    clientIds,
    before,
    signedInBefore,
    crmDeploy,
    declare(changes) {
      const pools: PoolChanges = { ...environment.pools, ...changes(environment.pools) };
      const kept = Object.entries(pools).flatMap(([name, pool]) => (pool ? [[name, pool]] : []));
      return ours.declare({ ...environment, pools: Object.fromEntries(kept) });
    },
    addClients: (pool, count) => addClients(api, pools[pool], count),
    describe: (pool) => describe(pools[pool]),
    takingTokens: (pool, run) => takingTokens(aws, cognito, { pool, userPoolId: pools[pool] }, run),
    m2m: (...argv) =>
      runM2m(
        [...argv, '--env', 'trial', '--environments', ours.environmentsDirectory],
        /^(?:at|de)tach$/.test(argv[0] ?? '') ? adopter : aws.env,
      ),
  };
}

/** The environment file: of the owner's pools only claims, and one app client that we add. */
function ourEnvironment(
  pools: TwoStates['pools'],
  clientIds: TwoStates['clientIds'],
): EnvironmentInput & { readonly pools: OurPools } {
  const claims = { environment: 'trial' } as const;
  const theirs = (path: string, organization: string) => ({
    clientId: clientIds.get(path) ?? '',
    description: `The owner's client ${path}`,
    claims: { ...claims, 'custom:organization_id': organization },
  });
  const pool = (name: OwnerPool) => ({
    owner: 'shop',
    existing: { userPoolId: pools[name] },
    userTrigger: { functionArn: userFunctionArn(name), eventVersion: OWNER_POOLS[name] },
  });
  return {
    name: 'trial',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    isDisposable: true,
    pools: {
      crm: {
        ...pool('crm'),
        clients: Object.fromEntries(
          [...clientIds.keys()]
            .filter((path) => /^crm\/(worker|more-)/.test(path))
            .map((path) => [path.slice('crm/'.length), theirs(path, '1')]),
        ),
      },
      desk: { ...pool('desk'), clients: { worker: theirs('desk/worker', '4') } },
      shop: {
        ...pool('shop'),
        clients: {
          billing: { ...theirs('shop/billing', '2'), secretId: 'shop/billing' },
          reports: theirs('shop/reports', '3'),
          'stock-sync': { description: 'Ours', scopes: ['orders/read'], claims },
        },
      },
    },
  };
}

/** Declared clients of the pool `crm` in addition to its worker. */
const DECLARED_MORE = 39;

const CALLS_AT_ONCE = 8;

/** Creates app clients, as an owner does whose code is not in our stack. */
async function addClients(
  api: CognitoIdentityProviderClient,
  UserPoolId: string,
  count: number,
): Promise<void> {
  const create = async (index: number) => {
    const command = new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: `more-${index + 1}`,
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['orders/read'],
    });
    await api.send(command);
  };
  const indexes = Array(count).keys();
  const work = async () => {
    for (const index of indexes) await create(index);
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
}

/** As somebody did in the console, before anyone wrote code for it. */
async function attachByHand(api: CognitoIdentityProviderClient, UserPoolId: string): Promise<void> {
  await changePool(api, UserPoolId, {
    LambdaConfig: {
      PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:welcome',
      PreTokenGenerationConfig: { LambdaArn: userFunctionArn('shop'), LambdaVersion: 'V2_0' },
    },
  });
}

/** What an update of a pool takes, by the API's own model. */
const UPDATABLE: readonly string[] = UpdateUserPoolRequest$[4];

/** Changes some settings of a pool by hand, as whoever keeps all others does. */
export async function changePool(
  api: CognitoIdentityProviderClient,
  UserPoolId: string,
  changes: Partial<UserPoolType>,
): Promise<void> {
  const { UserPool } = await api.send(new DescribeUserPoolCommand({ UserPoolId }));
  const pool: Record<string, unknown> = { ...UserPool, ...changes };
  const kept = Object.entries(pool).filter(([name]) => UPDATABLE.includes(name));
  const update = { ...Object.fromEntries(kept), UserPoolId };
  await api.send(new UpdateUserPoolCommand(update));
}

function withoutTimes(pool: UserPoolType | undefined) {
  const { LastModifiedDate: _, ...others } = pool ?? {};
  return others;
}

/** The adopter of docs/permissions.md, who may also read the one secret with which a token is proved. */
async function createAdopter({ clientOptions }: RunningAws): Promise<CallerVariables> {
  const iam = new IAMClient(clientOptions);
  const adopter = await createCaller(iam, 'adopter');
  const Action = 'secretsmanager:GetSecretValue';
  const Resource = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/billing-*';
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource }],
  });
  const policy = { UserName: 'adopter', PolicyName: 'proof', PolicyDocument };
  await iam.send(new PutUserPolicyCommand(policy));
  iam.destroy();
  return adopter;
}

/** Where the owner keeps the secret of a client, as our file says. */
async function storeSecret(
  { clientOptions }: RunningAws,
  api: CognitoIdentityProviderClient,
  key: { readonly UserPoolId: string; readonly ClientId: string },
): Promise<void> {
  const { UserPoolClient } = await api.send(new DescribeUserPoolClientCommand(key));
  const { ClientId: client_id, ClientSecret: client_secret } = UserPoolClient ?? {};
  const secretsManager = new SecretsManagerClient(clientOptions);
  const SecretString = JSON.stringify({ client_id, client_secret });
  await secretsManager.send(new CreateSecretCommand({ Name: 'shop/billing', SecretString }));
  secretsManager.destroy();
}

/** The pools' real addresses do not answer here; those of the deploy are put back afterwards. */
async function takingTokens<T>(
  { clientOptions }: RunningAws,
  cognito: Cognito,
  { pool, userPoolId }: { readonly pool: OwnerPool; readonly userPoolId: string },
  run: () => Promise<T>,
): Promise<T> {
  const ssm = new SSMClient(clientOptions);
  const write = async (Name: string, Value: string) => {
    await ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
  };
  const deployed: [string, string][] = [];
  for (const [leaf, Value] of Object.entries(cognito.addressesOf(userPoolId))) {
    const Name = `/m2m/trial/${pool}/${leaf}`;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    deployed.push([Name, Parameter?.Value ?? '']);
    await write(Name, Value);
  }
  const result = await run();
  for (const [name, value] of deployed) await write(name, value);
  ssm.destroy();
  return result;
}

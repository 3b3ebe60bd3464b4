import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListUserPools,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ClaimsLister, PoolListing } from '@cognito-m2m/claims-store/lister';
import { attachmentParameterName } from '@cognito-m2m/environment/names';
import { toAttachedFunction } from '../attached-function.ts';
import type {
  AppClientView,
  DeclaredPool,
  DeploymentView,
  NamesakePool,
  PoolView,
  UserPoolView,
} from '../deployment-view.ts';
import {
  type ClientQuestions,
  type ClientScope,
  describeClients,
  listPrincipals,
  readSecretReaders,
  type SecretHolders,
} from './app-clients.ts';
import { createOptionalReads, type OptionalReads } from './optional-reads.ts';
import { readAttachment } from './parameters.ts';
import { readTableAccess } from './role.ts';
import { describeTrigger } from './trigger.ts';
import { planOf, readResourceServers, registrationOf } from './user-pool.ts';
import { gatherUserTokens, type UserTokenQuestions } from './user-tokens.ts';

const LOCAL_REASON =
  'user pool, app clients, trigger function and table settings: a local Cognito has none';

/** The clients of the AWS services that a deployment is made of. */
export interface DeploymentClients extends SecretHolders {
  readonly dynamoDb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
}

/** A pool as the deploy's parameters name it. */
export interface LocatedPool {
  readonly name: string;
  readonly userPoolId: string;
  readonly tableName: string;
  readonly issuer: string | undefined;
}

/** Shows how far a slow read is. */
interface ReadProgress {
  readonly update: (count: number, total?: number) => void;
  readonly end: () => void;
}

/** Where a deployment is, and how to ask about it. */
export interface DeploymentSource<Located extends LocatedPool = LocatedPool>
  extends Pick<DeploymentView, 'environment' | 'commandLine' | 'deployCommand'> {
  /** The declared pools to look at. */
  readonly pools: readonly DeclaredPool[];
  /** `undefined` for a local Cognito, of which only the records can be read. */
  readonly clients: DeploymentClients | undefined;
  /** The function, and the alias through which pools should call it. */
  readonly trigger: {
    readonly functionName: string;
    readonly alias: string;
    /** The version that the deploy put behind the alias. @default not compared */
    readonly version?: string | undefined;
  };
  readonly findPool: (poolName: string) => Promise<Located | undefined>;
  /** The ids of app clients that the deploy's parameters name, by client name. */
  readonly listClientIds: (poolName: string) => Promise<ReadonlyMap<string, string>>;
  /** The name that a deploy gives a user pool. @default other pools of the account are not looked for */
  readonly userPoolName?: (poolName: string) => string;
  /** The name of a client's entry in AWS Secrets Manager. */
  readonly secretName: (poolName: string, clientName: string) => string;
  readonly clientScope: ClientScope;
  readonly openLister: (pool: Located) => ClaimsLister;
  /** Reads the policy of the key that encrypts client secrets. @default not looked at */
  readonly readKeyPolicy?: (() => Promise<string | undefined>) | undefined;
  /** @default nothing is asked about users' tokens */
  readonly userTokens?: UserTokenQuestions;
  readonly startProgress: (label: string) => ReadProgress;
}

/** Reads everything that the checks look at; something missing or unreadable does not end it. */
export async function gatherDeployment<Located extends LocatedPool>(
  source: DeploymentSource<Located>,
): Promise<DeploymentView> {
  const { environment, commandLine, deployCommand, clients } = source;
  const reads = createOptionalReads();
  const pools: PoolView[] = [];
  const missingPools: string[] = [];
  for (const declared of source.pools) {
    const located = await source.findPool(declared.name);
    if (located === undefined) missingPools.push(declared.name);
    else pools.push(await gatherPool(source, declared, located, reads));
  }
  const shared =
    clients === undefined ? NOTHING_SHARED : await gatherShared(source, clients, pools, reads);
  return {
    environment,
    commandLine,
    deployCommand,
    pools,
    missingPools,
    ...shared,
    keyReaders: await gatherKeyReaders(source, reads),
    ...(await gatherUserTokens(source.userTokens, pools, reads)),
    notChecked: [...(clients === undefined ? [LOCAL_REASON] : []), ...reads.notRead],
    notAllowed: reads.notAllowed,
  };
}

/** The statement of the key's policy that the deploy writes for the readers of secrets. */
const KEY_STATEMENT = 'ReadersOfClientSecrets';

async function gatherKeyReaders(
  { readKeyPolicy }: Pick<DeploymentSource, 'readKeyPolicy'>,
  reads: OptionalReads,
): Promise<readonly string[] | undefined> {
  if (readKeyPolicy === undefined) return undefined;
  const policy = await reads.look('policy of the key', readKeyPolicy());
  if (policy?.found === undefined) return undefined;
  return listPrincipals(policy.found, 'kms:Decrypt', (sid) => sid === KEY_STATEMENT);
}

type SharedView = Pick<DeploymentView, 'trigger' | 'tables' | 'namesakes'>;

const NOTHING_SHARED: SharedView = { trigger: undefined, tables: [], namesakes: undefined };

/** What the pools of an environment share: the trigger, the table and the account. */
async function gatherShared(
  source: Pick<DeploymentSource, 'trigger' | 'pools' | 'userPoolName'>,
  clients: DeploymentClients,
  pools: readonly PoolView[],
  reads: OptionalReads,
): Promise<SharedView> {
  const trigger = await reads.look(
    'trigger function',
    describeTrigger(clients.lambda, source.trigger),
  );
  const tableNames = [...new Set(pools.map(({ tableName }) => tableName))];
  const roleArn = trigger?.found?.roleArn;
  const tables = await Promise.all(
    tableNames.map((tableName) => gatherTable(clients, tableName, roleArn, reads)),
  );
  return { trigger, tables, namesakes: await gatherNamesakes(source, clients, pools, reads) };
}

async function gatherNamesakes(
  { pools: declared, userPoolName }: Pick<DeploymentSource, 'pools' | 'userPoolName'>,
  { cognito }: DeploymentClients,
  pools: readonly PoolView[],
  reads: OptionalReads,
) {
  if (userPoolName === undefined) return undefined;
  const names = new Set(
    declared.filter(({ existing }) => existing === undefined).map(({ name }) => userPoolName(name)),
  );
  const ours = new Set(pools.map(({ userPoolId }) => userPoolId));
  return reads.read('other user pools of the account', listNamesakes(cognito, names, ours));
}

async function gatherTable(
  { dynamoDb, iam }: DeploymentClients,
  tableName: string,
  roleArn: string | undefined,
  reads: OptionalReads,
): Promise<SharedView['tables'][number]> {
  const table = await reads.look(
    `settings of table ${tableName}`,
    describeTable(dynamoDb, tableName),
  );
  const arn = table?.found?.arn;
  const access =
    roleArn === undefined || arn === undefined
      ? undefined
      : await reads.look('role of the trigger', readTableAccess(iam, roleArn, arn));
  return { tableName, table, access };
}

async function describeTable(client: DynamoDBClient, tableName: string) {
  const key = { TableName: tableName };
  const { Table } = await client.send(new DescribeTableCommand(key));
  const backups = await client.send(new DescribeContinuousBackupsCommand(key));
  const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  return {
    arn: Table?.TableArn ?? '',
    status: Table?.TableStatus ?? 'ACTIVE',
    isDeletionProtected: Table?.DeletionProtectionEnabled === true,
    hasRecovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
  };
}

async function gatherPool<Located extends LocatedPool>(
  source: DeploymentSource<Located>,
  declared: DeclaredPool,
  located: Located,
  reads: OptionalReads,
): Promise<PoolView> {
  const { name, userPoolId, tableName, issuer } = located;
  const listing = await reads.look(`records of ${name}`, readListing(source, located));
  const clientIds = await source.listClientIds(name);
  const { clients } = source;
  const declaredIds = new Set([...clientIds.values(), ...(listing?.found?.clients.keys() ?? [])]);
  if (clients === undefined) {
    const unknown = {
      pool: undefined,
      attachment: undefined,
      clients: undefined,
      readers: NO_READERS,
    };
    return { declared, userPoolId, tableName, issuer, clientIds, listing, ...unknown };
  }
  const isExisting = declared.existing !== undefined;
  const questions = { pool: located, declaredIds, isExisting };
  const described = await describe(source, clients, questions, reads);
  const parameterName = attachmentParameterName(source.environment.name, name);
  const attachment = isExisting
    ? await reads.look(
        `memory of m2m attach of ${name}`,
        readAttachment(clients.ssm, parameterName),
      )
    : undefined;
  const secretName = (clientName: string) => source.secretName(name, clientName);
  const readers = await readSecretReaders(clients.secretsManager, declared, secretName, reads);
  const read = { listing, attachment, readers, ...described };
  const view = { declared, userPoolId, tableName, issuer, clientIds, ...read };
  return isExisting ? { ...view, clients: view.clients?.map(withFileName(view)) } : view;
}

/** The owner of an existing pool calls a client as it likes; the file's name is the one that commands take. */
function withFileName({
  clientIds,
  declared,
}: Pick<PoolView, 'clientIds' | 'declared'>): (client: AppClientView) => AppClientView {
  const names = new Map([...clientIds].map(([name, clientId]) => [clientId, name]));
  for (const { name, clientId } of declared.clients) {
    if (clientId !== undefined) names.set(clientId, name);
  }
  return (client) => ({ ...client, name: names.get(client.clientId) ?? client.name });
}

const NO_READERS: PoolView['readers'] = new Map();

async function describe(
  source: Pick<DeploymentSource, 'startProgress' | 'clientScope' | 'secretName'>,
  clients: DeploymentClients,
  { pool, ...about }: Pick<ClientQuestions, 'pool' | 'declaredIds' | 'isExisting'>,
  reads: OptionalReads,
): Promise<Pick<PoolView, 'pool' | 'clients'>> {
  const { name, userPoolId } = pool;
  const described = await reads.look(
    `user pool ${name}`,
    describePool(clients.cognito, userPoolId),
  );
  if (described !== undefined && described.found === undefined) {
    return { pool: described, clients: undefined };
  }
  const progress = source.startProgress(`Reading the clients of ${name}`);
  const questions = {
    pool,
    ...about,
    scope: source.clientScope,
    hasRegistration: described?.found?.registration !== undefined,
    secretName: (clientName: string) => source.secretName(name, clientName),
    onProgress: progress.update,
  };
  const read = describeClients(clients, questions, reads);
  const appClients = await reads.read(`app clients of ${name}`, read).finally(progress.end);
  return { pool: described, clients: appClients };
}

async function readListing<Located extends LocatedPool>(
  { openLister, startProgress }: DeploymentSource<Located>,
  located: Located,
): Promise<PoolListing> {
  const progress = startProgress(`Reading pool ${located.name}`);
  try {
    return await openLister(located).listPool(located.userPoolId, { onProgress: progress.update });
  } catch (error) {
    throw causeOf(error);
  } finally {
    progress.end();
  }
}

// The store wraps what AWS says; only that tells a table that is gone from one that may not be read.
function causeOf(error: unknown): unknown {
  const isAccess = error instanceof Error && 'code' in error && error.code === 'ERR_STORE_ACCESS';
  return isAccess ? (error.cause ?? error) : error;
}

/**
 * Describes one user pool.
 *
 * @throws {ResourceNotFoundException} Of the SDK, if there is no such pool.
 */
async function describePool(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<UserPoolView> {
  const { UserPool = {} } = await client.send(
    new DescribeUserPoolCommand({ UserPoolId: userPoolId }),
  );
  const { Arn = '', DeletionProtection, AdminCreateUserConfig } = UserPool;
  const servers = await readResourceServers(client, userPoolId);
  return {
    arn: Arn,
    plan: planOf(UserPool),
    isDeletionProtected: DeletionProtection === 'ACTIVE',
    isSignUpOpen: AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
    domain: UserPool.CustomDomain ?? UserPool.Domain,
    trigger: toAttachedFunction(UserPool.LambdaConfig ?? {}),
    scopes: servers.flatMap(({ Identifier, Scopes = [] }) =>
      Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`),
    ),
    registration: registrationOf(UserPool),
    hasUpdatedIssuer: UserPool.IssuerConfiguration?.Type === 'UPDATED',
  };
}

/** Lists user pools that have one of some names and are not one of ours. */
async function listNamesakes(
  client: CognitoIdentityProviderClient,
  names: ReadonlySet<string>,
  ourIds: ReadonlySet<string>,
): Promise<NamesakePool[]> {
  const namesakes: NamesakePool[] = [];
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 })) {
    for (const { Id = '', Name = '' } of UserPools) {
      if (names.has(Name) && !ourIds.has(Id)) namesakes.push({ userPoolId: Id, name: Name });
    }
  }
  return namesakes;
}

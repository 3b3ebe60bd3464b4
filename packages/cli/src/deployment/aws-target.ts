import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Contract } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import {
  createOptionalReads,
  listParameters,
  type OptionalReads,
  readParameters,
} from '@cognito-m2m/doctor';
import type { Environment } from '@cognito-m2m/environment';
import {
  clientParameterName,
  poolParameterNames,
  secretName,
  TRIGGER_ALIAS,
  triggerName,
} from '@cognito-m2m/environment/names';
import { CliError } from '../frame/errors.ts';
import {
  createClaimsAccess,
  type DeployedPool,
  type SecretEntry,
  type Target,
} from '../frame/target.ts';
import { withoutCredentials } from '../frame/text.ts';
import { type AwsClients, createAwsClients } from './aws-clients.ts';
import { readOwnersSettings } from './owners-clients.ts';
import { readStoredSecret } from './stored-secret.ts';

/** A target on AWS, with its clients for the commands that work on AWS only. */
export interface AwsTarget extends Target {
  readonly kind: 'aws';
  readonly clients: AwsClients;
}

/** The clients of a target on AWS; `undefined` for a local Cognito. */
export function awsClientsOf(target: Target): AwsClients | undefined {
  return isAwsTarget(target) ? target.clients : undefined;
}

function isAwsTarget(target: Target): target is AwsTarget {
  return target.kind === 'aws';
}

/**
 * Creates the target of an AWS deployment, found through the SSM parameters that the deploy writes.
 *
 * @param options.endpointUrl - The value of `AWS_ENDPOINT_URL`, for the label.
 */
export function createAwsTarget(options: {
  readonly environment: Environment;
  readonly endpointUrl?: string | undefined;
}): AwsTarget {
  const { environment, endpointUrl } = options;
  const clients = createAwsClients(environment.region);
  const place = endpointUrl === undefined ? '' : ` at ${withoutCredentials(endpointUrl)}`;
  let caller: Promise<string> | undefined;
  const readCallerOnce = () => {
    caller ??= readCaller(clients, environment);
    return caller;
  };
  /** What stands in another account is not what the file declares, however alike it looks. */
  const inAccount = async <T>(read: () => Promise<T>): Promise<T> => {
    if (environment.accountId !== undefined) await readCallerOnce();
    return read();
  };
  return {
    kind: 'aws',
    label: `AWS ${environment.region}${place}`,
    isReadOnly: false,
    clients,
    findPool: (poolName) => inAccount(() => findPool(clients, environment.name, poolName)),
    listPoolNames: () => inAccount(() => listPoolNames(clients.ssm, environment.name)),
    listClientIds(poolName) {
      const prefix = clientParameterName(environment.name, poolName, '');
      return inAccount(() => listParameters(clients.ssm, prefix));
    },
    async findClientId(poolName, clientName) {
      const name = clientParameterName(environment.name, poolName, clientName);
      const found = await inAccount(() => readParameters(clients.ssm, [name]));
      return found.get(name);
    },
    async readScopes({ userPoolId }, _clientName, clientId) {
      const settings = await readOwnersSettings(clients.cognito, userPoolId, clientId);
      return settings?.scopes ?? [];
    },
    secretEntryOf: (poolName, clientName) => secretEntryOf(environment, poolName, clientName),
    async readCredentials(poolName, clientName) {
      const entry = secretEntryOf(environment, poolName, clientName);
      return (await readStoredSecret(clients.secretsManager, entry)).credentials;
    },
    openSecretClients: async () => clients,
    openClaims: ({ tableName }) => createClaimsAccess(clients.dynamoDb, tableName),
    readCaller: readCallerOnce,
  };
}

async function findPool(
  clients: AwsClients,
  environmentName: string,
  poolName: string,
): Promise<DeployedPool | undefined> {
  const names = poolParameterNames(environmentName, poolName);
  const values = await readParameters(clients.ssm, Object.values(names));
  const userPoolId = values.get(names.userPoolId);
  const issuer = values.get(names.issuer);
  const tokenEndpoint = values.get(names.tokenEndpoint);
  const tableName = values.get(names.tableName);
  const isWhole = userPoolId !== undefined && issuer !== undefined && tableName !== undefined;
  if (!isWhole) return undefined;
  const jwksUri = `${issuer}/.well-known/jwks.json`;
  return { name: poolName, userPoolId, issuer, jwksUri, tokenEndpoint, tableName };
}

async function readCaller({ sts }: AwsClients, environment: Environment): Promise<string> {
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
  const { accountId, name } = environment;
  if (accountId === undefined || accountId === Account) return Arn ?? 'unknown';
  const message = `You are signed in to account ${Account}; environment "${name}" is in account ${accountId}.`;
  throw new CliError('ERR_ACCOUNT_WRONG', message, { next: 'aws sso login, or set AWS_PROFILE' });
}

/** Most parameters that the operation answers with at once. */
const PARAMETERS_PER_PAGE = 50;

/** Lists the names of the pools that are deployed in an environment, declared or not, by the parameter that each has. */
async function listPoolNames(ssm: SSMClient, environmentName: string): Promise<string[]> {
  const [prefix = '', leaf = ''] = poolParameterNames(environmentName, '|').userPoolId.split('|');
  const pages = paginateDescribeParameters(
    { client: ssm, pageSize: PARAMETERS_PER_PAGE },
    {
      ParameterFilters: [
        { Key: 'Path', Option: 'Recursive', Values: [prefix.replace(/\/$/, '')] },
        { Key: 'Name', Option: 'Contains', Values: [leaf] },
      ],
    },
  );
  const names: string[] = [];
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '' } of Parameters) names.push(Name.slice(prefix.length, -leaf.length));
  }
  // A client may be called like the parameter: its own lies deeper.
  return names.filter((name) => !name.includes('/'));
}

/** The rules by which the deployed trigger decides now. */
interface DeployedRules {
  /** True if the trigger was built with the contract of this checkout. */
  readonly isOfContract: boolean;
  /** `undefined` where the deploy did not say. */
  readonly sizeBudgetBytes: number | undefined;
}

/**
 * Reads the rules of the deployed trigger.
 *
 * @returns `undefined` where they are not known: a local Cognito, no trigger, or a caller who may not read its
 *   configuration, which `reads` then reports.
 */
export async function readDeployedRules(
  contract: Contract,
  target: Target,
  environmentName: string,
  reads: OptionalReads = createOptionalReads(),
): Promise<DeployedRules | undefined> {
  const lambda = awsClientsOf(target)?.lambda;
  if (lambda === undefined) return undefined;
  const describe = new GetFunctionConfigurationCommand({
    FunctionName: triggerName(environmentName),
    Qualifier: TRIGGER_ALIAS,
  });
  const trigger = await reads.read('rules of the deployed trigger', lambda.send(describe));
  if (trigger === undefined) return undefined;
  const variables = trigger.Environment?.Variables ?? {};
  const budget = Number(variables[TRIGGER_VARIABLES.sizeBudgetBytes]);
  return {
    isOfContract: variables[TRIGGER_VARIABLES.contractDigest] === digestContract(contract),
    sizeBudgetBytes: budget > 0 ? budget : undefined,
  };
}

/**
 * Finds out where the secret of a client is.
 *
 * @throws {CliError} `ERR_SECRET_NOT_FOUND` for a client of the pool's owner whose `secretId` the file does not name.
 */
export function secretEntryOf(
  { name, pools }: Pick<Environment, 'name' | 'pools'>,
  poolName: string,
  clientName: string,
): SecretEntry {
  const pool = pools.find((declared) => declared.name === poolName);
  const client = pool?.clients.find((declared) => declared.name === clientName);
  const { clientId, secretId } = client ?? {};
  if (clientId === undefined) {
    return { secretId: secretName(name, poolName, clientName), clientId };
  }
  if (secretId !== undefined) return { secretId, clientId };
  const message = `App client ${clientId} (${clientName}) belongs to the owner of pool "${poolName}", and the environment file does not say where its secret is.`;
  throw new CliError('ERR_SECRET_NOT_FOUND', message, {
    next: `secretId: '<name of the entry in AWS Secrets Manager>' at pools.${poolName}.clients.${clientName}, then the same command`,
  });
}

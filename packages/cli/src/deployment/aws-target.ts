import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { listParameters, readParameters } from '@cognito-m2m/doctor';
import type { Environment } from '@cognito-m2m/environment';
import { clientParameterName, poolParameterNames } from '@cognito-m2m/environment/names';
import { CliError } from '../frame/errors.ts';
import { withoutCredentials } from '../frame/output/text.ts';
import type { DeployedPool, Target } from '../frame/target.ts';
import { type AwsClients, createAwsClients } from './aws-clients.ts';
import { createClaimsAccess } from './claims-access.ts';
import { readOwnersSettings } from './owners-clients.ts';
import { readStoredSecret, secretEntryOf } from './stored-secret.ts';

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

import {
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  GetUICustomizationCommand,
  paginateListGroups,
  paginateListIdentityProviders,
  type UserPoolClientType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import { GetWebACLForResourceCommand } from '@aws-sdk/client-wafv2';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import {
  ifFound,
  mapConcurrently,
  type OptionalReads,
  readAppClients,
  readAttachment,
  readParameters,
  readResourceServers,
} from '@cognito-m2m/doctor';
import type { CustomDomain } from '@cognito-m2m/environment';
import {
  APPLICATION,
  attachmentParameterName,
  clientParameterName,
  poolParameterNames,
  secretName,
} from '@cognito-m2m/environment/names';
import { CliError } from '../frame/errors.ts';
import { createClaimsAccess } from '../frame/target.ts';
import type { Output } from '../frame/terminal.ts';
import type { ClientDescription, ImportClients, PoolDescription } from './pool-description.ts';

/**
 * Reads a user pool by itself.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN` if there is none of that id.
 */
export async function readUserPool(
  { cognito }: ImportClients,
  userPoolId: string,
  region: string,
): Promise<UserPoolType> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const found = await ifFound(cognito.send(describe));
  if (found !== undefined) return found.UserPool ?? {};
  throw new CliError('ERR_POOL_UNKNOWN', `There is no user pool ${userPoolId} in ${region}.`, {
    next: `aws cognito-idp list-user-pools --max-results 60 --region ${region}`,
  });
}

/** Which pool of which environment. */
interface PoolPlace {
  readonly environmentName: string;
  readonly poolName: string;
  readonly userPoolId: string;
}

/**
 * Describes a pool with all that belongs to it, and with what a deploy left for it.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` for a pool of another owner that is not to stay with them.
 * @throws {StoreError} If a claims table is there and cannot be read.
 */
export async function describePool(
  clients: ImportClients,
  {
    pool,
    place,
    query,
    output,
    reads,
  }: {
    readonly pool: UserPoolType;
    readonly place: PoolPlace;
    readonly query: { readonly tableName: string | undefined; readonly isClaimsOnly: boolean };
    readonly output: Output;
    readonly reads: OptionalReads;
  },
): Promise<PoolDescription> {
  const { poolName: name, userPoolId } = place;
  const progress = output.startProgress(`Reading the clients of ${name}`);
  const belongings = await describeBelongings(clients, pool, reads, progress.update).finally(
    progress.end,
  );
  const records = await describeRecords(clients, place, query.tableName);
  const customDomain = await describeCustomDomain(clients, pool, reads);
  const ofOwner = query.isClaimsOnly
    ? await describeAttachment(clients, place, records)
    : NOTHING_ATTACHED;
  if (!query.isClaimsOnly) refuseExisting(pool, records);
  return { name, userPoolId, pool, ...belongings, ...records, customDomain, ...ofOwner };
}

/** What belongs to a pool in Amazon Cognito. */
type PoolBelongings = Pick<
  PoolDescription,
  | 'resourceServers'
  | 'clients'
  | 'groupNames'
  | 'identityProviderNames'
  | 'hasCustomLogin'
  | 'webAclArn'
>;

/** Reads what belongs to a pool: clients and resource servers must be readable, the rest may not be. */
async function describeBelongings(
  { cognito, firewall }: ImportClients,
  pool: UserPoolType,
  reads: OptionalReads,
  onProgress: (count: number) => void,
): Promise<PoolBelongings> {
  const { Id: userPoolId = '', Arn, Domain } = pool;
  const key = { UserPoolId: userPoolId };
  const groups = reads.read(
    'groups',
    collect(paginateListGroups({ client: cognito }, key), ({ Groups = [] }) =>
      Groups.map(({ GroupName = '' }) => GroupName),
    ),
  );
  const providers = reads.read(
    'identity providers',
    collect(paginateListIdentityProviders({ client: cognito }, key), ({ Providers = [] }) =>
      Providers.map(({ ProviderName = '' }) => ProviderName),
    ),
  );
  // Without a domain there is no login page to change.
  const login =
    Domain === undefined
      ? undefined
      : await reads.read('the login page', cognito.send(new GetUICustomizationCommand(key)));
  const webAcl = await reads.read(
    'the web ACL',
    firewall.send(new GetWebACLForResourceCommand({ ResourceArn: Arn })),
  );
  const { CSS, ImageUrl } = login?.UICustomization ?? {};
  return {
    resourceServers: await readResourceServers(cognito, userPoolId),
    clients: await readAppClients(cognito, userPoolId, withoutSecret, onProgress),
    groupNames: (await groups) ?? [],
    identityProviderNames: (await providers) ?? [],
    hasCustomLogin: CSS !== undefined || ImageUrl !== undefined,
    webAclArn: webAcl?.WebACL?.ARN,
  };
}

/** The secret goes no further than this. */
function withoutSecret({ ClientSecret, ...described }: UserPoolClientType): ClientDescription {
  return { ...described, hasSecret: ClientSecret !== undefined };
}

async function collect<Page, T>(
  pages: AsyncIterable<Page>,
  read: (page: Page) => readonly T[],
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...read(page));
  return all;
}

/** Reads the domain of a pool's own, with its certificate. */
async function describeCustomDomain(
  { cognito }: ImportClients,
  { CustomDomain: name }: UserPoolType,
  reads: OptionalReads,
): Promise<CustomDomain | undefined> {
  if (name === undefined) return undefined;
  const describe = new DescribeUserPoolDomainCommand({ Domain: name });
  const answer = await reads.read('the custom domain', cognito.send(describe));
  const certificateArn = answer?.DomainDescription?.CustomDomainConfig?.CertificateArn;
  return certificateArn === undefined ? undefined : { name, certificateArn };
}

/** Entries of AWS Secrets Manager that are asked for at once. */
const SECRETS_AT_ONCE = 5;

/** What is known of a pool to which `m2m` attached nothing. */
const NOTHING_ATTACHED = { attachment: undefined, addedClientIds: new Set<string>() };

/** Reads what a deploy and `m2m attach` left in a pool of another owner. */
async function describeAttachment(
  { ssm, secretsManager }: ImportClients,
  { environmentName, poolName }: PoolPlace,
  { isDeployed, listing }: Pick<PoolDescription, 'isDeployed' | 'listing'>,
): Promise<Pick<PoolDescription, 'attachment' | 'addedClientIds'>> {
  if (!isDeployed) return NOTHING_ATTACHED;
  const parameter = attachmentParameterName(environmentName, poolName);
  const attachment = await readAttachment(ssm, parameter);
  // Only a client of ours has an entry of ours.
  const found = await mapConcurrently(
    [...(listing?.clients.values() ?? [])],
    SECRETS_AT_ONCE,
    async ({ clientId, baseline }) => {
      if (baseline === undefined) return [];
      const SecretId = secretName(environmentName, poolName, baseline.clientName);
      const secret = await ifFound(secretsManager.send(new DescribeSecretCommand({ SecretId })));
      return secret === undefined ? [] : [clientId];
    },
    () => {},
  );
  return { attachment, addedClientIds: new Set(found.flat()) };
}

/** A pool that this environment declares as existing would otherwise be created again. */
function refuseExisting(
  { Id, UserPoolTags }: UserPoolType,
  { isDeployed }: Pick<PoolDescription, 'isDeployed'>,
): void {
  if (!isDeployed || UserPoolTags?.['application'] === APPLICATION) return;
  const message = `This environment adds claims to user pool ${Id}, which another stack owns.`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with --claims-only',
  });
}

/** What our own deploy left with a pool. */
type PoolRecords = Pick<PoolDescription, 'listing' | 'clientTexts' | 'text' | 'isDeployed'>;

/**
 * Reads what a deploy of this very environment left: parameters with descriptions, and the claims table that they name.
 *
 * @param tableName - Another claims table. @default that of the deploy, or none
 * @throws {StoreError} If a table is there and cannot be read.
 */
async function describeRecords(
  clients: ImportClients,
  place: PoolPlace,
  tableName: string | undefined,
): Promise<PoolRecords> {
  const { environmentName, poolName, userPoolId } = place;
  const names = poolParameterNames(environmentName, poolName);
  const values = await readParameters(clients.ssm, [names.userPoolId, names.tableName]);
  const isDeployed = values.get(names.userPoolId) === userPoolId;
  const table = tableName ?? (isDeployed ? values.get(names.tableName) : undefined);
  const listing = table === undefined ? undefined : await readListing(clients, table, userPoolId);
  const texts = isDeployed ? await readTexts(clients, place) : new Map<string, string>();
  const prefix = clientParameterName(environmentName, poolName, '');
  return {
    isDeployed,
    listing,
    text: texts.get(names.userPoolId),
    clientTexts: new Map(
      [...texts]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, description]) => [name.slice(prefix.length), description]),
    ),
  };
}

function readListing(
  { dynamoDb }: ImportClients,
  tableName: string,
  userPoolId: string,
): Promise<PoolListing> {
  return createClaimsAccess(dynamoDb, tableName).lister.listPool(userPoolId);
}

/** The descriptions of all parameters of a pool, by the parameter's name. */
async function readTexts(
  { ssm }: ImportClients,
  { environmentName, poolName }: PoolPlace,
): Promise<Map<string, string>> {
  const path = clientParameterName(environmentName, poolName, '').replace(/\/clients\/$/, '');
  const pages = paginateDescribeParameters(
    { client: ssm },
    { ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }] },
  );
  const texts = new Map<string, string>();
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '', Description } of Parameters) {
      if (Description) texts.set(Name, Description);
    }
  }
  return texts;
}

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
import { GetWebACLForResourceCommand } from '@aws-sdk/client-wafv2';
import {
  ifFound,
  mapConcurrently,
  type OptionalReads,
  readAppClients,
  readAttachment,
  readResourceServers,
} from '@cognito-m2m/doctor';
import type { CustomDomain } from '@cognito-m2m/environment';
import { APPLICATION, attachmentParameterName, secretName } from '@cognito-m2m/environment/names';
import { CliError } from '../frame/errors.ts';
import type { ImportClients } from './import-clients.ts';
import type { ClientDescription, PoolDescription } from './pool-description.ts';
import { regionOf } from './pool-names.ts';

/**
 * Describes a user pool by itself.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN` if there is none of that id.
 */
export async function describeUserPool(
  { cognito }: ImportClients,
  userPoolId: string,
): Promise<UserPoolType> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const found = await ifFound(cognito.send(describe));
  if (found !== undefined) return found.UserPool ?? {};
  const region = regionOf(userPoolId);
  throw new CliError('ERR_POOL_UNKNOWN', `There is no user pool ${userPoolId} in ${region}.`, {
    next: `aws cognito-idp list-user-pools --max-results 60 --region ${region}`,
  });
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
export async function describeBelongings(
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
export async function describeCustomDomain(
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
export const NOTHING_ATTACHED = { attachment: undefined, addedClientIds: new Set<string>() };

/** Reads what a deploy and `m2m attach` left in a pool of another owner. */
export async function describeAttachment(
  { ssm, secretsManager }: ImportClients,
  { environmentName, poolName }: { readonly environmentName: string; readonly poolName: string },
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
export function refuseExisting(
  { Id, UserPoolTags }: UserPoolType,
  { isDeployed }: Pick<PoolDescription, 'isDeployed'>,
): void {
  if (!isDeployed || UserPoolTags?.['application'] === APPLICATION) return;
  const message = `This environment adds claims to user pool ${Id}, which another stack owns.`;
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'the same command with --claims-only',
  });
}

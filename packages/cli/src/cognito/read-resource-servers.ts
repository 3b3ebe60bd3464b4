import {
  type CognitoIdentityProviderClient,
  paginateListResourceServers,
  type ResourceServerType,
} from '@aws-sdk/client-cognito-identity-provider';

/** The most that one page of resource servers holds. */
const PAGE_SIZE = 50;

/** Reads every resource server of a pool with its scopes. */
export async function readResourceServers(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<ResourceServerType[]> {
  const servers: ResourceServerType[] = [];
  const pages = paginateListResourceServers(
    { client },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  for await (const { ResourceServers = [] } of pages) servers.push(...ResourceServers);
  return servers;
}

import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import type { DeploymentView, PoolView } from '../deployment-view.ts';
import type { OptionalReads } from './optional-reads.ts';

/** What is asked about the tokens of users. */
export interface UserTokenQuestions {
  /** Reads the keys of an issuer, and answers why it cannot. */
  readonly findKeysProblem: (issuer: TokenIssuer) => Promise<string | undefined>;
  /** Lists the app clients of an issuer that is a user pool. @default app clients of issuers are not looked at */
  readonly listClientIds?: (userPool: UserPoolAddress) => Promise<readonly string[]>;
  /** Counts the requests of the last 7 days that held no user token where one is required. @default not counted */
  readonly countWithoutToken?: () => Promise<number>;
}

/** Where a user pool is. */
interface UserPoolAddress {
  readonly region: string;
  readonly userPoolId: string;
}

type UserTokenView = Pick<
  DeploymentView,
  'unreadableIssuers' | 'goneIssuerClients' | 'requestsWithoutUserToken'
>;

/** An issuer that a pool's records name. */
interface UsedIssuer {
  readonly pool: string;
  readonly issuer: TokenIssuer;
}

/** Asks about each issuer that a record names, once for each pool. */
export async function gatherUserTokens(
  questions: UserTokenQuestions | undefined,
  pools: readonly PoolView[],
  reads: OptionalReads,
): Promise<UserTokenView> {
  if (questions === undefined) {
    return { unreadableIssuers: [], goneIssuerClients: [], requestsWithoutUserToken: undefined };
  }
  const issuers = pools.flatMap(({ declared, listing }) =>
    issuersOf(listing?.found).map((issuer) => ({ pool: declared.name, issuer })),
  );
  const [unreadable, gone, requestsWithoutUserToken] = await Promise.all([
    Promise.all(issuers.map((used) => findUnreadable(questions, used))),
    Promise.all(issuers.map((used) => findGoneClients(questions, used, reads))),
    countRequests(questions, pools, reads),
  ]);
  return {
    unreadableIssuers: unreadable.flat(),
    goneIssuerClients: gone.flat(),
    requestsWithoutUserToken,
  };
}

function issuersOf(listing: PoolListing | undefined): TokenIssuer[] {
  const issuers = [...(listing?.clients.values() ?? [])].flatMap(
    ({ baseline }) => baseline?.claimsFromToken?.issuer ?? [],
  );
  return [...new Map(issuers.map((issuer) => [issuer.name, issuer])).values()];
}

async function findUnreadable(
  { findKeysProblem }: UserTokenQuestions,
  { pool, issuer }: UsedIssuer,
): Promise<UserTokenView['unreadableIssuers']> {
  const reason = await findKeysProblem(issuer);
  return reason === undefined ? [] : [{ name: issuer.name, pool, reason }];
}

const USER_POOL =
  /^https:\/\/(?:issuer-)?cognito-idp\.(?<region>[a-z0-9-]+)\.[a-z.]+\/(?<userPoolId>[\w-]+_[0-9a-zA-Z]+)$/;

async function findGoneClients(
  { listClientIds }: UserTokenQuestions,
  { pool, issuer: { name, issuer, clientIds } }: UsedIssuer,
  reads: OptionalReads,
): Promise<UserTokenView['goneIssuerClients']> {
  const { region, userPoolId } = USER_POOL.exec(issuer)?.groups ?? {};
  if (listClientIds === undefined || region === undefined || userPoolId === undefined) return [];
  if (clientIds.length === 0) return [];
  const what = `app clients of issuer ${name}`;
  const listed = await reads.look(what, listClientIds({ region, userPoolId }));
  if (listed === undefined) return [];
  if (listed.found === undefined) {
    // A pool that is gone publishes no keys either, and that is found.
    reads.skip(`${what}: its user pool is not in this account`);
    return [];
  }
  const existing = new Set(listed.found);
  return clientIds
    .filter((clientId) => !existing.has(clientId))
    .map((clientId) => ({ name, pool, clientId }));
}

async function countRequests(
  { countWithoutToken }: UserTokenQuestions,
  pools: readonly PoolView[],
  reads: OptionalReads,
): Promise<number | undefined> {
  const isRequired = pools.some(({ listing }) =>
    [...(listing?.found?.clients.values() ?? [])].some(
      ({ baseline }) => baseline?.claimsFromToken?.required === true,
    ),
  );
  if (!isRequired || countWithoutToken === undefined) return undefined;
  return reads.read('refused token requests', countWithoutToken());
}

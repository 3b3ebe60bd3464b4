import {
  type ClaimLayers,
  type ClaimRequest,
  type Resolution,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import { addSettings } from '@cognito-m2m/claims-store/reader';
import { grantToken, type TokenOutcome } from '../oauth/grant-token.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { ClaimsSource, Core } from '../tokens/core.ts';
import { type LayerListing, listLayers } from './client-layers.ts';
import type { ClientModel, ResultModel } from './client-view.ts';
import { adviseOnDenial, explainToken, measureBudget } from './explain-result.ts';
import { readFeed } from './request-row.ts';
import {
  createTokenForm,
  readTokenForm,
  type TokenForm,
  toMetadata,
  toTokenBody,
} from './token-form.ts';
import { describeUserToken, readVerdict } from './user-token.ts';

/** A client and its pool. */
interface Inspected {
  readonly pool: UserPool;
  readonly client: AppClient;
}

/**
 * Gathers what a client's page shows; with a form, asks the token endpoint for a token first.
 *
 * @param body - The form as a browser sent it; nothing is issued without it.
 */
export async function inspectClient(
  core: Core,
  inspected: Inspected,
  host: string | undefined,
  body?: string,
): Promise<ClientModel> {
  const { pool, client } = inspected;
  const [secret] = core.secrets.list(pool, client);
  const submitted = body === undefined ? undefined : readTokenForm(body);
  const outcome =
    submitted && secret && (await requestToken(core, inspected, host, submitted, secret.value));
  const { records, storeFault } = await readRecords(core.claims, inspected);
  const form = submitted ?? createTokenForm(client, records);
  const scopes = form.scopes.length > 0 ? form.scopes : client.scopes;
  const now = Math.floor(core.clock() / 1000);
  const metadata = toMetadata(form);
  const token = readVerdict(outcome, records.baseline?.claimsFromToken, metadata, now);
  const request = { clientId: client.clientId, scopes, metadata, token };
  const explained = core.claims && explain(core.claims, records, request, now);
  return {
    pool,
    client,
    records,
    storeFault,
    layers: explained?.layers,
    form,
    tokenEndpoint: `${core.baseUrl(host)}/${encodeURIComponent(pool.name)}/oauth2/token`,
    canAuthenticate: secret !== undefined,
    result: outcome && {
      ...explainResult(outcome, records, request, explained),
      userToken: describeUserToken(token, records.baseline?.claimsFromToken),
    },
    feed: readFeed(core.journal, 0),
    now,
  };
}

function requestToken(
  core: Core,
  { pool, client }: Inspected,
  host: string | undefined,
  form: TokenForm,
  secret: string,
): Promise<TokenOutcome> {
  const credentials = Buffer.from(`${client.clientId}:${secret}`).toString('base64');
  return grantToken(core, pool, {
    contentType: 'application/x-www-form-urlencoded',
    authorization: `Basic ${credentials}`,
    host,
    query: '',
    body: toTokenBody(form),
  });
}

async function readRecords(
  claims: ClaimsSource | undefined,
  { pool: { userPoolId }, client: { clientId } }: Inspected,
): Promise<{ records: ClaimLayers; storeFault: string | undefined }> {
  if (claims === undefined) return { records: {}, storeFault: undefined };
  try {
    const layers = await claims.reader.readLayers(userPoolId, clientId);
    return {
      records: await addSettings(claims.reader, userPoolId, layers),
      storeFault: undefined,
    };
  } catch (error) {
    return { records: {}, storeFault: error instanceof Error ? error.message : 'unreadable' };
  }
}

/** What the resolver says about one request. */
interface Explained {
  readonly layers: readonly LayerListing[];
  /** Claims beyond the size budget still have layers to show. */
  readonly unbounded: Resolution;
  /** What the trigger answers. */
  readonly bounded: Resolution;
  readonly sizeBudgetBytes: number;
}

function explain(
  { contract, sizeBudgetBytes }: ClaimsSource,
  records: ClaimLayers,
  request: ClaimRequest,
  now: number,
): Explained {
  const resolve = (limitBytes: number) =>
    resolveClaims(records, request, now, { contract, sizeBudgetBytes: limitBytes });
  const unbounded = resolve(Number.POSITIVE_INFINITY);
  return {
    layers: listLayers(records, { request, resolution: unbounded, now }),
    unbounded,
    bounded: resolve(sizeBudgetBytes),
    sizeBudgetBytes,
  };
}

function explainResult(
  outcome: TokenOutcome,
  records: ClaimLayers,
  request: ClaimRequest,
  explained: Explained | undefined,
): Omit<ResultModel, 'userToken'> {
  const limitBytes = explained?.sizeBudgetBytes;
  if (outcome.ok) {
    const claims = explainToken(outcome.value, explained?.unbounded);
    const budget = limitBytes === undefined ? undefined : measureBudget(claims, limitBytes);
    return { outcome, claims, budget, advice: undefined };
  }
  if (explained === undefined || limitBytes === undefined) {
    return { outcome, claims: [], budget: undefined, advice: undefined };
  }
  const { bounded, unbounded } = explained;
  const isTooLarge = bounded.outcome === 'deny' && unbounded.outcome === 'issue';
  return {
    outcome,
    claims: [],
    budget: isTooLarge ? measureBudget(toClaims(unbounded), limitBytes) : undefined,
    advice: request.scopes.length > 0 ? adviseOnDenial(bounded, records) : undefined,
  };
}

function toClaims({ claims, provenance }: Extract<Resolution, { outcome: 'issue' }>) {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value,
    layer: provenance[name]?.layer ?? ('trigger' as const),
  }));
}

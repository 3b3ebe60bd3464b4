import { isDeepStrictEqual } from 'node:util';
import {
  CLAIM_LAYERS,
  type ClaimLayer,
  type ClaimLayers,
  type ClaimOrigin,
  type ClaimRequest,
  claimsSizeBytes,
  DENIAL_MESSAGES,
  listPassedTokenChecks,
  type Resolution,
  resolveClaims,
  TOKEN_REFUSAL_MESSAGES,
  type TokenSelector,
  type TokenVerdict,
} from '@cognito-m2m/claim-schema';
import { keysOf } from '@cognito-m2m/claim-schema/values';
import { addSettings } from '@cognito-m2m/claims-store/reader';
import { grantToken, type TokenOutcome } from '../oauth/grant-token.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { ClaimsSource, Core } from '../tokens/core.ts';
import type { IssuedToken } from '../tokens/issue-token.ts';
import { type LayerListing, listLayers } from './client-layers.ts';
import { formatSpan } from './format-time.ts';
import { type RequestFeed, readFeed } from './request-row.ts';
import {
  createTokenForm,
  readTokenForm,
  type TokenForm,
  toMetadata,
  toTokenBody,
} from './token-form.ts';

/** What a client's page shows. */
export interface ClientModel {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly records: ClaimLayers;
  /** Why the records cannot be read; then there are none. */
  readonly storeFault: string | undefined;
  /** Absent for pools whose claims are not this project's. */
  readonly layers: readonly LayerListing[] | undefined;
  readonly form: TokenForm;
  readonly tokenEndpoint: string;
  readonly canAuthenticate: boolean;
  /** Absent until a token is asked for. */
  readonly result: ResultModel | undefined;
  readonly feed: RequestFeed;
  /** Epoch seconds. */
  readonly now: number;
}

/** What the page says about an answer. */
export interface ResultModel {
  readonly outcome: TokenOutcome;
  readonly claims: readonly TokenClaim[];
  readonly budget: Budget | undefined;
  /** What the resolver adds to a refusal: the claim or the key concerned, and what to do. */
  readonly advice: string | undefined;
  /** What was checked of the user's token. */
  readonly userToken: string | undefined;
}

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

/** Where a claim of a token comes from; `trigger` for one that the table does not explain, or no longer explains. */
type TokenLayer = ClaimLayer | 'trigger' | 'cognito';

/** One claim of a token. */
export interface TokenClaim {
  readonly name: string;
  readonly value: unknown;
  readonly layer: TokenLayer;
  readonly origin?: ClaimOrigin | undefined;
}

/** How much of the size budget the added claims take. */
export interface Budget {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** The bytes by layer, in the order of the layers. */
  readonly parts: readonly { readonly layer: TokenLayer; readonly sizeBytes: number }[];
}

/** Explains the claims of a token by what the resolver says about the records in the table. */
export function explainToken(
  { payload, customClaims }: IssuedToken,
  resolution: Resolution | undefined,
): TokenClaim[] {
  return Object.entries(payload).map(([name, value]) => {
    if (!customClaims.includes(name)) return { name, value, layer: 'cognito' };
    const origin = originOf(name, value, resolution);
    return { name, value, layer: origin?.layer ?? 'trigger', origin };
  });
}

function originOf(
  name: string,
  value: unknown,
  resolution: Resolution | undefined,
): ClaimOrigin | undefined {
  if (resolution === undefined || resolution.outcome === 'deny') return undefined;
  return isDeepStrictEqual(resolution.claims[name], value)
    ? resolution.provenance[name]
    : undefined;
}

/** Measures the added claims as the trigger does: bytes of compact JSON. */
export function measureBudget(
  claims: readonly Omit<TokenClaim, 'origin'>[],
  limitBytes: number,
): Budget {
  const added = claims.filter(({ layer }) => layer !== 'cognito');
  const parts = [...CLAIM_LAYERS, 'trigger' as const].flatMap((layer) => {
    const own = added.filter((claim) => claim.layer === layer);
    return own.length === 0 ? [] : [{ layer, sizeBytes: sizeOf(own) }];
  });
  return { limitBytes, usedBytes: sizeOf(added), parts };
}

function sizeOf(claims: readonly Omit<TokenClaim, 'origin'>[]): number {
  return claimsSizeBytes(Object.fromEntries(claims.map(({ name, value }) => [name, value])));
}

/** Says more about a refusal than its caller reads: which claim or key, and what is allowed. */
function adviseOnDenial(
  resolution: Resolution,
  { baseline, override }: ClaimLayers,
): string | undefined {
  if (resolution.outcome === 'issue') return undefined;
  const { code, subject } = resolution;
  if (code === 'ERR_METADATA_REQUIRED' || code === 'ERR_METADATA_NOT_ALLOWED') {
    const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
    const allow = selectors.find(({ key }) => key === subject)?.allow ?? [];
    return `Metadata key ${subject}: send one of ${allow.join(', ')}.`;
  }
  if (code === 'ERR_TOKEN_REQUIRED') return `Metadata key ${subject}: send the token of a user.`;
  if (code.startsWith('ERR_TOKEN_')) return DENIAL_MESSAGES[code];
  if (override?.disabled === true) {
    const { revision, updatedBy, updatedAt, reason } = override;
    return `Disabled by ${updatedBy} at ${updatedAt}, revision ${revision}: ${reason}`;
  }
  // The reason above it says the same; only the claim is new.
  return subject === undefined ? undefined : `${DENIAL_MESSAGES[code]} Claim: ${subject}.`;
}

const REFUSALS = keysOf(TOKEN_REFUSAL_MESSAGES);

/**
 * Reads what the trigger made of the user's token out of its answer: the page has no verifier of its own.
 *
 * @param metadata - What was sent.
 * @param now - Epoch seconds.
 */
function readVerdict(
  outcome: TokenOutcome | undefined,
  selector: TokenSelector | undefined,
  metadata: { readonly [key: string]: string } | undefined,
  now: number,
): TokenVerdict | undefined {
  if (outcome === undefined || selector === undefined) return undefined;
  if (outcome.ok) {
    const { payload, customClaims } = outcome.value;
    const taken = Object.keys(selector.claims).filter((name) => customClaims.includes(name));
    if (taken.length === 0) return undefined;
    const claims = Object.fromEntries(taken.map((name) => [name, payload[name]]));
    const ageSeconds = Math.max(0, now - readIssuedAt(metadata?.[selector.key], now));
    return { outcome: 'verified', ageSeconds, claims };
  }
  const code = REFUSALS.find((known) => JSON.stringify(outcome.failure).includes(known));
  return code && { outcome: 'refused', code, reason: undefined };
}

/** Another trigger may have put the claim there without such a token. */
function readIssuedAt(token = '', now: number): number {
  try {
    const [, payload = ''] = token.split('.');
    const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof iat === 'number' ? Math.floor(iat) : now;
  } catch {
    return now;
  }
}

/** Says what was checked of a user's token; never a part of the token. */
function describeUserToken(
  verdict: TokenVerdict | undefined,
  selector: TokenSelector | undefined,
): string | undefined {
  if (verdict === undefined || selector === undefined) return undefined;
  const { issuer } = selector;
  const refusal = verdict.outcome === 'refused' ? verdict.code : undefined;
  const passed = listPassedTokenChecks(issuer, refusal).join(', ') || 'none';
  const result =
    verdict.outcome === 'verified'
      ? `verified, issued ${formatSpan(verdict.ageSeconds)} ago`
      : 'refused';
  return `User token of issuer ${issuer.name}: ${result}. Checks passed: ${passed}.`;
}

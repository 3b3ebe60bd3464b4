import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  type Claims,
  type Contract,
  requiredMetadata,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import { addSettings, type ClaimsReader } from '@cognito-m2m/claims-store/reader';
import { mapConcurrently } from '@cognito-m2m/doctor';
import { compareToken } from '@cognito-m2m/doctor/token-comparison';
import type { WatchStore } from '@cognito-m2m/doctor/watch-store';
import type { CanaryDeclaration } from '@cognito-m2m/environment';
import { poolParameterNames, secretName } from '@cognito-m2m/environment/names';
import {
  createTokenClient,
  isTokenClientError,
  type SecretValueReader,
  secretsManagerCredentials,
} from '@cognito-m2m/token-client';
import { createVerifier, isVerifyError } from '@cognito-m2m/verifier';
import { readPoolParameters } from './edges.ts';

/** What the canary is made with. */
export interface CanaryEdges {
  readonly environment: string;
  readonly region: string;
  readonly canaries: readonly CanaryDeclaration[];
  readonly contract: Contract;
  readonly sizeBudgetBytes: number;
  /** How long the trigger may know older claims, in seconds. */
  readonly cacheSeconds: number;
  readonly ssm: SSMClient;
  readonly secrets: SecretValueReader;
  readonly reader: Pick<ClaimsReader, 'readLayers' | 'readSettings'>;
  readonly store: Pick<WatchStore, 'writeLastRun'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** What the canary found in one pool. */
export interface Proof {
  readonly pool: string;
  readonly client: string;
  /** `undefined` if a real token was verified and is as declared; otherwise a code, or the names of what differs. Never a value. */
  readonly problem: string | undefined;
}

const TOKEN_TIMEOUT_MS = 20_000;
/** Pools that are asked at once: far below the account's quota of 150 tokens a second. */
const CONCURRENCY = 5;
/** The longest wait for a change that the trigger has not read yet, in milliseconds. */
const MAX_WAIT_MS = 600_000;

/**
 * Requests a real token as the canary of each pool, verifies it as an API would, and compares it with what is declared.
 *
 * A token that differs is requested again when the trigger's cache has expired: a change a moment ago is not a fault.
 *
 * @returns A proof for each pool that is deployed.
 */
export async function proveTokens(edges: CanaryEdges): Promise<Proof[]> {
  const proofs = await mapConcurrently(
    edges.canaries,
    CONCURRENCY,
    (canary) => prove(edges, canary),
    () => {},
  );
  return proofs.flatMap((proof) => proof ?? []);
}

async function prove(edges: CanaryEdges, canary: CanaryDeclaration): Promise<Proof | undefined> {
  const problemOf = async (): Promise<Attempt> => {
    try {
      return await attempt(edges, canary);
    } catch (error) {
      return { outcome: 'failed', problem: codeOf(error) };
    }
  };
  let result = await problemOf();
  if (result.outcome === 'different') {
    await edges.wait(Math.min((edges.cacheSeconds + 1) * 1_000, MAX_WAIT_MS));
    result = await problemOf();
  }
  if (result.outcome === 'not-deployed') return undefined;
  const { pool, client } = canary;
  const { problem } = result;
  const at = new Date(edges.clock()).toISOString();
  await edges.store.writeLastRun(`canary ${pool}`, { at, problem });
  return { pool, client, problem };
}

/** How one request ended. */
interface Attempt {
  readonly outcome: 'proved' | 'different' | 'failed' | 'not-deployed';
  readonly problem: string | undefined;
}

async function attempt(edges: CanaryEdges, canary: CanaryDeclaration): Promise<Attempt> {
  const { environment, region, contract, sizeBudgetBytes, reader, clock } = edges;
  const place = await locate(edges, canary.pool);
  if (place === undefined) return { outcome: 'not-deployed', problem: undefined };
  const { userPoolId, issuer, tokenEndpoint } = place;
  const secretId = canary.secretId ?? secretName(environment, canary.pool, canary.client);
  const credentials = secretsManagerCredentials({ client: edges.secrets, secretId });
  const { clientId } = await credentials();
  const before = await reader.readLayers(userPoolId, clientId);
  const metadata = requiredMetadata(before.baseline);
  const request = {
    scopes: canary.scopes.length > 0 ? canary.scopes : undefined,
    metadata: Object.keys(metadata).length > 0 ? metadata : undefined,
  };
  const tokens = createTokenClient({
    endpoint: tokenEndpoint === undefined ? { api: { region } } : { tokenEndpoint },
    credentials,
    timeoutMs: TOKEN_TIMEOUT_MS,
  });
  const { accessToken } = await tokens.get(request);
  const scopes = await verifiedScopes(accessToken, contract, { issuer, clientIds: [clientId] });
  // Read after the token: a change in between shows as a difference, and the next attempt settles it.
  const layers = await reader.readLayers(userPoolId, clientId);
  const asked = request.scopes ?? scopes;
  const expected = resolveClaims(
    await addSettings(reader, userPoolId, layers),
    { clientId, scopes: asked, metadata: request.metadata },
    Math.floor(clock() / 1_000),
    { contract, sizeBudgetBytes },
  );
  const token = { outcome: 'issued' as const, payload: payloadOf(accessToken), scopes };
  const comparison = compareToken(expected, token, asked);
  return comparison.isSame
    ? { outcome: 'proved', problem: undefined }
    : { outcome: 'different', problem: describe(comparison) };
}

/** Verifies a token as an API of the pool would. @returns Its scopes. */
async function verifiedScopes(
  accessToken: string,
  contract: Contract,
  pool: { readonly issuer: string; readonly clientIds: readonly string[] },
): Promise<readonly string[]> {
  const verifier = createVerifier({
    contract,
    pools: [pool],
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: Object.keys(contract),
  });
  const { scopes } = await verifier.verify(accessToken, { scopes: null });
  return scopes;
}

/** Names what differs. */
function describe({
  claims,
  missingScopes,
  extraScopes,
  outcome,
}: ReturnType<typeof compareToken>): string {
  if (outcome !== undefined) return `expected ${outcome.expected}, got ${outcome.actual}`;
  return [
    ...claims.map(({ name, change }) => `claim ${name} ${change}`),
    ...missingScopes.map((scope) => `scope ${scope} missing`),
    ...extraScopes.map((scope) => `scope ${scope} added`),
  ].join(', ');
}

/** Where a pool is; `undefined` before its first deploy, when its parameters do not exist or may not be read yet. */
async function locate({ ssm, environment }: CanaryEdges, pool: string) {
  const names = poolParameterNames(environment, pool);
  const values = await readPoolParameters(ssm, [
    names.userPoolId,
    names.issuer,
    names.tokenEndpoint,
  ]);
  const userPoolId = values.get(names.userPoolId);
  const issuer = values.get(names.issuer);
  return userPoolId === undefined || issuer === undefined
    ? undefined
    : { userPoolId, issuer, tokenEndpoint: values.get(names.tokenEndpoint) };
}

// Verified before it is read.
function payloadOf(token: string): Claims {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

/** The code of a failure, the trigger's own first: the text of a service may quote a value. */
function codeOf(error: unknown): string {
  if (isTokenClientError(error)) return error.details.triggerCode ?? error.code;
  if (isVerifyError(error)) return error.code;
  return error instanceof Error ? error.name : 'unknown error';
}

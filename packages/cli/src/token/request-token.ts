import { type Claims, type Contract, DENIAL_MESSAGES } from '@cognito-m2m/claim-schema';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { createVerifier, isVerifyError } from '@cognito-m2m/verifier';
import { CliError } from '../frame/errors.ts';
import { describeConnection } from '../frame/report-error.ts';
import type { ClientCredentials, DeployedPool, Target } from '../frame/target.ts';

/** Cognito itself gives up on a trigger after 5 s; in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** What the token endpoint answered. */
export type TokenAnswer =
  | { readonly isIssued: true; readonly accessToken: string }
  /** `code` is the trigger's own, or the OAuth error if Cognito itself refused. */
  | { readonly isIssued: false; readonly code: string };

/** What to ask for. */
export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly metadata: Record<string, string> | undefined;
}

/** How often, and how long, a domain that DNS does not know is waited for: 2 minutes together. */
const DOMAIN_WAITS = 6;
const DOMAIN_WAIT_MS = 20_000;

const NEW_DOMAIN =
  ' DNS does not know its host. A new domain needs a minute; after a look-up that was too early, up to 15.';

/** What waits for the domain of a new pool. */
interface DomainWait {
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Says what is waited for. */
  readonly note: (text: string) => void;
}

/**
 * Asks a token endpoint for a token, as the client, and waits for the DNS of a new domain.
 *
 * A look-up that comes too early is remembered by resolvers, so there are only a few, 20 s apart.
 *
 * @throws {CliError} As {@link requestToken}.
 */
export async function requestTokenOfNewDomain(
  tokenEndpoint: string | undefined,
  credentials: ClientCredentials,
  request: TokenRequest,
  { wait, note }: DomainWait,
): Promise<TokenAnswer> {
  for (let count = 1; count <= DOMAIN_WAITS; count += 1) {
    try {
      return await requestToken(tokenEndpoint, credentials, request);
    } catch (error) {
      if (tokenEndpoint === undefined || !isUnknownDomain(error)) throw error;
      const { hostname } = new URL(tokenEndpoint);
      note(`DNS does not know ${hostname} yet. Waiting 20 s (${count} of ${DOMAIN_WAITS}).`);
      await wait(DOMAIN_WAIT_MS);
    }
  }
  return requestToken(tokenEndpoint, credentials, request);
}

/** True if DNS does not know the host of the endpoint. */
function isUnknownDomain(error: unknown): boolean {
  return /\b(?:ENOTFOUND|EAI_AGAIN)\b/.test(causeCodes(error));
}

function causeCodes(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return `${String(propertyOf(error, 'code'))} ${causeCodes(error.cause)}`;
}

/**
 * Asks a token endpoint for a token, as the client.
 *
 * @throws {CliError} `ERR_TOKEN_REQUEST_FAILED` if the endpoint cannot be reached or answers with neither a token nor an OAuth error.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export async function requestToken(
  tokenEndpoint: string | undefined,
  { clientId, clientSecret }: ClientCredentials,
  { scopes, metadata }: TokenRequest,
): Promise<TokenAnswer> {
  if (tokenEndpoint === undefined) {
    throw requestFailed('The user pool has no domain, so it has no token endpoint.');
  }
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  // Left out, it means all scopes of the client.
  if (scopes.length > 0) body.set('scope', scopes.join(' '));
  if (metadata !== undefined) body.set('aws_client_metadata', JSON.stringify(metadata));
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    body,
    headers: { authorization: `Basic ${basic}` },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    const code = codeOfFetch(cause);
    const fault = describeConnection(tokenEndpoint, code);
    if (fault === undefined)
      throw requestFailed(
        `Cannot connect to ${tokenEndpoint}: ${code}.${isUnknownDomain(cause) ? NEW_DOMAIN : ''}`,
        cause,
      );
    throw new CliError('ERR_TOKEN_REQUEST_FAILED', fault.message, { cause, next: fault.next });
  });
  const answer = await readJson(response);
  if (typeof answer['access_token'] === 'string') {
    return { isIssued: true, accessToken: answer['access_token'] };
  }
  if (typeof answer['error'] !== 'string') {
    throw requestFailed(
      `${tokenEndpoint} answered HTTP ${response.status} without an OAuth error.`,
    );
  }
  const { error, error_description: description } = answer;
  // Real pools give the trigger's message as `error`; hosted login gives it as the description.
  return { isIssued: false, code: denialCode(description) ?? denialCode(error) ?? error };
}

/** What the system or its TLS library said of a `fetch` that failed. */
function codeOfFetch(error: unknown): string {
  const cause = propertyOf(error, 'cause');
  const reason = propertyOf(cause, 'code') ?? propertyOf(cause, 'message');
  return String(reason ?? propertyOf(error, 'name') ?? 'no answer');
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  const answer: unknown = await response.json().catch(() => undefined);
  return typeof answer === 'object' && answer !== null ? { ...answer } : {};
}

// The trigger's message ends with its code in brackets; Cognito wraps it into a sentence of its own.
function denialCode(description: unknown): string | undefined {
  const code = /\((ERR_[A-Z_]+)\)/.exec(String(description))?.[1];
  return code ?? codeOfSentence(String(description));
}

// Should Cognito cut the code off, the sentence still tells.
function codeOfSentence(description: string): string | undefined {
  const known = Object.entries(DENIAL_MESSAGES).find(([, sentence]) =>
    description.includes(sentence),
  );
  return known?.[0];
}

function requestFailed(message: string, cause?: unknown): CliError {
  return new CliError('ERR_TOKEN_REQUEST_FAILED', message, {
    cause,
    next: { m2m: 'doctor' },
  });
}

/** What a token says once its signature, issuer, expiry, use and client have been checked. */
interface CheckedToken {
  /** Every claim of the payload, those of Amazon Cognito included. */
  readonly payload: Claims;
  readonly scopes: readonly string[];
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** Checks the tokens of one pool. */
export interface TokenChecker {
  /**
   * Verifies a token as an API would, with the verifier that APIs use.
   *
   * @throws {CliError} `ERR_TOKEN_INVALID` with the verifier's code.
   */
  check(token: string, clientId: string): Promise<CheckedToken>;
}

/**
 * Creates the checker of one pool; it reads the pool's keys once.
 *
 * @throws {CliError} `ERR_TOKEN_INVALID` if the keys of a local Cognito cannot be read.
 */
export async function createTokenChecker(
  { contract, target }: { readonly contract: Contract; readonly target: Target },
  { issuer, jwksUri }: DeployedPool,
): Promise<TokenChecker> {
  // A local Cognito may sign for an AWS issuer; its keys are its own all the same.
  const pool =
    target.kind === 'local'
      ? { issuer, jwks: await fetchKeys(jwksUri) }
      : // The pool may have been set to the other form of its issuer since the deploy.
        { issuer: { discover: issuer } };
  const verifier = createVerifier({
    contract,
    pools: [{ ...pool, clientIds: null }],
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: Object.keys(contract),
  });
  return {
    async check(token, clientId) {
      const verified = await verifier.verify(token, { scopes: null }).catch((error: unknown) => {
        if (!isVerifyError(error)) throw error;
        throw invalidToken(`${error.message} (${error.code})`);
      });
      if (verified.clientId !== clientId) throw invalidToken('It belongs to another client.');
      const { scopes, expiresAt } = verified;
      return { payload: readPayload(token), scopes, expiresAt };
    },
  };
}

async function fetchKeys(jwksUri: string) {
  try {
    const response = await fetch(jwksUri);
    return (await response.json()) as { keys: [] };
  } catch (cause) {
    const fault = describeConnection(jwksUri, codeOfFetch(cause));
    const message = fault?.message ?? `The keys of ${jwksUri} cannot be read.`;
    throw new CliError('ERR_TOKEN_INVALID', message, {
      cause,
      next: fault?.next ?? { m2m: 'doctor' },
    });
  }
}

// The verifier gives the contract's claims only; the comparison is about all of them.
function readPayload(token: string): Claims {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

function invalidToken(detail: string): CliError {
  return new CliError('ERR_TOKEN_INVALID', `The token does not pass verification: ${detail}`, {
    next: { m2m: 'doctor' },
  });
}

import { type ClientCredentials, isAwsError, mayPass } from './credentials.ts';
import { reasonOf, TokenClientError, type TokenErrorDetails } from './errors.ts';
import type { IssuerClock } from './time.ts';
import type { TokenKey } from './token-request.ts';

/** A token and its life on the issuer's clock, in milliseconds since 1970. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** What one request needs. */
interface RequestContext {
  readonly endpoint: TokenEndpoint;
  readonly credentials: ClientCredentials;
  readonly key: TokenKey;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: IssuerClock;
  /** Budget of the request, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Requests a token once, and learns the issuer's time from the response.
 *
 * @throws {TokenClientError} `ERR_TOKEN_REFUSED`, `ERR_CREDENTIALS_REFUSED`, `ERR_TOKEN_UNAVAILABLE`,
 *   `ERR_TOKEN_TIMEOUT` or `ERR_TOKEN_RESPONSE_INVALID`.
 */
export async function requestToken(context: RequestContext): Promise<IssuedToken> {
  const { endpoint, clock, timeoutMs } = context;
  const { fetch } = context;
  const sent = clock.moment();
  const signal = AbortSignal.timeout(timeoutMs);
  const { response, text } = await send(() =>
    fetch(endpoint.url, { ...toHttp(context), redirect: 'manual', signal }),
  );
  const body = parseBody(text);
  if (response.status !== 200) throw toRefusal(response, body);
  const { accessToken, lifeSeconds } = readGrant(endpoint, body);
  const token = { accessToken, ...lifeOf(accessToken) };
  const dateMs = Date.parse(response.headers.get('date') ?? '');
  const { issuedMs = Number.isNaN(dateMs) ? sent.wallMs : dateMs } = token;
  const { expiresMs = issuedMs + lifeSeconds * 1_000 } = token;
  // The later one counts: a token must not outlive its `exp` on any of the issuer's clocks.
  clock.learn(Number.isNaN(dateMs) ? issuedMs : Math.max(dateMs, issuedMs), sent);
  return { accessToken, issuedMs, expiresMs };
}

function toHttp({ endpoint, credentials, key }: RequestContext) {
  const { clientId, clientSecret } = credentials;
  const { scopes, metadata } = key;
  if (endpoint.protocol === 'api') {
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken',
      },
      body: JSON.stringify({
        ClientId: clientId,
        Secret: clientSecret,
        Scopes: scopes,
        ClientMetadata: metadata,
      }),
    };
  }
  // In the body: how a Basic header encodes a secret with "+" is read differently by different servers.
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  if (scopes !== undefined) body.set('scope', scopes.join(' '));
  if (metadata !== undefined) body.set('aws_client_metadata', JSON.stringify(metadata));
  return { method: 'POST', body };
}

// No cause: whoever replaces `fetch` may put the request, and so the secret, into an error.
async function send(
  request: () => Promise<Response>,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await request();
    return { response, text: await response.text() };
  } catch (error) {
    const reason = reasonOf(error);
    const code = reason === 'TimeoutError' ? 'ERR_TOKEN_TIMEOUT' : 'ERR_TOKEN_UNAVAILABLE';
    throw new TokenClientError(code, `Reason: ${reason ?? 'no response'}.`, {
      details: { reason },
    });
  }
}

/** What both protocols may answer. */
type ResponseBody = { readonly [name: string]: unknown };

function parseBody(text: string): ResponseBody {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function readGrant({ protocol }: TokenEndpoint, body: ResponseBody) {
  const { AccessToken, ExpiresIn } = Object(body['ClientAuthenticationResult']);
  const [accessToken, lifeSeconds] =
    protocol === 'api' ? [AccessToken, ExpiresIn] : [body['access_token'], body['expires_in']];
  if (typeof accessToken === 'string' && accessToken !== '' && lifeSeconds > 0) {
    return { accessToken, lifeSeconds: Number(lifeSeconds) };
  }
  const detail = 'Expected "access_token" and "expires_in". Check the address of the endpoint.';
  throw new TokenClientError('ERR_TOKEN_RESPONSE_INVALID', detail, { details: { status: 200 } });
}

function lifeOf(token: string): { readonly issuedMs?: number; readonly expiresMs?: number } {
  try {
    const [, payload = ''] = token.split('.');
    const { iat, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return Number.isFinite(iat) && Number.isFinite(exp)
      ? { issuedMs: iat * 1_000, expiresMs: exp * 1_000 }
      : {};
  } catch {
    return {};
  }
}

/** Names that may be repeated: anything else in a response could quote the request. */
const KNOWN_ERRORS: ReadonlySet<string> = new Set([
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'invalid_scope'],
  ...['unauthorized_client', 'unsupported_grant_type', 'server_error', 'temporarily_unavailable'],
  ...['NotAuthorizedException', 'ResourceNotFoundException', 'InvalidParameterException'],
  ...['UserLambdaValidationException', 'UnexpectedLambdaException'],
  ...['InvalidLambdaResponseException', 'TooManyRequestsException', 'ThrottlingException'],
  ...['InternalErrorException', 'LimitExceededException', 'ForbiddenException'],
]);

/** How the two protocols say that the ID or the secret is wrong. */
const WRONG_CREDENTIALS: ReadonlySet<string> = new Set([
  'invalid_client',
  'NotAuthorizedException',
  'ResourceNotFoundException',
]);

/** Client errors that pass: too many requests, and a trigger that did not answer or lost its store. */
const PASSING =
  /TooManyRequests|Throttl|UnexpectedLambdaException|invocation failed|ERR_\w*_UNAVAILABLE|ERR_INTERNAL|temporarily_unavailable/;

const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

// The trigger's sentence stands in `error` on some pools and in `error_description` on others.
function toRefusal({ status, headers }: Response, body: ResponseBody): TokenClientError {
  const type = String(body['__type'] ?? '').replace(/^.*#/, '');
  const texts = [body['error'], body['error_description'], type, body['message']];
  const text = texts.filter((part) => typeof part === 'string').join(' ');
  const words = [body['error'], type].map(String);
  const issuerError = words.find((word) => KNOWN_ERRORS.has(word)) ?? knownErrorIn(text);
  const triggerCode = /\bERR_[A-Z_]{3,40}\b/.exec(text)?.[0];
  const retryAfterSeconds = readRetryAfter(headers);
  const details = { status, issuerError, triggerCode, retryAfterSeconds };
  const isPassing = status >= 500 || PASSING_STATUSES.has(status) || PASSING.test(text);
  // A trigger's code says more than the status.
  if (triggerCode === undefined ? isPassing : PASSING.test(triggerCode)) {
    return new TokenClientError('ERR_TOKEN_UNAVAILABLE', describe(details), { details });
  }
  if (status < 400) {
    const detail = `HTTP status ${status}; redirects are not followed with a secret.`;
    return new TokenClientError('ERR_TOKEN_RESPONSE_INVALID', detail, { details });
  }
  const isWrong = triggerCode === undefined && WRONG_CREDENTIALS.has(issuerError ?? '');
  const code = isWrong ? 'ERR_CREDENTIALS_REFUSED' : 'ERR_TOKEN_REFUSED';
  return new TokenClientError(code, describe(details), { details });
}

function knownErrorIn(text: string): string | undefined {
  const [, exception] = /Error Code: (\w{1,64});/.exec(text) ?? [];
  return exception !== undefined && KNOWN_ERRORS.has(exception) ? exception : undefined;
}

function describe({ status, issuerError, triggerCode }: TokenErrorDetails): string {
  const parts = [`HTTP status ${status}`, issuerError, triggerCode];
  return `${parts.filter((part) => part !== undefined).join(', ')}.`;
}

/** Seconds or a date; RFC 9110, section 10.2.3. */
function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? '';
  if (/^\d{1,6}$/.test(text)) return Number(text);
  const seconds = (Date.parse(text) - Date.parse(headers.get('date') ?? '')) / 1_000;
  return seconds > 0 ? seconds : undefined;
}

/** What `SSM` of `@aws-sdk/client-ssm` offers. */
export interface ParameterReader {
  getParameter(input: {
    Name: string;
  }): Promise<{ readonly Parameter?: { readonly Value?: string | undefined } | undefined }>;
}

/** Where tokens are requested. */
export type TokenEndpointOptions =
  /** The OAuth endpoint of the user pool's domain. */
  | { readonly tokenEndpoint: string }
  /** The API operation `GetClientToken`, for pools without a domain. `url`: an interface endpoint. */
  | { readonly api: { readonly region: string; readonly url?: string } }
  /** A path such as `/m2m/prod/payments`: its parameter `token-endpoint` is read once. */
  | { readonly parameters: string; readonly client: ParameterReader };

/** An address and the protocol that it speaks. */
interface TokenEndpoint {
  readonly url: string;
  readonly protocol: 'oauth' | 'api';
}

/**
 * DNS suffixes of AWS's partitions, by the beginning of the Region. A test compares them with the SDK's data.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const DNS_SUFFIXES = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
] as const;

/**
 * Creates a function that returns the endpoint, and reads its address first if that is kept in a parameter.
 *
 * @throws {TokenClientError} `ERR_TOKEN_CLIENT_OPTIONS`; the function rejects with `ERR_ENDPOINT_UNAVAILABLE` or
 *   `ERR_TOKEN_CLIENT_OPTIONS` for what a parameter holds.
 */
export function createEndpointReader(
  options: TokenEndpointOptions,
  { allowHttp }: { readonly allowHttp: boolean },
): () => Promise<TokenEndpoint> {
  if (!('parameters' in options)) {
    const endpoint = fixedEndpoint(options, allowHttp);
    return async () => endpoint;
  }
  const { client, parameters } = options;
  const name = `${parameters}/token-endpoint`;
  let reading: Promise<TokenEndpoint> | undefined;
  return () => {
    reading ??= readParameter(client, name).then((value) => ({
      url: checkUrl(value, `The parameter ${name}`, allowHttp),
      protocol: 'oauth' as const,
    }));
    reading.catch(() => {
      reading = undefined;
    });
    return reading;
  };
}

function fixedEndpoint(
  options: Exclude<TokenEndpointOptions, { parameters: string }>,
  allowHttp: boolean,
): TokenEndpoint {
  if ('tokenEndpoint' in options) {
    const url = checkUrl(options.tokenEndpoint, '"endpoint.tokenEndpoint"', allowHttp);
    return { url, protocol: 'oauth' };
  }
  const { region, url = `https://cognito-idp.${region}.${dnsSuffix(region)}/` } = options.api;
  if (!/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(region)) {
    throw invalidOption('"endpoint.api.region" must be an AWS Region, such as "eu-central-1".');
  }
  return { url: checkUrl(url, '"endpoint.api.url"', allowHttp), protocol: 'api' };
}

/** The DNS suffix of the partition that a Region belongs to. */
export function dnsSuffix(region: string): string {
  return DNS_SUFFIXES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
}

async function readParameter(client: ParameterReader, name: string): Promise<string> {
  try {
    const { Parameter } = await client.getParameter({ Name: name });
    return Parameter?.Value ?? '';
  } catch (error) {
    const reason = reasonOf(error);
    const detail = `Parameter: ${name}. Reason: ${reason ?? 'unknown'}.`;
    throw new TokenClientError('ERR_ENDPOINT_UNAVAILABLE', detail, {
      isRetryable: mayPass(error),
      details: { reason },
      cause: isAwsError(error) ? error : undefined,
    });
  }
}

/** Addresses of this machine, where nobody can listen in. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function checkUrl(text: string, source: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isPlainAllowed(url, allowHttp));
  if (url === undefined || !isSafe) {
    throw invalidOption(
      `${source} must be an https: URL, such as "https://example.auth.eu-central-1.amazoncognito.com/oauth2/token"; ` +
        'http: is allowed on this machine, elsewhere with "allowHttp".',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidOption(`${source} must not hold a user name or a password.`);
  }
  return url.href;
}

function isPlainAllowed({ hostname }: URL, allowHttp: boolean): boolean {
  return allowHttp || LOOPBACK.test(hostname);
}

/** Makes the error of a wrong setting. */
export function invalidOption(detail: string): TokenClientError {
  return new TokenClientError('ERR_TOKEN_CLIENT_OPTIONS', detail);
}

import { isAwsError, mayPass } from './credentials.ts';
import { reasonOf, TokenClientError } from './errors.ts';

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
export interface TokenEndpoint {
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

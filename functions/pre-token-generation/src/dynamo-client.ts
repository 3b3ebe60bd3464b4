import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from './clock.ts';
import type { Settings } from './settings.ts';

/** Attempts of one read; the read budget ends them sooner. */
const MAX_ATTEMPTS = 3;

/** The table is in the function's Region, where connecting takes a few milliseconds. */
const CONNECT_TIMEOUT_MS = 300;

/** From the sent request to the head of the answer, and between two pieces of it; DynamoDB takes under 10 ms for all. */
const REQUEST_TIMEOUT_MS = 800;

/**
 * Creates the client that reads the claims table.
 *
 * Every option that the SDK would look up in files or on the network is given here: Lambda has neither profile nor
 * instance metadata.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function createDynamoClient(
  { region, endpointUrl }: Pick<Settings, 'region' | 'endpointUrl'>,
  variables: { readonly [name: string]: string | undefined },
): DynamoDBClient {
  const sessionToken = variables['AWS_SESSION_TOKEN'];
  return new DynamoDBClient({
    region,
    ...(endpointUrl !== undefined && { endpoint: toEndpoint(endpointUrl) }),
    credentials: {
      accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(sessionToken && { sessionToken }),
    },
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // The one above ends with the head of the answer.
      socketTimeout: REQUEST_TIMEOUT_MS,
      // Without this the time-out is a warning only.
      throwOnRequestTimeout: true,
    },
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    accountIdEndpointMode: 'disabled',
    authSchemePreference: [],
    ignoreConfiguredEndpointUrls: true,
    endpointDiscoveryEnabledProvider: async () => false,
    userAgentAppId: '',
  });
}

/**
 * An offset below this does not mean a wrong clock: answers tell whole seconds, and one that waited while Lambda froze the container is
 * as old as the freeze. The SDK takes none that is older than this, in milliseconds.
 */
const MIN_CLOCK_OFFSET_MS = 900_000;

/**
 * The clock by which a claim expires: this machine's, unless the table's answers show that it is far off.
 *
 * The SDK signs with the right time on such a machine, so that reads succeed there.
 */
export function createTableClock(
  clock: Clock,
  { config }: { readonly config: { readonly systemClockOffset: number } },
): Clock {
  return {
    ...clock,
    wallMs() {
      const offsetMs = config.systemClockOffset;
      return clock.wallMs() + (Math.abs(offsetMs) > MIN_CLOCK_OFFSET_MS ? offsetMs : 0);
    },
  };
}

/** Parsed once; from a string the SDK would do it for each request. */
function toEndpoint(url: string) {
  const { protocol, hostname, port, pathname: path } = new URL(url);
  return { protocol, hostname, path, ...(port !== '' && { port: Number(port) }) };
}

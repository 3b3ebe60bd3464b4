import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contract, VERSION } from '@cognito-m2m/claim-schema';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { toTriggerVariables } from '@cognito-m2m/claims-store/trigger-settings';
import { type Environment, toTokenIssuersVariable } from '@cognito-m2m/environment';
import { holdPort } from '../http/listen.ts';
import { DEFAULT_BEHAVIOUR } from '../model/behaviour.ts';
import { type Cleanup, createCleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { toIssuer, type UserPool } from '../pools/user-pool.ts';
import type { LocalCognito, LocalPool, ServerOptions } from '../start-options.ts';
import { startServer } from '../start-server.ts';
import { TRIGGER_FUNCTION_NAME } from '../trigger/lambda-environment.ts';
import { RUNTIMES, type TriggerOptions } from '../trigger/trigger-options.ts';
import type { Backing, ClaimsTable } from './backing.ts';
import { openEmbeddedBacking } from './embedded-backing.ts';

/** Options of `startLocalEnvironment`. */
export interface LocalEnvironmentOptions extends ServerOptions {
  readonly environment: Environment;
  /** The contract of the environment's claims; the inspector page explains tokens by it. @default no explanations */
  readonly contract?: Contract;
  /** Folder that keeps keys, ids, secrets and the table. @default nothing is kept */
  readonly dataDirectory?: string;
  /** TCP port of the embedded DynamoDB, on loopback; not together with `endpointUrl`. @default any free one */
  readonly dynamoDbPort?: number;
  /**
   * Address of an AWS-compatible API, such as moto, that the environment is deployed to: pools, clients and claims are
   * taken from there. Its credentials are not checked; not together with `dataDirectory`. @default an embedded DynamoDB
   */
  readonly endpointUrl?: string;
  /**
   * Whether clients have `ALLOW_CLIENT_TOKEN_AUTH` and so may use `GetClientToken`. The deploy never enables it, because its
   * Terraform provider does not know it; not together with `endpointUrl`. @default false
   */
  readonly allowsClientTokenAuth?: boolean;
  /** The trigger's bundle, as a path or `file:` URL; `null` for pools without a trigger. @default the production bundle */
  readonly triggerBundle?: string | URL | null;
  /**
   * More of the trigger, such as environment variables; with an `endpoint` the function there is called instead of any bundle.
   *
   * @default what the environment file says
   */
  readonly trigger?: Omit<TriggerOptions, 'bundle'>;
}

/** What a running server of an environment says about itself. */
export interface LocalDeployment {
  /** The environment's name. */
  readonly environment: string;
  /** The server's address, without a slash at its end; AWS SDKs take it as an endpoint. */
  readonly url: string;
  readonly tableName: string;
  readonly dynamoDbEndpoint: string;
  /** True in front of another API (`endpointUrl`): what is deployed there is shown, and cannot be changed from here. */
  readonly isReadOnly: boolean;
  readonly region: string;
  readonly pools: readonly LocalPool[];
}

/** A running server of an environment. */
export interface LocalEnvironment extends LocalCognito, LocalDeployment {}

/**
 * Starts local Cognito for an environment file of this repository, over a claims table and the production trigger.
 *
 * @throws {LocalCognitoError} If it cannot start with these options; nothing stays open then.
 */
export async function startLocalEnvironment(
  options: LocalEnvironmentOptions,
): Promise<LocalEnvironment> {
  const cleanup = createCleanup();
  try {
    return await start(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(
  options: LocalEnvironmentOptions,
  cleanup: Cleanup,
): Promise<LocalEnvironment> {
  const { contract, endpointUrl, host = '127.0.0.1' } = options;
  const held = await holdPort(host, options.port ?? 0);
  cleanup.add(held.release);
  const backing = await openBacking(options, held.authority, cleanup);
  const { environment, table, registry, keys, ready } = backing;
  const about = {
    environment: environment.name,
    tableName: table.tableName,
    dynamoDbEndpoint: table.endpoint,
    isReadOnly: endpointUrl !== undefined,
  };
  const served = {
    name: environment.name,
    region: environment.region,
    registry,
    keys,
    ready,
    releasePort: held.release,
    about,
    claims: contract && {
      reader: createClaimsReader(table),
      contract,
      sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
    },
    trigger: toTrigger({ ...options, environment }, table),
    triggers: {},
  };
  return { ...about, ...(await startServer(served, { ...options, port: held.port }, cleanup)) };
}

/** @param authority - Host and port where clients will find the server. */
async function openBacking(
  options: LocalEnvironmentOptions,
  authority: string,
  cleanup: Cleanup,
): Promise<Backing> {
  const { environment, endpointUrl, dataDirectory, allowsClientTokenAuth = false } = options;
  const { clock = Date.now, dynamoDbPort } = options;
  if (endpointUrl === undefined) {
    const embedded = {
      environment,
      dataDirectory,
      dynamoDbPort,
      allowsClientTokenAuth,
      clock,
      issuerOf: (pool: UserPool) => issuerOf(options, authority, pool),
    };
    return openEmbeddedBacking(embedded, cleanup);
  }
  if (dataDirectory !== undefined) throw conflict('dataDirectory', 'is kept');
  if (dynamoDbPort !== undefined) throw conflict('dynamoDbPort', 'holds the claims');
  if (allowsClientTokenAuth) throw conflict('allowsClientTokenAuth', 'is allowed');
  // Loaded only here: its two AWS clients would add a tenth to every other start.
  const { openDeployedBacking } = await import('./deployed-backing.ts');
  return openDeployedBacking(environment, endpointUrl, clock, cleanup);
}

/** What the tokens of a pool hold as `iss`. @param authority - Host and port of the server. */
function issuerOf(
  { tls = false, publicUrl, behaviour }: LocalEnvironmentOptions,
  authority: string,
  pool: UserPool,
): string {
  const url = `${tls === false ? 'http' : 'https'}://${authority}`;
  const format = behaviour?.issuerFormat ?? DEFAULT_BEHAVIOUR.issuerFormat;
  return toIssuer(pool, format, publicUrl?.replace(/\/+$/, '') ?? url);
}

/** The trigger with the variables that the deploy sets; `null` for none. */
function toTrigger(
  { environment, triggerBundle, trigger: more }: LocalEnvironmentOptions,
  table: ClaimsTable,
): TriggerOptions | null {
  // Whoever runs the function there gave it its variables.
  if (more?.endpoint !== undefined) return more;
  if (triggerBundle === null) return null;
  const { trigger: settings } = environment;
  const bundle = triggerBundle ?? productionBundle();
  const runtime = RUNTIMES.find((known) => known === settings.runtime);
  return {
    bundle: typeof bundle === 'string' && !bundle.startsWith('file:') ? resolve(bundle) : bundle,
    memoryMb: settings.memoryMb,
    functionName: TRIGGER_FUNCTION_NAME,
    ...(runtime === undefined ? {} : { runtime }),
    ...more,
    env: {
      AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
      ...toTriggerVariables({
        ...settings,
        tableName: table.tableName,
        tokenIssuers: toTokenIssuersVariable(environment),
        // The owner's function does not run on this machine.
        userTriggers: undefined,
        contractDigest: undefined,
        version: VERSION,
      }),
      POWERTOOLS_SERVICE_NAME: TRIGGER_FUNCTION_NAME,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      ...more?.env,
    },
  };
}

function productionBundle(): string {
  try {
    return fileURLToPath(import.meta.resolve('@cognito-m2m/pre-token-generation/bundle'));
  } catch (cause) {
    // Jest looks whether the file exists; Node leaves that to whoever opens it.
    const message =
      'There is no trigger bundle of @cognito-m2m/pre-token-generation. Build it with: npx -y pnpm@12 build';
    throw new LocalCognitoError('ERR_LOCAL_BUNDLE_MISSING', message, { cause });
  }
}

function conflict(option: string, rule: string): LocalCognitoError {
  const message = `Both endpointUrl and ${option} are set: what ${rule} is up to the API at endpointUrl.`;
  return new LocalCognitoError('ERR_LOCAL_OPTIONS_CONFLICT', message);
}

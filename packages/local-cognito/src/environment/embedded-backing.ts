import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsTable } from '@cognito-m2m/claims-store/create-table';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import { type ClaimsWriter, createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import {
  type Client,
  type Environment,
  type Pool,
  toBaselineRecord,
  toSettingsRecord,
} from '@cognito-m2m/environment';
import { tableName } from '@cognito-m2m/environment/names';
import dynalite from 'dynalite';
import { DEFAULT_PORT, listenAt } from '../http/listen.ts';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { createOriginGuard } from '../net/origin-guard.ts';
import { createKeyProvider, type KeyProvider, prepareSigners } from '../pools/signing-keys.ts';
import {
  CLIENT_TOKEN_AUTH,
  createPoolRegistry,
  LOCAL_ACCOUNT,
  type PoolDirectory,
  type UserPool,
} from '../pools/user-pool.ts';
import { FOLDER_MODE, openStore } from '../state/open-store.ts';
import {
  DEPLOYED_AUTH_FLOWS,
  defineClient,
  definePool,
  type PoolSource,
} from '../state/pool-definition.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';
import type { Backing, ClaimsTable } from './backing.ts';
import { inBatches } from './in-batches.ts';
import { mapIssuers } from './own-issuers.ts';

/** What the backing is made from. */
interface EmbeddedOptions {
  readonly environment: Environment;
  readonly dataDirectory: string | undefined;
  readonly dynamoDbPort: number | undefined;
  readonly allowsClientTokenAuth: boolean;
  readonly clock: () => number;
  /** What the tokens of a pool hold as `iss`. */
  readonly issuerOf: (pool: UserPool) => string;
}

/**
 * Creates pools and clients as an environment declares them, over an embedded DynamoDB that holds what a deploy would write.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE`, `ERR_LOCAL_DATA_INVALID` or `ERR_LOCAL_LISTEN`.
 */
export async function openEmbeddedBacking(
  options: EmbeddedOptions,
  cleanup: Cleanup,
): Promise<Backing> {
  const { dataDirectory, allowsClientTokenAuth, clock } = options;
  const store = await openStore(dataDirectory, cleanup);
  const source = toPoolSource(options.environment, allowsClientTokenAuth);
  const registry = await createPoolRegistry(store, source, clock);
  const keys = createKeyProvider(store);
  cleanup.add(prepareSigners(keys, registry.directory.pools));
  const served = { directory: registry.directory, keys };
  const environment = await moveOwnIssuers(options.environment, served, options.issuerOf, cleanup);
  const table = await openTable(options, cleanup);
  await createClaimsTable(table.client, table.tableName);
  const ready = seedClaimsTable(table, environment, registry.directory);
  return { environment, registry, keys, table, ready };
}

/** The pools of an environment file, without their claims, which are in the table. */
function toPoolSource(environment: Environment, allowsClientTokenAuth: boolean): PoolSource {
  const { name, region, pools } = environment;
  return {
    name,
    region,
    pools: pools.map((pool) =>
      definePool({
        name: pool.name,
        // Tokens then name the pool and the client that they name on AWS.
        userPoolId: pool.existing?.userPoolId,
        description: pool.description,
        domain:
          pool.customDomain?.name ?? pool.domainPrefix?.replaceAll('{accountId}', LOCAL_ACCOUNT),
        plan: pool.plan,
        resourceServers: toResourceServers(pool),
        clients: pool.clients.map((client) =>
          defineClient({
            name: client.name,
            clientId: client.clientId,
            description: client.description,
            owner: client.owner,
            scopes: localScopes(client),
            accessTokenMinutes: client.accessTokenMinutes,
            explicitAuthFlows: allowsClientTokenAuth ? [CLIENT_TOKEN_AUTH] : DEPLOYED_AUTH_FLOWS,
          }),
        ),
      }),
    ),
  };
}

/** Stands for the scopes of a client of another owner, which its file does not have: without a scope there is no token. */
const ANY_SCOPE = { server: 'existing', name: 'any' };

/** The scopes that a client has here; of a client of another owner, the file names those at most that bring it claims. */
function localScopes({ clientId, scopes }: Client): readonly string[] {
  const isUnknown = clientId !== undefined && scopes.length === 0;
  return isUnknown ? [`${ANY_SCOPE.server}/${ANY_SCOPE.name}`] : scopes;
}

function toResourceServers({ resourceServers, clients }: Pool) {
  const declared = Object.entries(resourceServers).map(([identifier, server]) => ({
    identifier,
    name: server.name,
    scopes: Object.entries(server.scopes).map(([name, description]) => ({ name, description })),
  }));
  if (clients.every((client) => localScopes(client) === client.scopes)) return declared;
  const { server, name } = ANY_SCOPE;
  const scopes = [{ name, description: 'The scopes that only its owner knows' }];
  return [...declared, { identifier: server, name: server, scopes }];
}

async function openTable(
  { environment, dataDirectory, dynamoDbPort }: EmbeddedOptions,
  cleanup: Cleanup,
): Promise<ClaimsTable> {
  const dynamoDb = await startEmbeddedDynamoDb(dataDirectory, dynamoDbPort);
  cleanup.add(() => dynamoDb.close());
  const { endpoint } = dynamoDb;
  const { region } = environment;
  const client = new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  cleanup.add(() => client.destroy());
  return { client, endpoint, tableName: tableName(environment.name) };
}

/** The table to seed. */
interface TableEdges {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/**
 * Does what a deploy would do: writes the settings of every pool and the baseline of every client, and deletes the baselines
 * of clients that are no longer declared. Overrides are the operators' and stay.
 */
async function seedClaimsTable(
  edges: TableEdges,
  environment: Environment,
  directory: PoolDirectory,
): Promise<void> {
  const writer = createClaimsWriter(edges);
  for (const pool of environment.pools) {
    const served = directory.findPool(pool.name);
    if (served === undefined) continue;
    await writeDeclared(writer, pool, served);
    await deleteUndeclared(edges, writer, served);
  }
}

async function writeDeclared(
  writer: ClaimsWriter,
  pool: Pool,
  { userPoolId, clients }: UserPool,
): Promise<void> {
  const ids = new Map(clients.map(({ name, clientId }) => [name, clientId]));
  await writer.putDeclared(toSettingsRecord(pool, userPoolId));
  await inBatches(pool.clients, (client) => {
    const clientId = ids.get(client.name) ?? '';
    return writer.putDeclared(toBaselineRecord(pool, client, { userPoolId, clientId }));
  });
}

async function deleteUndeclared(
  edges: TableEdges,
  writer: ClaimsWriter,
  { userPoolId, clients }: UserPool,
): Promise<void> {
  const declared = new Set(clients.map(({ clientId }) => clientId));
  const listing = await createClaimsLister(edges).listPool(userPoolId);
  for (const { clientId, baseline } of listing.clients.values()) {
    if (baseline && !declared.has(clientId)) await writer.deleteBaseline(userPoolId, clientId);
  }
}

/** Longer than any answer of a table in memory takes. */
const DRAIN_TIMEOUT_MS = 2_000;
const DRAIN_INTERVAL_MS = 5;

/** A running embedded DynamoDB. */
interface EmbeddedDynamoDb {
  /** Its address on loopback. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts dynalite on loopback.
 *
 * @param dataDirectory - Where tables are kept. @default memory
 * @param port - 0 for any free one.
 * @throws {LocalCognitoError} `ERR_LOCAL_PORT_IN_USE` or `ERR_LOCAL_LISTEN`.
 */
async function startEmbeddedDynamoDb(dataDirectory?: string, port = 0): Promise<EmbeddedDynamoDb> {
  const path = dataDirectory && join(dataDirectory, 'dynamodb');
  if (path !== undefined) await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  const server = dynalite({ createTableMs: 0, path });
  const answering = new Set<ServerResponse>();
  guardRequests(server, answering);
  const actualPort = await listenAt(server, '127.0.0.1', port).catch((cause) =>
    Promise.reject(notStarted(cause, port)),
  );
  return {
    endpoint: `http://127.0.0.1:${actualPort}`,
    close: async () => {
      await drain(answering);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

// dynalite lets every web page in by CORS headers; no page has business with this table, by whatever name it calls it.
function guardRequests(server: ReturnType<typeof dynalite>, answering: Set<ServerResponse>): void {
  const isOwn = createOriginGuard([]);
  const [handle] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request;
    if (headers.origin !== undefined || !isOwn(headers)) return response.writeHead(403).end();
    answering.add(response);
    // A caller that hangs up does not stop dynalite, which still reads for a while.
    response.once('close', () => {
      if (response.writableEnded) answering.delete(response);
      else setTimeout(() => answering.delete(response), DRAIN_TIMEOUT_MS).unref();
    });
    return handle?.call(server, request, response);
  });
}

/** dynalite reads its database at its own pace and crashes the process if that is closed under it. */
async function drain(answering: ReadonlySet<ServerResponse>): Promise<void> {
  const attempts = DRAIN_TIMEOUT_MS / DRAIN_INTERVAL_MS;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if ([...answering].every((response) => response.writableEnded)) return;
    await sleep(DRAIN_INTERVAL_MS);
  }
}

function notStarted(cause: Error & { code?: string }, port: number): LocalCognitoError {
  if (cause.code === 'EADDRINUSE') {
    const message = `Port ${port} on 127.0.0.1 is in use. Choose another one with --dynamodb-port, or leave it out for any free one.`;
    return new LocalCognitoError('ERR_LOCAL_PORT_IN_USE', message, { cause });
  }
  const message = `The embedded DynamoDB did not start: ${cause.message}`;
  return new LocalCognitoError('ERR_LOCAL_LISTEN', message, { cause });
}

/**
 * Gives the issuers that are pools of this server the addresses that they have here: an environment file names one port, and the
 * server may listen at any.
 *
 * @param issuerOf - What the tokens of a pool hold as `iss`.
 * @param cleanup - Ends the server of the keys.
 */
async function moveOwnIssuers(
  environment: Environment,
  { directory, keys }: { readonly directory: PoolDirectory; readonly keys: KeyProvider },
  issuerOf: (pool: UserPool) => string,
  cleanup: Cleanup,
): Promise<Environment> {
  const issuers = environment.pools.flatMap(({ tokenIssuers }) => tokenIssuers);
  if (!issuers.some(({ issuer }) => toLocalPath(issuer) !== undefined)) return environment;
  const keysUrl = await serveKeys(directory, keys, cleanup);
  return mapIssuers(environment, (declared) => {
    const path = toLocalPath(declared.issuer);
    const own = directory.pools.find(({ userPoolId }) => path === `/${userPoolId}`);
    if (own === undefined) return declared;
    // Its second key is made while the trigger loads.
    void keys.keySet(own);
    return { ...declared, issuer: issuerOf(own), jwksUri: `${keysUrl}/${own.userPoolId}` };
  });
}

/**
 * Serves the key sets of the pools to the trigger: it reads them while it loads, before the server itself listens, and trusts no
 * certificate that was made here.
 *
 * @returns The address, without a slash at its end.
 */
async function serveKeys(
  directory: PoolDirectory,
  keys: KeyProvider,
  cleanup: Cleanup,
): Promise<string> {
  const server = createServer(async ({ url = '' }, response) => {
    const pool = directory.findPool(url.slice(1));
    if (pool === undefined) return response.writeHead(404).end();
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(await keys.keySet(pool)));
  });
  const port = await listenAt(server, '127.0.0.1', 0);
  cleanup.add(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

/** The path of an issuer at the standard address of local Cognito, which names the pool; other local servers have other ports. */
function toLocalPath(issuer: string): string | undefined {
  const { origin, pathname } = new URL(issuer);
  return STANDARD_ORIGINS.includes(origin) ? pathname : undefined;
}

const STANDARD_ORIGINS = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${DEFAULT_PORT}`);

import { createServer } from 'node:http';
import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';
import { DEFAULT_PORT, listenAt } from '../http/listen.ts';
import type { Cleanup } from '../model/cleanup.ts';
import type { KeyProvider } from '../pools/signing-keys.ts';
import type { PoolDirectory, UserPool } from '../pools/user-pool.ts';

/** Replaces the issuers of users' tokens in an environment, where pools declare them and where clients use them. */
export function mapIssuers(
  environment: Environment,
  change: (issuer: TokenIssuer) => TokenIssuer,
): Environment {
  return {
    ...environment,
    pools: environment.pools.map((pool) => ({
      ...pool,
      tokenIssuers: pool.tokenIssuers.map(change),
      clients: pool.clients.map((client) => ({
        ...client,
        claimsFromToken: client.claimsFromToken && {
          ...client.claimsFromToken,
          issuer: change(client.claimsFromToken.issuer),
        },
      })),
    })),
  };
}

/**
 * Gives the issuers that are pools of this server the addresses that they have here: an environment file names one port, and the
 * server may listen at any.
 *
 * @param issuerOf - What the tokens of a pool hold as `iss`.
 * @param cleanup - Ends the server of the keys.
 */
export async function moveOwnIssuers(
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

import type { AddressInfo } from 'node:net';
import { createTokenSigner, type TokenSigner } from '@cognito-m2m/claim-schema/testing';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import * as oauth from 'openid-client';
import { findPool } from '../support/token.ts';
import { createOrdersApi } from './orders-api.ts';
import { serviceEnvironment } from './service-environment.ts';

/** Everything around the orders API: local Cognito with two pools, and a third pool whose keys the tests hold. */
export interface ServiceWorld {
  readonly cognito: LocalEnvironment;
  /**
   * A pool that the API trusts only for the client `known-client`, with keys of our own: it signs what Amazon Cognito
   * never would.
   */
  readonly signer: TokenSigner;
  /** Gets a token from local Cognito with a standard OAuth client. */
  getToken(poolName: 'payments' | 'partners', request?: TokenOptions): Promise<string>;
  /** The address of the API. */
  readonly apiUrl: string;
  /** Calls the API. */
  call(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  close(): Promise<void>;
}

/** What to ask a token for. */
interface TokenOptions {
  /** @default all of the client's scopes */
  readonly scope?: string;
  /** Seconds by which local Cognito's clock is behind while it issues the token. @default 0 */
  readonly ageSeconds?: number;
}

/** The only client of the signer's pool that the API lets in. */
export const KNOWN_CLIENT = 'known-client';

/** Starts local Cognito with the production trigger, and the orders API on a port of its own. */
export async function startServiceWorld(): Promise<ServiceWorld> {
  let ageMs = 0;
  const clock = () => Date.now() - ageMs;
  const cognito = await startLocalEnvironment({ environment: serviceEnvironment, clock });
  const signer = createTokenSigner();
  const api = createOrdersApi([
    { issuer: { discover: findPool(cognito, 'payments').issuer }, clientIds: null },
    { issuer: signer.issuer, jwks: signer.jwks, clientIds: [KNOWN_CLIENT] },
  ]);
  await api.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}`;
  return {
    cognito,
    signer,
    apiUrl,
    async getToken(poolName, { ageSeconds = 0, scope } = {}) {
      ageMs = ageSeconds * 1000;
      const token = await requestToken(cognito, poolName, scope);
      ageMs = 0;
      return token;
    },
    call: (path, headers = {}, method = 'GET') => fetch(`${apiUrl}${path}`, { method, headers }),
    async close() {
      await api.close();
      await cognito.close();
    },
  };
}

async function requestToken(
  cognito: LocalEnvironment,
  poolName: string,
  scope: string | undefined,
) {
  const pool = findPool(cognito, poolName);
  const [client] = pool.clients;
  if (client === undefined) throw new Error(`pool ${poolName} has no client`);
  const { clientId, clientSecret } = client;
  const configuration = await oauth.discovery(
    new URL(pool.issuer),
    clientId,
    clientSecret,
    oauth.ClientSecretBasic(clientSecret),
    // Local Cognito speaks http: on loopback.
    { execute: [oauth.allowInsecureRequests] },
  );
  const parameters = scope === undefined ? undefined : { scope };
  const { access_token: token } = await oauth.clientCredentialsGrant(configuration, parameters);
  return token;
}

import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  type LocalEnvironmentOptions,
  startLocalEnvironment,
} from '../src/environment/start-local-environment.ts';

/** A trigger that does what the caller's metadata says. */
export const PUPPET_BUNDLE = new URL('./bundles/puppet.mjs', import.meta.url);

/** An environment of two pools, the first with two clients. */
export function anEnvironment() {
  return validateEnvironment(contract, {
    name: 'test',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    pools: {
      payments: {
        domainPrefix: 'acme-test-payments',
        resourceServers: { orders: { name: 'Orders', scopes: { read: 'Read', write: 'Write' } } },
        defaults: { claims: { environment: 'test' } },
        clients: {
          writer: {
            description: 'Writes orders',
            scopes: ['orders/read', 'orders/write'],
            accessTokenMinutes: 5,
            claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
          },
          reader: { description: 'Reads orders', scopes: ['orders/read'] },
        },
      },
      other: {
        domainPrefix: 'acme-test-other',
        resourceServers: { things: { name: 'Things', scopes: { read: 'Read' } } },
        defaults: { claims: { environment: 'test' } },
        clients: { lonely: { description: 'By itself', scopes: ['things/read'] } },
      },
    },
  });
}

/** A started server with short cuts to its first pool and client. */
export interface TestServer extends LocalEnvironment {
  readonly writer: { readonly clientId: string; readonly clientSecret: string };
  /** Sends a form to the first pool's token endpoint, the writer's credentials and grant type included. */
  request(form?: Record<string, string>): Promise<TestAnswer>;
  /** Sends anything to the first pool's token endpoint. */
  send(init: RequestInit): Promise<TestAnswer>;
}

/** An answer, read. */
interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  /** The token's payload, if there is a token. */
  readonly claims: Record<string, unknown>;
}

/** Starts a server on a free port; the puppet is its trigger by default. */
export async function startServer(
  options: Partial<LocalEnvironmentOptions> = {},
): Promise<TestServer> {
  const cognito = await startLocalEnvironment({
    environment: anEnvironment(),
    triggerBundle: PUPPET_BUNDLE,
    ...options,
  });
  const [pool] = cognito.pools;
  const [writer] = pool?.clients ?? [];
  if (pool === undefined || writer === undefined) throw new Error('The environment is empty.');
  const send = async (init: RequestInit) => readAnswer(await fetch(pool.tokenEndpoint, init));
  const credentials = { client_id: writer.clientId, client_secret: writer.clientSecret };
  const request = (form: Record<string, string> = {}) =>
    send({
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...credentials, ...form }),
    });
  return { ...cognito, writer, request, send };
}

/** The form field that makes the puppet act. */
export function act(name: string, text = ''): { aws_client_metadata: string } {
  return { aws_client_metadata: JSON.stringify({ [name]: text }) };
}

async function readAnswer(response: Response): Promise<TestAnswer> {
  const body = (await response.json()) as Record<string, unknown>;
  const [, payload] = String(body['access_token'] ?? '').split('.');
  const claims = payload ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {};
  return { status: response.status, headers: response.headers, body, claims };
}

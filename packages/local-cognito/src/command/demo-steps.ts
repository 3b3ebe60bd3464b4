import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Contract, requiredMetadata, resolveClaims } from '@cognito-m2m/claim-schema';
import { addSettings, createClaimsReader } from '@cognito-m2m/claims-store/reader';
import {
  type Client,
  type Environment,
  loadEnvironment,
  type Pool,
} from '@cognito-m2m/environment';
import { createTokenClient } from '@cognito-m2m/token-client';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { mapIssuers } from '../environment/own-issuers.ts';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '../environment/start-local-environment.ts';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalClient, LocalPool } from '../start-options.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';
import { buildTrigger } from './build-trigger.ts';
import { createStyle, type Style } from './run.ts';

/** What the demo works with. */
interface DemoEdges {
  readonly environment: Environment;
  readonly contract: Contract;
  /** Pools without a trigger. */
  readonly plain: LocalEnvironment;
  /** The same pools with the production trigger. */
  readonly customized: LocalEnvironment;
  readonly users: Pick<DemoUsers, 'requestToken'>;
  readonly print: (text: string) => void;
  readonly style: Style;
}

type Metadata = { readonly [key: string]: string };

/** A client as the environment file declares it. */
interface Declared {
  readonly pool: Pool;
  readonly client: Client;
}

/** Serves the environment `local` with the trigger and without it, and shows the tokens of both. */
export async function runDemo(contract: Contract): Promise<void> {
  const declared = await loadEnvironment('local', { contract });
  await buildTrigger();
  const users = await startDemoUsers(declared);
  const { environment } = users;
  // With the issuer of a real pool, the verifier needs no setting that production does not have.
  const behaviour = { issuerFormat: 'aws' } as const;
  const [plain, customized] = await Promise.all([
    startLocalEnvironment({ environment, behaviour, triggerBundle: null }),
    startLocalEnvironment({ environment, behaviour }),
  ]);
  const style = createStyle(process.stdout);
  const print = console.log;
  try {
    await showDemo({ environment, contract, plain, customized, users, print, style });
  } finally {
    await Promise.all([plain.close(), customized.close(), users.close()]);
  }
}

/** Shows a token before and after customization, its verification, a refusal, and a token on behalf of a user. */
export async function showDemo(edges: DemoEdges): Promise<void> {
  const { environment, plain, customized, print, style } = edges;
  const declared = environment.pools.flatMap((pool) =>
    pool.clients.map((client) => ({ pool, client })),
  );
  const choosing = declared.find(({ client }) => Object.keys(requiredMetadata(client)).length > 0);
  const acting = declared.find(({ client }) => client.claimsFromToken?.required === true);
  const shown = declared.find((one) => one !== choosing && one !== acting) ?? choosing ?? acting;
  if (shown === undefined) return print(`The environment "${environment.name}" has no client.`);
  const metadata = requiredMetadata(shown.client);

  print(style.bold(`1. The token that ${shown.client.name} gets without the trigger`));
  const before = await requestToken(...findDeployed(plain, shown), metadata);
  print(formatAnswer(before, style));

  const [pool, client] = findDeployed(customized, shown);
  print(style.bold('2. The same request with the trigger: each added claim and its layer'));
  const after = await requestToken(pool, client, metadata);
  const layers = await resolveLayers(edges, pool, client, after, metadata);
  print(formatAnswer(after, style, (name) => layers.get(name) ?? ''));

  if (after.status === 200) {
    await verifyToken(pool, client, after);
    print(style.bold('3. Verified as in production'));
    const checks = 'aws-jwt-verify checked signature, issuer, expiry, token use and client';
    print(`   ${style.good('valid')}: ${checks}\n`);
  }
  if (choosing !== undefined) await showRefusal(edges, choosing);
  if (after.status === 200) await showTokenClient(edges, shown, metadata);
  if (acting?.client.claimsFromToken !== undefined) {
    await showUserToken(edges, acting, acting.client.claimsFromToken.key);
  }
}

/** Shows what a good user token and a forged one come to; neither is printed. */
async function showUserToken(edges: DemoEdges, acting: Declared, key: string): Promise<void> {
  const { customized, users, print, style } = edges;
  const [pool, client] = findDeployed(customized, acting);
  const metadata = requiredMetadata(acting.client);
  const userToken = await users.requestToken();
  print(style.bold(`6. ${client.name} acts on behalf of a user, whose token it sends as ${key}`));
  print('   with the token of a user:');
  const good = await requestToken(pool, client, { ...metadata, [key]: userToken });
  const layers = await resolveLayers(edges, pool, client, good, metadata);
  print(formatAnswer(good, style, (name) => layers.get(name) ?? ''));
  print('   with the same token, its subject changed to "admin":');
  const forged = { ...metadata, [key]: forgeSubject(userToken) };
  print(formatAnswer(await requestToken(pool, client, forged), style));
}

/** Changes who the token is about, and leaves its signature as it is. */
function forgeSubject(token: string): string {
  const [header, , signature] = token.split('.');
  const payload = { ...decomposeUnverifiedJwt(token).payload, sub: 'admin' };
  return [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
}

/** Shows what a service pays for when it keeps its tokens. */
async function showTokenClient(
  { customized, print, style }: DemoEdges,
  declared: Declared,
  metadata: Metadata,
): Promise<void> {
  const [{ tokenEndpoint }, { clientId, clientSecret }] = findDeployed(customized, declared);
  const tokens = createTokenClient({
    endpoint: { tokenEndpoint },
    credentials: () => ({ clientId, clientSecret }),
  });
  const calls = Array.from({ length: 100 }, () => tokens.get({ metadata }));
  await Promise.all(calls);
  const { served, issued } = tokens.stats();
  print(style.bold('5. The same service with @cognito-m2m/token-client'));
  print(`   ${style.good(`${served} calls, ${issued} token${issued === 1 ? '' : 's'}`)}\n`);
}

async function showRefusal(
  { customized, print, style }: DemoEdges,
  declared: Declared,
): Promise<void> {
  const metadata = requiredMetadata(declared.client);
  const keys = Object.keys(metadata).join(', ');
  print(style.bold(`4. ${declared.client.name} must send metadata: ${keys}`));
  const [pool, client] = findDeployed(customized, declared);
  print('   without it:');
  print(formatAnswer(await requestToken(pool, client, {}), style));
  print('   with it:');
  print(formatAnswer(await requestToken(pool, client, metadata), style));
}

/** What the token endpoint answered. */
interface TokenAnswer {
  readonly status: number;
  /** The body of a refusal; empty for a token, which is never printed. */
  readonly refusal: string;
  readonly accessToken: string;
  /** The token's payload, not verified. */
  readonly payload: { readonly [name: string]: unknown };
}

/** Asks for a token over HTTP, as any OAuth client does. */
async function requestToken(
  pool: LocalPool,
  { clientId, clientSecret }: LocalClient,
  metadata: Metadata,
): Promise<TokenAnswer> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  if (Object.keys(metadata).length > 0) {
    body.set('aws_client_metadata', JSON.stringify(metadata));
  }
  const response = await fetch(pool.tokenEndpoint, { method: 'POST', body });
  const text = await response.text();
  const { status } = response;
  if (status !== 200) return { status, refusal: text, accessToken: '', payload: {} };
  const { access_token: accessToken }: { access_token: string } = JSON.parse(text);
  const payload = { ...decomposeUnverifiedJwt(accessToken).payload };
  return { status, refusal: '', accessToken, payload };
}

/**
 * Verifies a token with the verifier that resource servers use, unmodified.
 *
 * @throws What the verifier throws for a token that is not valid.
 */
async function verifyToken(
  pool: LocalPool,
  { clientId }: LocalClient,
  { accessToken }: TokenAnswer,
): Promise<void> {
  const verifier = CognitoJwtVerifier.create({
    userPoolId: pool.userPoolId,
    tokenUse: 'access',
    clientId,
  });
  // The key set comes from this machine; everything else is the verifier's own work.
  const keySet = await (await fetch(pool.jwksUri)).json();
  verifier.cacheJwks(keySet as Parameters<typeof verifier.cacheJwks>[0]);
  await verifier.verify(accessToken);
}

/** Asks the trigger's own resolver, over the records in the table. */
async function resolveLayers(
  { environment, contract, customized }: DemoEdges,
  pool: LocalPool,
  { clientId }: LocalClient,
  { payload }: TokenAnswer,
  metadata: Metadata,
): Promise<Map<string, string>> {
  const { region, dynamoDbEndpoint: endpoint, tableName } = customized;
  const dynamoDb = new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  const reader = createClaimsReader({ client: dynamoDb, tableName });
  const layers = await reader.readLayers(pool.userPoolId, clientId);
  const records = await addSettings(reader, pool.userPoolId, layers);
  dynamoDb.destroy();
  const scopes = String(payload['scope']).split(' ');
  const rules = { contract, sizeBudgetBytes: environment.trigger.sizeBudgetBytes };
  // The trigger has verified the user's token; here its claims are known by their values.
  const token = { outcome: 'verified', ageSeconds: 0, claims: payload } as const;
  const request = { clientId, scopes, metadata, token };
  const resolution = resolveClaims(records, request, Number(payload['iat']), rules);
  if (resolution.outcome === 'deny') return new Map();
  return new Map(
    Object.entries(resolution.provenance).map(([name, { layer, source }]) => [
      name,
      source === undefined ? layer : `${layer} ${source}`,
    ]),
  );
}

function formatAnswer(
  { status, refusal, payload }: TokenAnswer,
  style: Style,
  layerOf: (name: string) => string = () => '',
): string {
  if (status !== 200) return `   ${style.bad(String(status))} ${refusal}\n`;
  const nameWidth = Math.max(...Object.keys(payload).map((name) => name.length));
  const rows = Object.entries(payload).map(([name, value]) => {
    const layer = layerOf(name);
    const arrow = layer === '' ? '' : `  ← ${layer}`;
    return `   ${name.padEnd(nameWidth)}  ${JSON.stringify(value)}${arrow}`;
  });
  return `${rows.join('\n')}\n`;
}

function findDeployed(
  { pools }: LocalEnvironment,
  { pool: { name: poolName }, client: { name: clientName } }: Declared,
): [LocalPool, LocalClient] {
  const pool = pools.find(({ name }) => name === poolName);
  const client = pool?.clients.find(({ name }) => name === clientName);
  if (pool && client) return [pool, client];
  throw new Error(`Local Cognito does not serve ${poolName}/${clientName}.`);
}

/** A pool that stands in for every issuer of users' tokens that an environment declares. */
interface DemoUsers {
  /** The environment, with this pool as the issuer. */
  readonly environment: Environment;
  /** Issues a user token. */
  requestToken(): Promise<string>;
  close(): Promise<void>;
}

/** Starts the users' pool. Its only client is the user: local Cognito has no sign-in. */
export async function startDemoUsers(environment: Environment): Promise<DemoUsers> {
  const cognito = await startLocalCognito({
    region: environment.region,
    pools: { users: { clients: { user: { scopes: ['users/use'] } } } },
  });
  const [pool] = cognito.pools;
  const { issuer = '', tokenEndpoint = '' } = pool ?? {};
  const { clientId = '', clientSecret = '' } = pool?.clients[0] ?? {};
  const tokens = createTokenClient({
    endpoint: { tokenEndpoint },
    credentials: () => ({ clientId, clientSecret }),
  });
  return {
    environment: mapIssuers(environment, ({ name }) => ({
      name,
      issuer,
      clientIds: [clientId],
      audience: [],
      tokenUse: 'access',
    })),
    requestToken: async () => (await tokens.get()).accessToken,
    close: () => cognito.close(),
  };
}

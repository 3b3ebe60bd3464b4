import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { contract, resolveClaims } from '@cognito-m2m/claim-schema';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import type { Environment } from '@cognito-m2m/environment';
import type { LocalClient, LocalCognito, LocalPool } from '../start-options.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';
import { requestToken, type TokenAnswer, verifyToken } from './outside-client.ts';
import type { Style } from './style.ts';

/** What the demo works with. */
export interface DemoEdges {
  readonly environment: Environment;
  /** Pools without a trigger. */
  readonly plain: LocalCognito;
  /** The same pools with the production trigger. */
  readonly customized: LocalCognito;
  readonly print: (text: string) => void;
  readonly style: Style;
}

/** Shows a token before and after customisation, its verification, and a refusal. */
export async function showDemo(edges: DemoEdges): Promise<void> {
  const { plain, customized, print, style } = edges;
  print(style.bold('1. The token that the pool issues by itself'));
  const before = await requestToken(...clientOf(plain, 0));
  print(formatPayload(before.payload, () => ''));

  const [pool, client] = clientOf(customized, 0);
  print(style.bold('2. The same request with the trigger: each added claim and its layer'));
  const after = await requestToken(pool, client);
  const layers = await resolveLayers(edges, pool, client, after);
  print(formatPayload(after.payload, (name) => layers.get(name) ?? ''));

  print(style.bold('3. Verified as in production'));
  await verifyToken(pool, client, after);
  print(
    `   ${style.good('valid')}: aws-jwt-verify checked signature, issuer, expiry, token use and client\n`,
  );
  await showRefusal(edges);
}

async function showRefusal({ customized, print, style }: DemoEdges): Promise<void> {
  const [pool, client] = clientOf(customized, 1);
  print(style.bold(`4. ${client.name} must say for which tenant it asks`));
  const refused = await requestToken(pool, client);
  print(`   without a tenant  ${style.bad(String(refused.status))} ${refused.text}`);
  const metadata = { tenant: 't-1' };
  const allowed = await requestToken(pool, client, metadata);
  await verifyToken(pool, client, allowed);
  const claim = JSON.stringify(allowed.payload['tenant_id']);
  print(`   with tenant t-1   ${style.good(String(allowed.status))} tenant_id ${claim}\n`);
}

/** Asks the trigger's own resolver, over the records in the table. */
async function resolveLayers(
  { environment, customized }: DemoEdges,
  pool: LocalPool,
  client: LocalClient,
  { payload }: TokenAnswer,
): Promise<Map<string, string>> {
  const { region, dynamoDbEndpoint: endpoint, tableName } = customized;
  const dynamoDb = new DynamoDBClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  const reader = createClaimsReader({ client: dynamoDb, tableName });
  const records = await reader.readLayers(pool.userPoolId, client.clientId);
  dynamoDb.destroy();
  const scopes = String(payload['scope']).split(' ');
  const resolution = resolveClaims(
    records,
    { clientId: client.clientId, scopes },
    Number(payload['iat']),
    { contract, sizeBudgetBytes: environment.trigger.sizeBudgetBytes },
  );
  if (resolution.outcome === 'deny') return new Map();
  return new Map(
    Object.entries(resolution.provenance).map(([name, { layer, source }]) => [
      name,
      source === undefined ? layer : `${layer} ${source}`,
    ]),
  );
}

function formatPayload(payload: TokenAnswer['payload'], layerOf: (name: string) => string): string {
  const names = Object.keys(payload);
  const nameWidth = Math.max(...names.map((name) => name.length));
  const rows = Object.entries(payload).map(([name, value]) => {
    const text = JSON.stringify(value);
    const layer = layerOf(name);
    const arrow = layer === '' ? '' : `  ← ${layer}`;
    return `   ${name.padEnd(nameWidth)}  ${text}${arrow}`;
  });
  return `${rows.join('\n')}\n`;
}

function clientOf({ pools }: LocalCognito, position: number): [LocalPool, LocalClient] {
  const pool = pools[0];
  const client = pool?.clients[position];
  if (pool && client) return [pool, client];
  throw new Error(`The demo needs ${position + 1} clients in the first pool of the environment.`);
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { type PoolInput, validateEnvironment } from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { findClient } from '../support/token.ts';

/** Text that would run if it were ever taken for markup. */
export const HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

/** Starts a server with the production trigger, an override of each kind and a client of hostile strings. @param otherClients - How many more clients a second pool has. */
export async function startInspectedServer(otherClients = 6): Promise<LocalEnvironment> {
  const environment = validateEnvironment(contract, {
    name: 'local',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
    pools: { payments, logistics: manyClients(otherClients) },
  });
  const cognito = await startLocalEnvironment({ environment, contract });
  await addOverrides(cognito);
  return cognito;
}

const ORGANIZATION = { 'custom:organization_id': '12345' } as const;

const payments: PoolInput = {
  description: 'Services of the payments domain',
  domainPrefix: 'acme-local-payments',
  resourceServers: {
    orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
  },
  defaults: { claims: { environment: 'local' } },
  clients: {
    'billing-worker': {
      description: 'Invoices orders every night',
      scopes: ['orders/read', 'orders/write'],
      accessTokenMinutes: 30,
      claims: { ...ORGANIZATION, 'custom:role': 'editor', tier: 'free' },
      claimsByScope: { 'orders/write': { approval_limit: 5000 } },
      claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true } },
    },
    'retired-importer': {
      description: 'Was replaced',
      scopes: ['orders/read'],
      claims: ORGANIZATION,
    },
    'label-printer': {
      description: HOSTILE,
      scopes: ['orders/read'],
      claims: { 'custom:organization_id': HOSTILE },
      claimsFromMetadata: { tenant_id: { key: HOSTILE, allow: [HOSTILE] } },
    },
  },
};

function manyClients(count: number): PoolInput {
  const names = Array.from({ length: count }, (_, position) => `courier-${position + 1}`);
  const client = { description: 'Delivers', scopes: ['parcels/track'] };
  return {
    description: 'Parcels and their way',
    domainPrefix: 'acme-local-logistics',
    resourceServers: { parcels: { name: 'Parcels API', scopes: { track: 'Track parcels' } } },
    defaults: { claims: { environment: 'local' } },
    clients: Object.fromEntries(names.map((name) => [name, client])),
  };
}

async function addOverrides(cognito: LocalEnvironment): Promise<void> {
  const { region, dynamoDbEndpoint: endpoint, tableName } = cognito;
  const client = new DynamoDBClient({
    region,
    endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const writer = createClaimsWriter({ client, tableName });
  const now = Math.floor(Date.now() / 1000);
  const add = (name: string, override: object) => {
    const { clientId, pool } = findClient(cognito, 'payments', name);
    return writer.addOverride({
      kind: 'override',
      userPoolId: pool.userPoolId,
      clientId,
      revision: 1,
      disabled: false,
      claims: {},
      updatedBy: 'dana',
      reason: 'Upgrade to premium for the trial',
      updatedAt: new Date().toISOString(),
      ...override,
    });
  };
  await add('billing-worker', {
    revision: 3,
    claims: {
      tier: { value: 'premium', expiresAt: now + 14 * 86_400 },
      'custom:role': { value: 'admin' },
      permissions: { value: ['orders:refund'], expiresAt: now - 3600 },
      limits: { value: { perMinute: 30, burst: { calls: 5, seconds: 10 } } },
    },
  });
  await add('retired-importer', { disabled: true, reason: 'Replaced' });
  await add('label-printer', {
    updatedBy: HOSTILE,
    reason: HOSTILE,
    claims: { [HOSTILE]: { value: HOSTILE, expiresAt: now - 1 } },
  });
  client.destroy();
}

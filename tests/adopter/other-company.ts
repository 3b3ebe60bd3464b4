import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * Another company's files: no claim, pool, client, scope or environment of the sample but `local`, and no consumer.
 *
 * Texts rather than modules: they are compiled in the clone, under the contract that is written there.
 */
const CONTRACT = `import { type ClaimsOf, defineContract } from '@cognito-m2m/claim-schema';

/** What the services of Globex may know of each other. */
export const contract = defineContract({
  stage: { type: 'string', required: true, description: 'Where the pool is.' },
  vendor_code: { type: 'string', description: 'The vendor on whose behalf goods move.', gatewaySafe: true },
  'globex:desk': { type: 'string', values: ['inbound', 'outbound'], description: 'The desk.' },
  clearance: { type: 'number', description: 'From 1, the lowest, to 5.' },
  docks: { type: 'string[]', description: 'The docks that the service may open.' },
  is_night_shift: { type: 'boolean', description: 'True for services that run at night.' },
  depot: { type: 'string', description: 'The depot that the caller chooses.' },
  truck: { type: 'string', pattern: 'T[0-9]{1,3}', required: ['fleet'], description: 'The truck.' },
  quota: {
    type: 'object',
    description: 'How much the service may move.',
    members: { perHour: { type: 'number', integer: true, min: 1, required: true }, note: { type: 'string' } },
  },
});

/** The declared claims of one access token. */
export type ContractClaims = ClaimsOf<typeof contract>;
`;

const environment = (
  name: string,
  rest: string,
) => `import { defineEnvironment } from '@cognito-m2m/contract';

export default defineEnvironment({
  name: '${name}',
  region: 'us-east-2',
  owner: 'globex-platform',
  ${rest}
  pools: {
    warehouse: {
      description: 'Services of the warehouses',
      domainPrefix: 'globex-${name}-warehouse',
      resourceServers: {
        stock: { name: 'Stock API', scopes: { count: 'Count stock', move: 'Move stock' } },
      },
      defaults: { claims: { stage: '${name}' }, accessTokenMinutes: 20 },
      clients: {
        crane: {
          description: 'Lifts pallets',
          scopes: ['stock/count', 'stock/move'],
          claims: { vendor_code: 'V-77', 'globex:desk': 'inbound', docks: ['north', 'east'] },
          claimsByScope: { 'stock/move': { clearance: 3 } },
        },
        auditor: {
          description: 'Counts at night',
          scopes: ['stock/count'],
          claims: { is_night_shift: true },
          claimsFromMetadata: { depot: { key: 'depot', allow: ['d-1', 'd-22'], required: true } },
        },
      },
    },
    fleet: {
      description: 'Services of the trucks',
      domainPrefix: 'globex-${name}-fleet',
      resourceServers: { routes: { name: 'Routes API', scopes: { plan: 'Plan routes' } } },
      defaults: { claims: { stage: '${name}' } },
      clients: {
        router: {
          description: 'Plans routes',
          scopes: ['routes/plan'],
          claims: { truck: 'T12', quota: { perHour: 40 } },
        },
      },
    },
  },
});
`;

const PRODUCTION = `accountId: '333333333333',
  state: {
    type: 's3',
    bucket: 'globex-terraform-state',
    kmsKeyArn: 'arn:aws:kms:us-east-2:333333333333:key/00000000-0000-4000-8000-000000000003',
  },
  alarmTopicArn: 'arn:aws:sns:us-east-2:333333333333:alarms',`;

const README = `# Tokens at Globex

Claims are in \`packages/contract\`, pools and clients in \`infra/environments\`.
`;

/** The environments of the other company. */
export const OTHER_ENVIRONMENTS = ['local', 'production'] as const;

/** Replaces the team's files in a clone, except for the contract's snapshot and the golden tokens, which commands write. */
export async function writeOtherCompany(directory: string): Promise<void> {
  const files = {
    'README.md': README,
    'packages/contract/src/contract.ts': CONTRACT,
    'infra/environments/local.ts': environment('local', 'isDisposable: true,'),
    'infra/environments/production.ts': environment('production', PRODUCTION),
  };
  await rm(join(directory, 'packages/contract/consumers'), { recursive: true });
  await rm(join(directory, 'infra/environments'), { recursive: true });
  await mkdir(join(directory, 'infra/environments'));
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { M2M_BINARY } from '../support/m2m.ts';
import { runMeasured } from '../support/measured-process.ts';

jest.setTimeout(180_000);

const POOL_COUNT = 10;
const CLIENTS_PER_POOL = 1_000;
const MAX_PROCESSOR_MS = 20_000;
const MAX_MEMORY_MB = 500;

function anEnvironmentAtScale(tier: string) {
  const client = {
    description: 'One of many',
    scopes: ['orders/read', 'orders/write'],
    claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier },
    claimsByScope: { 'orders/write': { approval_limit: 5000 } },
  };
  const clients = Array.from({ length: CLIENTS_PER_POOL }, (_, index) => [
    `client-${index}`,
    client,
  ]);
  const pools = Array.from({ length: POOL_COUNT }, (_, index) => [
    `pool-${index}`,
    {
      domainPrefix: `acme-scale-${index}`,
      resourceServers: { orders: { name: 'Orders', scopes: { read: 'Read', write: 'Write' } } },
      defaults: { claims: { environment: 'scale' } },
      clients: Object.fromEntries(clients),
    },
  ]);
  const place = {
    name: 'scale',
    region: 'eu-central-1',
    owner: 'platform',
    state: { type: 'local' },
  };
  return { ...place, pools: Object.fromEntries(pools) };
}

let directory: string;
let cognito: LocalEnvironment;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'm2m-scale-'));
  // As in the repository: without it the loader takes the file for CommonJS.
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const environment = validateEnvironment(contract, anEnvironmentAtScale('premium'));
  cognito = await startLocalEnvironment({ environment, triggerBundle: null });
});
afterAll(async () => {
  await cognito.close();
  await rm(directory, { recursive: true });
});

/** Plans a file in which every client has this tier. */
async function planTier(tier: string) {
  const source = `export default ${JSON.stringify(anEnvironmentAtScale(tier))};\n`;
  await writeFile(join(directory, 'scale.ts'), source);
  const place = ['--env', 'scale', '--local-url', cognito.url, '--environments', directory];
  return runMeasured([M2M_BINARY, 'plan', ...place, '--json']);
}

test.each([
  ['unchanged', 'premium', 0],
  ['changed', 'free', 2],
])(
  'm2m plan compares 10,000 %s clients in under 20 s of a processor and 500 MB',
  async (state, tier, expected) => {
    const { exitCode, stdout, processorMs, peakMemoryMb } = await planTier(tier);

    console.log(
      `plan of 10,000 ${state} clients: ${(processorMs / 1000).toFixed(1)} s of a processor, ${peakMemoryMb.toFixed(0)} MB`,
    );
    const { isSame, counts } = JSON.parse(stdout);
    expect({ exitCode, isSame, counts }).toMatchObject({
      exitCode: expected,
      isSame: expected === 0,
      counts: { [state]: POOL_COUNT * CLIENTS_PER_POOL },
    });
    expect(processorMs).toBeLessThan(MAX_PROCESSOR_MS);
    expect(peakMemoryMb).toBeLessThan(MAX_MEMORY_MB);
  },
);

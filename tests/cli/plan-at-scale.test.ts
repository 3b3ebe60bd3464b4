import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateEnvironment } from '@cognito-m2m/environment';
import { startLocalCognito } from '@cognito-m2m/local-cognito';
import { expect, jest, test } from '@jest/globals';
import { runBinary } from './run-binary.ts';

jest.setTimeout(180_000);

const POOL_COUNT = 10;
const CLIENTS_PER_POOL = 1_000;
const MAX_DURATION_MS = 20_000;
const MAX_MEMORY_MB = 500;

function anEnvironmentAtScale() {
  const client = {
    description: 'One of many',
    scopes: ['orders/read', 'orders/write'],
    claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
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

test('plans 10,000 clients in under 20 s and 500 MB', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'm2m-scale-'));
  const input = anEnvironmentAtScale();
  await writeFile(join(directory, 'scale.ts'), `export default ${JSON.stringify(input)};\n`);
  // As in the repository: without it the loader takes the file for CommonJS.
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const environment = validateEnvironment(input);
  const cognito = await startLocalCognito({ environment, triggerBundle: null });
  const place = ['--env', 'scale', '--local-url', cognito.url, '--environments', directory];

  const { exitCode, stdout, durationMs, peakMemoryMb } = await runBinary([
    'plan',
    ...place,
    '--json',
  ]);

  await cognito.close();
  await rm(directory, { recursive: true });
  console.log(
    `plan of 10,000 clients: ${(durationMs / 1000).toFixed(1)} s, ${peakMemoryMb.toFixed(0)} MB`,
  );
  const { isSame, counts } = JSON.parse(stdout);
  expect({ exitCode, isSame, counts }).toMatchObject({
    exitCode: 0,
    isSame: true,
    counts: { unchanged: POOL_COUNT * CLIENTS_PER_POOL },
  });
  expect(durationMs).toBeLessThan(MAX_DURATION_MS);
  expect(peakMemoryMb).toBeLessThan(MAX_MEMORY_MB);
});

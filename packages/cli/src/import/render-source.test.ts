import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { environmentArbitrary } from '../../test/environment-arbitrary.ts';

import { formatSource, renderSource } from './write-source.ts';

/** A process of the formatter for each file, on a machine that may be busy. */
const FORMAT_TIMEOUT_MS = 60_000;
const NOTE = { what: 'MFA is ON.', why: 'It is for users.', outcome: 'It stays.' };

/** What the file would export, without the module system in between. */
function evaluate(source: string): EnvironmentInput {
  const body = source
    .replace(/^import .*$/m, '')
    .replace('export default defineEnvironment(', 'return (');
  return new Function(body)();
}

test('a file reads as people write it', async () => {
  const source = await formatSource(renderSource(anEnvironment(), []));

  expect(source).toBe(`import { defineEnvironment } from '@cognito-m2m/contract';

export default defineEnvironment({
  name: 'test',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' },
  pools: {
    payments: {
      domainPrefix: 'acme-test-payments',
      resourceServers: {
        orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
      },
      defaults: { claims: { environment: 'test' } },
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read', 'orders/write'],
          claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
        },
      },
    },
  },
});
`);
});

test.each([
  ['the environment', {}, 'pools: {', '// Not declared: MFA is ON.'],
  ['a pool', { pool: 'payments' }, 'payments: {', '// Not declared: MFA is ON.'],
  [
    'a client',
    { pool: 'payments', client: 'billing-worker' },
    "'billing-worker': {",
    '// Not declared: MFA is ON.',
  ],
  [
    'a client that is left out',
    { pool: 'payments', client: 'web\napp' },
    'payments: {',
    '// Not declared: web app: MFA is ON.',
  ],
])('a note about %s stands before it', async (_case, place, line, comment) => {
  const source = await formatSource(renderSource(anEnvironment(), [{ place, ...NOTE }]));

  const lines = source.split('\n').map((text) => text.trim());
  expect(lines[lines.indexOf(line) - 1]).toBe(comment);
});

test('a pool without clients is a file all the same', async () => {
  const input = anEnvironment({ pools: { payments: aPool({ clients: {} }) } });

  expect(evaluate(await formatSource(renderSource(input, [])))).toEqual(input);
});

test(
  'whatever the file says, it exports the same, and the repository’s formatter does not change it',
  async () => {
    const inputs = fc.sample(environmentArbitrary, 12);
    const directory = await mkdtemp(join(tmpdir(), 'm2m-sources-'));

    const sources = await Promise.all(inputs.map((input) => formatSource(renderSource(input, []))));
    for (const [index, source] of sources.entries()) {
      await writeFile(join(directory, `environment-${index}.ts`), source);
    }
    const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
    const config = join(import.meta.dirname, '../../../../biome.json');
    const settings = [`--config-path=${config}`, '--vcs-enabled=false'];
    const check = spawnSync(process.execPath, [biome, 'format', ...settings, directory]);

    await rm(directory, { recursive: true });
    expect(sources.map(evaluate)).toEqual(inputs);
    expect(`${check.stdout}${check.stderr}`).toContain('12 files');
    expect(check.status).toBe(0);
  },
  FORMAT_TIMEOUT_MS,
);

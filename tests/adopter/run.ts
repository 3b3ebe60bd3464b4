import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFork } from './fork.ts';
import { OTHER_ENVIRONMENTS } from './other-company.ts';

/*
 * `pnpm adopt`: another company adopts this repository, takes its next version and renames its scope. CI runs it.
 *
 * Everything that company runs has to be green before and after: check, demo, synth and the tests of every workspace but
 * `tests`. After the upgrade, tests run again where the version changed code or the team has data. With `--full`, the whole
 * test suite runs both times.
 */
const isFull = process.argv.includes('--full');
const BEFORE = isFull ? [] : ['--filter=!@cognito-m2m/tests'];
const AFTER = isFull
  ? []
  : ['contract', 'infra', 'pre-token-generation'].map((name) => `--filter=@cognito-m2m/${name}`);

const fork = await timed('clones and installs', createFork);
const { directory, pnpm } = fork;
try {
  await timed('adopts', fork.adopt);
  await verify(BEFORE);
  await timed('merges the next version', upgrade);
  await verify(AFTER);
  await timed('renames the scope', rename);
  process.stdout.write('Another company can adopt this repository and upgrade it.\n');
} catch (error) {
  process.stdout.write('failed\n');
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await fork.remove();
}

async function verify(scope: readonly string[]): Promise<void> {
  await timed('check', () => pnpm('check'));
  await timed('tokens:check', checkTokens);
  await timed('demo', checkDemo);
  for (const name of OTHER_ENVIRONMENTS) await timed(`synth ${name}`, () => checkSynth(name));
  await timed('test', async () => {
    const output = await pnpm('exec', 'turbo', 'run', 'test', '--continue', ...scope);
    process.stdout.write(`${countTests(output)}, `);
  });
}

async function checkTokens(): Promise<void> {
  await pnpm('tokens:check');
  const golden = await readFile(join(directory, 'infra/environments/golden-tokens.json'), 'utf8');
  assert.deepEqual(Object.keys(JSON.parse(golden)), [...OTHER_ENVIRONMENTS]);
  assert.match(golden, /vendor_code/);
}

async function checkDemo(): Promise<void> {
  const output = await pnpm('demo');
  assert.match(output, /vendor_code/);
  assert.doesNotMatch(output, /undefined/);
  // No token is printed.
  assert.doesNotMatch(output, /eyJ[\w-]+\.[\w-]+\.[\w-]+/);
}

async function checkSynth(name: string): Promise<void> {
  await pnpm('synth', name);
  const stacks = await readdir(join(directory, `infra/cdktf.out/${name}/stacks`));
  const expected = ['claims', 'pool-fleet', 'pool-warehouse'].map((stack) => `${name}-${stack}`);
  for (const stack of expected) assert.ok(stacks.includes(stack), `no stack ${stack}`);
}

async function upgrade(): Promise<void> {
  await fork.releaseNextVersion();
  await fork.upgrade();
  assert.deepEqual(await fork.listProductChanges(), []);
  assert.match(await readFile(join(directory, 'README.md'), 'utf8'), /^# Tokens at Globex/);
  for (const file of ['infra/environments/staging.ts', 'packages/contract/consumers']) {
    await assert.rejects(access(join(directory, file)), { code: 'ENOENT' });
  }
}

async function rename(): Promise<void> {
  assert.deepEqual(await fork.renameScope(), []);
  await pnpm('check');
}

async function timed<T>(name: string, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  process.stdout.write(`${name} … `);
  const result = await run();
  process.stdout.write(`${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  return result;
}

/** Adds up what the suites of all workspaces say, results out of the cache included. */
function countTests(output: string): string {
  const sum = (pattern: RegExp) =>
    [...output.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
  const passed = sum(/Tests: .*?(\d+) passed/g);
  const skipped = sum(/Tests: .*?(\d+) skipped/g);
  const suites = sum(/Test Suites: .*?(\d+) passed/g);
  return `${passed} tests in ${suites} suites passed, ${skipped} skipped`;
}

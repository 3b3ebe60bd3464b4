import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createFork } from './fork.ts';
import { OTHER_ENVIRONMENTS } from './other-company.ts';

/*
 * `pnpm adopt`: another company adopts this repository, takes its next version and renames its scope.
 *
 * Everything that the company runs has to be green before and after the upgrade: check, demo, synth, and the unit tests of
 * every workspace. `--full` adds the tests that cross workspaces, which take most of the time.
 *
 * Turborepo's cache is that of this repository. A result comes out of it only if the hash of everything that the task depends
 * on is the same in both, and so cannot depend on the company's data. The output says how many did.
 */
const scope = process.argv.includes('--full') ? [] : ['--filter=!@cognito-m2m/tests'];

const fork = await timed('clones and installs', createFork);
const { directory, pnpm } = fork;
try {
  await timed('adopts', fork.adopt);
  await verify();
  await timed('merges the next version', upgrade);
  await verify();
  await timed('renames the scope', rename);
  process.stdout.write('Another company can adopt this repository and upgrade it.\n');
} catch (error) {
  process.stdout.write('failed\n');
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await fork.remove();
}

async function verify(): Promise<void> {
  await timed('check', check);
  await timed('demo', checkDemo);
  for (const name of OTHER_ENVIRONMENTS) await timed(`synth ${name}`, () => checkSynth(name));
  await timed('test', async () => {
    const output = await pnpm('exec', 'turbo', 'run', 'test', '--continue', ...scope);
    process.stdout.write(`${countTests(output)}, `);
  });
}

async function check(): Promise<void> {
  await pnpm('check');
  const golden = await readFile(join(directory, 'infra/environments/golden-tokens.json'), 'utf8');
  assert.deepEqual(Object.keys(JSON.parse(golden)), [...OTHER_ENVIRONMENTS]);
  for (const name of ['vendor_code', 'truck', 'perHour']) assert.ok(golden.includes(name), name);
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
  const folder = join(directory, `infra/cdktf.out/${name}/stacks`);
  const stacks = await readdir(folder);
  const expected = ['claims', 'pool-fleet', 'pool-warehouse'].map((stack) => `${name}-${stack}`);
  for (const stack of expected) assert.ok(stacks.includes(stack), `no stack ${stack}`);
  const claims = await readFile(join(folder, `${name}-claims`, 'cdk.tf.json'), 'utf8');
  assert.ok(claims.includes(`"CLAIMS_VERSION": "${await readVersion()}"`), 'another version');
}

/** The version of the clone: what its manifests say is what `m2m` prints and what a deploy writes next to the trigger. */
async function readVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const printed = (await pnpm('--silent', 'm2m', '--version')).trim().split('\n').at(-1);
  assert.equal(printed, version);
  return version;
}

async function upgrade(): Promise<void> {
  const before = await readVersion();
  await fork.releaseNextVersion();
  await fork.upgrade();
  const [major, minor] = before.split('.').map(Number);
  assert.equal(await readVersion(), `${major}.${Number(minor) + 1}.0`);
  const changes = await readFile(join(directory, 'CHANGELOG.md'), 'utf8');
  assert.match(changes, /^# .*\n\n## .*\n\n### New\n\n- The next version says more\.\n\n## /);
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
  const [, cached, tasks] =
    /Cached: .*?(\d+) cached, (\d+) total/.exec(stripVTControlCharacters(output)) ?? [];
  const ran = `${passed} tests in ${suites} suites passed, ${skipped} skipped`;
  return `${ran} (${cached} of ${tasks} tasks out of the cache: nothing they depend on differs)`;
}

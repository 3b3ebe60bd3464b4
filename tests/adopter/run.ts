import { createFork, type Fork } from './fork.ts';
import { OTHER_ENVIRONMENTS } from './other-company.ts';

/*
 * `pnpm adopt`: another company adopts this repository and takes its next version. Before and after that, everything a
 * team runs has to be green: check, demo, synth and the tests of every workspace but `tests`; with `--full` those as well.
 */
const isFull = process.argv.includes('--full');
const fork = await createFork();
try {
  await timed('adopts', () => fork.adopt());
  await verify(fork);
  await timed('merges the next version', async () => {
    await fork.releaseNextVersion();
    await fork.upgrade();
  });
  await verify(fork);
  await timed('renames the scope', () => fork.renameScope());
  await timed('check', () => fork.pnpm('check'));
  process.stdout.write('Another company can adopt this repository and upgrade it.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await fork.remove();
}

async function verify({ pnpm }: Fork): Promise<void> {
  await timed('check', () => pnpm('check'));
  await timed('demo', () => pnpm('demo'));
  for (const environment of OTHER_ENVIRONMENTS) {
    await timed(`synth ${environment}`, () => pnpm('synth', environment));
  }
  const scope = isFull ? [] : ['--filter=!@cognito-m2m/tests'];
  await timed('test', async () =>
    countTests(await pnpm('exec', 'turbo', 'run', 'test', '--continue', ...scope)),
  );
}

async function timed(name: string, run: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  process.stdout.write(`${name} … `);
  const result = await run();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const detail = name === 'test' ? `, ${String(result)}` : '';
  process.stdout.write(`${seconds} s${detail}\n`);
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

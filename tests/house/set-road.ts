import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { startLocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { repositoryRoot } from '../support/repository.ts';

/*
 * How many source files `m2m set` goes through from the command line to DynamoDB: `pnpm measure:set`.
 *
 * The road is every file with a function on the stack of the write, callers that await included. What runs is every file with
 * a function that was called: the road, and what reads, checks, predicts and renders on its way.
 */
const folder = await mkdtemp(join(tmpdir(), 'm2m-road-'));
const writes = join(folder, 'writes.txt');
const coverage = join(folder, 'coverage');
const environment = await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS });
const cognito = await startLocalEnvironment({ environment });
try {
  await runSet(cognito.url);
  const road = filesIn(await readFile(writes, 'utf8'));
  const called = await calledFiles();
  print('On the stack of the write', road);
  print('Whose functions run', called);
} finally {
  await cognito.close();
  await rm(folder, { recursive: true });
}

async function runSet(url: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', '--import', fileURLToPath(import.meta.resolve('./record-writes.mjs'))],
      ...[join(repositoryRoot, 'packages/cli/src/m2m.ts'), 'set', 'payments', 'billing-worker'],
      ...[
        'tier=free',
        '--reason',
        'to measure the way',
        '--yes',
        '--env',
        'local',
        '--local-url',
        url,
      ],
      ...['--environments', FIXTURE_ENVIRONMENTS],
    ],
    {
      env: { ...process.env, M2M_WRITES: writes, NODE_V8_COVERAGE: coverage },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`m2m set ended with ${exitCode}.`);
}

/** Prints how many files there are, in all and by workspace; `--list` names them. */
function print(what: string, files: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const file of files) {
    const workspace = file.split('/').slice(0, 2).join('/');
    counts.set(workspace, (counts.get(workspace) ?? 0) + 1);
  }
  const workspaces = [...counts].map(([workspace, count]) => `${workspace} ${count}`);
  process.stdout.write(`${what}: ${files.length} files (${workspaces.join(', ')})\n`);
  if (process.argv.includes('--list')) {
    process.stdout.write(files.map((file) => `  ${file}\n`).join(''));
  }
}

/** The product's source files in a stack trace, the outermost first, each once. */
function filesIn(stack: string): string[] {
  const paths = [...stack.matchAll(/(\/[^\s():]+\/src\/[^\s():]+\.ts)/g)];
  return [...new Set(paths.map(([, path = '']) => relative(repositoryRoot, path)).toReversed())];
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly count: number }[];
  }[];
}

/** The product's source files of which a named function was called, by name. */
async function calledFiles(): Promise<string[]> {
  const reports = await Promise.all(
    (await readdir(coverage)).map(async (name) => {
      const text = await readFile(join(coverage, name), 'utf8');
      return (JSON.parse(text) as { readonly result: readonly ScriptCoverage[] }).result;
    }),
  );
  const called = reports.flat().filter(({ functions }) =>
    functions.some(
      // `__name` is what the loader adds to each file.
      ({ functionName: name, ranges }) => !/^(?:__name)?$/.test(name) && ranges[0]?.count !== 0,
    ),
  );
  return [...new Set(called.flatMap(({ url }) => filesIn(url)))].toSorted();
}

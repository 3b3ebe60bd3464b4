import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MeasuredRun, runMeasured } from '../../support/measured-process.ts';
import { benchEnvironment } from './bench-environment.ts';

const { resolve } = createRequire(import.meta.url);

const APP = resolve('@cognito-m2m/infra/main');
const throughTsx = (program: string) => ['--import', resolve('tsx'), program];

/** What is measured: the app as `cdktf` runs it, only its first part, plain CDKTF, and the command that people type. */
const PROGRAMS = {
  ours: throughTsx(APP),
  loadOnly: throughTsx(fileURLToPath(new URL('load-only.ts', import.meta.url))),
  blockPerClient: throughTsx(fileURLToPath(new URL('block-per-client.ts', import.meta.url))),
  command: [...throughTsx(resolve('@cognito-m2m/infra/command')), 'synth', 'bench'],
};

/** A program that is measured. */
export type ProgramName = keyof typeof PROGRAMS;

/** One run of each program over one environment. */
export type Round = { readonly [name in ProgramName]: MeasuredRun };

/** Runs every program once, each in a fresh process and an empty folder. @throws If one fails. */
export async function measureRound(clientsPerPool: number): Promise<Round> {
  return {
    ours: await measure('ours', clientsPerPool),
    loadOnly: await measure('loadOnly', clientsPerPool),
    blockPerClient: await measure('blockPerClient', clientsPerPool),
    command: await measure('command', clientsPerPool),
  };
}

async function measure(name: ProgramName, clientsPerPool: number): Promise<MeasuredRun> {
  const root = await mkdtemp(join(tmpdir(), 'bench-synth-'));
  const cwd = join(root, 'infra');
  await mkdir(join(cwd, 'environments'), { recursive: true });
  await writeFile(join(cwd, 'package.json'), '{ "type": "module" }');
  const data = JSON.stringify(benchEnvironment(clientsPerPool));
  await writeFile(join(cwd, 'environments', 'bench.ts'), `export default ${data};\n`);
  try {
    const variables = { M2M_ENV: 'bench', CHECKPOINT_DISABLE: '1' };
    const run = await runMeasured(PROGRAMS[name], { cwd, variables });
    if (run.exitCode !== 0) throw new Error(`${name} ended with ${run.exitCode}: ${run.stderr}`);
    return run;
  } finally {
    await rm(root, { recursive: true });
  }
}

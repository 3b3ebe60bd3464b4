import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { mustRun } from './must-run.ts';

const execute = promisify(execFile);

/** What a real deploy on this machine needs. */
export interface DeployTools {
  /** The folder that holds `registry.terraform.io/hashicorp/aws`. */
  readonly providerMirror: string;
  /** A Python that has moto's server. */
  readonly python: string;
}

/** The tools, or what is missing, one sentence each. */
type FoundTools =
  | { readonly isComplete: true; readonly tools: DeployTools }
  | { readonly isComplete: false; readonly missing: readonly string[] };

/** Looks for Terraform, a mirror of the AWS provider and moto. */
async function findDeployTools(): Promise<FoundTools> {
  const [terraform, providerMirror, python] = await Promise.all([
    findProgram('terraform'),
    findProviderMirror(),
    findPythonWithMoto(),
  ]);
  if (terraform !== undefined && providerMirror !== undefined && python !== undefined) {
    return { isComplete: true, tools: { providerMirror, python } };
  }
  return {
    isComplete: false,
    missing: [
      ...(terraform === undefined ? ['terraform is not on the PATH'] : []),
      ...(providerMirror === undefined
        ? ['no unpacked mirror of the AWS provider; name one with TF_PROVIDER_MIRROR']
        : []),
      ...(python === undefined ? ['no Python has moto: pip install "moto[server]"'] : []),
    ],
  };
}

/** Looks where Terraform itself looks, and under the folders of optional software. */
async function findProviderMirror(): Promise<string | undefined> {
  const named = process.env['TF_PROVIDER_MIRROR'];
  const optional = await readdir('/opt').catch(() => []);
  const candidates = [
    ...(named === undefined ? [] : [named]),
    join(homedir(), '.terraform.d', 'plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    ...optional.map((name) => join('/opt', name)),
  ];
  return findFirst(candidates, (folder) =>
    canRead(join(folder, 'registry.terraform.io', 'hashicorp', 'aws')),
  );
}

/** The Python that moto's own command runs on, or else any. */
async function findPythonWithMoto(): Promise<string | undefined> {
  const command = await findProgram('moto_server');
  const firstLine = command === undefined ? '' : await readFirstLine(command);
  const interpreter = /^#!(\S*python\S*)/.exec(firstLine)?.[1];
  const candidates = [...(interpreter === undefined ? [] : [interpreter]), 'python3'];
  return findFirst(candidates, (python) =>
    execute(python, ['-c', 'import moto.server']).then(
      () => true,
      () => false,
    ),
  );
}

async function findProgram(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return findFirst(
    folders.map((folder) => join(folder, name)),
    canRead,
  );
}

async function readFirstLine(file: string): Promise<string> {
  return (await readFile(file, 'latin1')).split('\n', 1)[0] ?? '';
}

async function findFirst<T>(
  candidates: readonly T[],
  accepts: (candidate: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const candidate of candidates) if (await accepts(candidate)) return candidate;
  return undefined;
}

async function canRead(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Finds what a real deploy needs, for a test file that can't run without it.
 *
 * @returns `undefined` where something is missing and may be; says what.
 * @throws If something is missing and `M2M_REQUIRE_ALL_TESTS` is `1`.
 */
export async function requiredTools(): Promise<DeployTools | undefined> {
  const found = await findDeployTools();
  if (found.isComplete) return found.tools;
  const reason = found.missing.join('; ');
  if (mustRun) throw new Error(`The deploy tests must run here, but ${reason}.`);
  process.stderr.write(`skipped: the deploy tests, because ${reason}\n`);
  return undefined;
}

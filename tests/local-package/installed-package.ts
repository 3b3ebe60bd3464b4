import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { LocalCognito } from '@cognito-m2m/local-cognito';
import { repositoryRoot } from '../support/repository.ts';
import { tokenForm } from '../support/token.ts';

/** An empty folder with the packed package installed, and nothing of this repository. */
export interface InstalledPackage {
  readonly directory: string;
  readonly tarball: string;
  /** Writes a file into the folder. */
  write(file: string, text: string): Promise<void>;
  /** Runs a program in the folder; a failure rejects with its output. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** Links a package of this repository's installation, such as a test runner. */
  link(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Nothing may come from a registry; the optional dependency keeps data between runs. */
const INSTALL = ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund'];

/** Packs the package as it is published, and installs it with npm into an empty folder. */
export async function installPackage(): Promise<InstalledPackage> {
  const directory = await mkdtemp(join(tmpdir(), 'local-package-'));
  const packed = join(repositoryRoot, 'packages/local-cognito/dist/package');
  const flags = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const { stdout } = await promisify(execFile)('npm', flags, { cwd: packed });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const tarball = join(directory, filename);
  await writeFile(join(directory, 'package.json'), '{"name":"service","private":true}');
  const run = createRun(directory);
  await run('npm', [...INSTALL, tarball]);
  return {
    directory,
    tarball,
    run,
    write: (file, text) => writeFile(join(directory, file), text),
    async link(name) {
      const installed = await realpath(join(repositoryRoot, 'tests/node_modules', name));
      await symlink(installed, join(directory, 'node_modules', name));
      return installed;
    },
    remove: () => rm(directory, { recursive: true }),
  };
}

function createRun(cwd: string) {
  return async (command: string, args: readonly string[]): Promise<string> => {
    // The conditions and flags of Jest are not those of a stranger's project.
    const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };
    const running = promisify(execFile)(command, args, { cwd, env });
    running.child.stdin?.end();
    const { stdout, stderr } = await running.catch(
      (error: Error & { stdout?: string; stderr?: string }) => {
        throw new Error(`${command} failed: ${error.message}\n${error.stdout}${error.stderr}`);
      },
    );
    return `${stdout}${stderr}`;
  };
}

/** A program that runs until it is stopped. */
interface RunningProgram {
  /** The first line that it printed. */
  readonly firstLine: string;
  readonly child: ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a program in the folder and waits for its first line. @throws With its standard error if it ends before. */
export async function startProgram(
  { directory }: Pick<InstalledPackage, 'directory'>,
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: '', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  for await (const firstLine of createInterface({ input: child.stdout })) {
    return {
      firstLine,
      child,
      async stop(signal = 'SIGTERM') {
        child.kill(signal);
        const [exitCode] = await closed;
        return exitCode;
      },
    };
  }
  throw new Error(`${command} ended without its first line: ${stderr}`);
}

/** A running command of the package. */
export interface RunningCommand extends RunningProgram {
  readonly cognito: LocalCognito;
}

/** Runs `local-cognito --json` out of the installed package. */
export async function startCommand(
  installed: Pick<InstalledPackage, 'directory'>,
  ...args: string[]
): Promise<RunningCommand> {
  const command = join(installed.directory, 'node_modules/.bin/local-cognito');
  const program = await startProgram(installed, command, ['--json', '--port=0', ...args]);
  return { ...program, cognito: JSON.parse(program.firstLine) };
}

/**
 * Asks for a token of the first client, and reads its claims.
 *
 * @throws With the text of the answer if it is not a token.
 */
export async function claimsOf(
  { cognito: { pools } }: RunningCommand,
  metadata?: object,
): Promise<Record<string, unknown>> {
  const [pool] = pools;
  const [client] = pool?.clients ?? [];
  if (!pool || !client) throw new Error('The command serves no client.');
  const fields = metadata && { aws_client_metadata: JSON.stringify(metadata) };
  const response = await fetch(pool.tokenEndpoint, {
    method: 'POST',
    body: tokenForm(client, fields),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const [, payload = ''] = String(JSON.parse(text).access_token).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

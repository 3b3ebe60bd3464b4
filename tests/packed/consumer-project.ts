import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/repository.ts';

/** How a program ended, whatever its exit code. */
interface Ended {
  readonly code: number;
  readonly output: string;
}

/** An empty project of another team, with the packed packages installed. */
export interface ConsumerProject {
  readonly directory: string;
  /** The packed files, by package folder. */
  readonly tarballs: { readonly [folder: string]: string };
  /** Writes a file and runs it with Node. */
  run(file: string, text: string): Promise<Ended>;
  /** Writes files and compiles them with this repository's TypeScript, declarations of libraries included. */
  compile(files: { readonly [name: string]: string }): Promise<Ended>;
  remove(): Promise<void>;
}

/** Nothing here may come from a registry: what is installed is what was packed. */
const NPM_INSTALL = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts'];

/**
 * Packs claim-schema, verifier and token-client as they are published, and installs them with npm. The contract has gone on since the
 * verifier was published: it is one version newer.
 */
export async function createConsumerProject(): Promise<ConsumerProject> {
  const root = await mkdtemp(join(tmpdir(), 'packed-'));
  const directory = join(root, 'service');
  await mkdir(directory);
  const tarballs = {
    'claim-schema': await packNewerContract(root),
    verifier: await npmPack(publishedFolder('verifier'), root),
    'token-client': await npmPack(publishedFolder('token-client'), root),
  };
  const manifest = { name: 'service', private: true };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  const library = await packLibrary(root);
  await succeed('npm', [...NPM_INSTALL, ...Object.values(tarballs), library], directory);
  return {
    directory,
    tarballs,
    async run(file, text) {
      await writeFile(join(directory, file), text);
      return execute(process.execPath, [file], directory);
    },
    async compile(files) {
      for (const [file, text] of Object.entries(files))
        await writeFile(join(directory, file), text);
      const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
      const flags =
        '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2022';
      const args = [compiler, ...flags.split(' '), '--types', '', ...Object.keys(files)];
      return execute(process.execPath, args, directory);
    },
    remove: () => rm(root, { recursive: true }),
  };
}

// `turbo build` has made the folder that npm packs.
const publishedFolder = (name: string): string =>
  join(repositoryRoot, 'packages', name, 'dist/package');

async function packNewerContract(destination: string): Promise<string> {
  const copy = join(destination, 'claim-schema');
  await cp(publishedFolder('claim-schema'), copy, { recursive: true });
  const flags = ['--no-git-tag-version', '--ignore-scripts', 'patch'];
  await promisify(execFile)('npm', ['version', ...flags], { cwd: copy });
  return npmPack(copy, destination);
}

// The one library that verifier needs, from this repository's own installation instead of a registry.
async function packLibrary(destination: string): Promise<string> {
  const copy = join(destination, 'aws-jwt-verify');
  const installed = join(repositoryRoot, 'packages/verifier/node_modules/aws-jwt-verify');
  await cp(installed, copy, { recursive: true, dereference: true });
  return npmPack(copy, destination);
}

async function npmPack(folder: string, destination: string): Promise<string> {
  const flags = ['--json', '--ignore-scripts', '--pack-destination', destination];
  const { stdout } = await promisify(execFile)('npm', ['pack', ...flags], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  return join(destination, filename);
}

async function succeed(command: string, args: string[], cwd: string): Promise<void> {
  const { code, output } = await execute(command, args, cwd);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
}

async function execute(command: string, args: string[], cwd: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd });
    return { code: 0, output: `${stdout}${stderr}` };
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? 1, output: `${stdout}${stderr}` };
  }
}

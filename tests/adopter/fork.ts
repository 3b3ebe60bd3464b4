import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { listFiles } from '../house/source-tree.ts';
import { findPnpm, withPnpm } from '../support/pnpm.ts';
import { repositoryRoot } from '../support/repository.ts';
import { writeOtherCompany } from './other-company.ts';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 2 ** 26;
const PRODUCT_BRANCH = 'product';
const TEAM_BRANCH = 'globex';

/** A clone of this repository in which another company works. */
export interface Fork {
  readonly directory: string;
  /** Runs a script of the repository there. @returns What it printed. @throws If it fails, with what it printed. */
  pnpm(...args: readonly string[]): Promise<string>;
  /** Puts the other company's contract, environments and README in place of the sample's, and commits them. */
  adopt(): Promise<void>;
  /**
   * Adds a version to the product that changes product files, and sample files that the team replaced or deleted, and releases
   * it as maintainers do.
   */
  releaseNextVersion(): Promise<void>;
  /** Merges that version as `docs/upgrade.md` says. */
  upgrade(): Promise<void>;
  /** Renames the scope of all packages to `@globex`, and commits that. @returns The files that still name the old scope. */
  renameScope(): Promise<string[]>;
  /** Files that differ between the product's next version and the fork, other than the team's. */
  listProductChanges(): Promise<string[]>;
  remove(): Promise<void>;
}

/** Clones the repository as it is now, uncommitted files included, and installs its packages out of pnpm's store. */
export async function createFork(): Promise<Fork> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'm2m-adopter-')));
  const run = async (program: string, args: readonly string[]): Promise<string> => {
    // Those of now: a test starts an AWS API after the clone was made.
    const env = await withPnpm(variables());
    try {
      const options = { cwd: directory, env, maxBuffer: MAX_OUTPUT_BYTES };
      const { stdout, stderr } = await execute(program, args, options);
      return stdout + stderr;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    }
  };
  const git = (...args: readonly string[]) => run('git', args);
  const program = await findPnpm();
  const pnpm = (...args: readonly string[]) => run(program, args);
  const commit = async (message: string) => {
    await git('add', '--all');
    await git('commit', '--quiet', '--message', message);
  };

  await copyRepository(directory);
  await git('init', '--quiet', '--initial-branch', PRODUCT_BRANCH);
  await git('config', 'user.name', 'Globex');
  await git('config', 'user.email', 'platform@globex.example');
  await commit('feat: a version of the product');
  await git('switch', '--quiet', '--create', TEAM_BRANCH);
  await pnpm('install', '--frozen-lockfile', '--prefer-offline');

  return {
    directory,
    pnpm,
    async adopt() {
      await writeOtherCompany(directory);
      await pnpm('contract:check', '--update');
      await pnpm('tokens:check', '--update');
      await pnpm('fix');
      await commit("feat: Globex's claims and environments");
    },
    async releaseNextVersion() {
      await git('switch', '--quiet', PRODUCT_BRANCH);
      await changeProduct(directory);
      // A change that nobody notices: what maintainers answer in a terminal, as an option.
      await pnpm('changeset', 'add', '--empty');
      await commit('feat: the next version of the product');
      await pnpm('release');
      await commit('chore: a version of the product');
      await git('switch', '--quiet', TEAM_BRANCH);
    },
    async upgrade() {
      await pnpm('product:upgrade', PRODUCT_BRANCH);
    },
    async renameScope() {
      await pnpm('rename-scope', '@globex');
      await commit('refactor: our own scope');
      const left = await git('grep', '--name-only', '@cognito-m2m/').catch(() => '');
      return left.split('\n').filter((name) => name !== '');
    },
    async listProductChanges() {
      const names = await git('diff', '--name-only', PRODUCT_BRANCH, TEAM_BRANCH);
      const teams =
        /^(?:README\.md|infra\/environments\/.*|packages\/contract\/(?:consumers\/.*|contract\.snapshot\.json|src\/contract\.ts))$/;
      return names.split('\n').filter((name) => name !== '' && !teams.test(name));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The variables of a developer's shell: without those of the tests, and with the build cache of this repository. */
function variables(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _fixtures, TURBO_HASH: _hash, ...inherited } = process.env;
  const cache = join(repositoryRoot, '.turbo', 'cache');
  return { ...inherited, TURBO_CACHE_DIR: cache, TURBO_TELEMETRY_DISABLED: '1' };
}

async function copyRepository(directory: string): Promise<void> {
  for (const file of await listFiles()) {
    const target = join(directory, file);
    await mkdir(dirname(target), { recursive: true });
    // A file that was deleted and not committed yet is listed as well.
    await cp(join(repositoryRoot, file), target, { verbatimSymlinks: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  }
}

/** What a version may do: change code, documentation and dependencies of the product, and its sample. */
async function changeProduct(directory: string): Promise<void> {
  const at = (path: string) => join(directory, path);
  await appendFile(at('functions/pre-token-generation/src/handler.ts'), '\n// The next version.\n');
  await appendFile(at('docs/deploy.md'), '\nA sentence of the next version.\n');
  await appendFile(at('README.md'), '\nA sentence of the next version.\n');
  await appendFile(
    at('packages/contract/src/contract.ts'),
    '\n// The sample of the next version.\n',
  );
  await appendFile(at('infra/environments/staging.ts'), '\n// The sample of the next version.\n');
  await appendFile(at('infra/environments/local.ts'), '\n// The sample of the next version.\n');
  await writeFile(
    at('.changeset/next.md'),
    "---\n'@cognito-m2m/token-client': minor\n'@cognito-m2m/verifier': patch\n---\n\nThe next version says more.\n",
  );
  await writeFile(
    at('packages/contract/consumers/ledger-api.json'),
    '{ "name": "ledger-api", "owner": "ledger", "isBehindGateway": false, "reads": {} }\n',
  );
}

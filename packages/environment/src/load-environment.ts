import { access, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Contract, type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { EnvironmentError, invalidEnvironment } from './errors.ts';
import type { Environment } from './normalised-environment.ts';
import { validateEnvironment } from './validate-environment.ts';

const EXTENSION = '.ts';

/**
 * Loads and validates one environment file by name.
 *
 * @param name - The file's name without `.ts`. There is no default: production is never one.
 * @param options.contract - The claim contract that the file must keep to.
 * @param options.directory - Where the files are. @default `infra/environments` of the enclosing repository
 * @throws {EnvironmentError} `ERR_ENVIRONMENT_UNKNOWN` with the known names, `ERR_ENVIRONMENT_FOLDER_UNREADABLE`,
 *   `ERR_ENVIRONMENT_UNREADABLE` for a file that throws or exports nothing, `ERR_ENVIRONMENT_INVALID` with every fault.
 */
export async function loadEnvironment(
  name: string,
  options: { contract: Contract; directory?: string | undefined },
): Promise<Environment> {
  const directory = options.directory ?? (await findEnvironmentsDirectory(process.cwd()));
  const known = await listEnvironments({ directory });
  if (!known.includes(name)) throw unknownEnvironment(name, directory, known);

  const file = join(directory, `${name}${EXTENSION}`);
  const input = await importDefault(file);
  const environment = validateEnvironment(options.contract, input, { name, source: file });
  const others = known
    .filter((other) => other !== name)
    .map((other) => join(directory, `${other}${EXTENSION}`));
  const faults = await findSharedPools(environment, others);
  if (faults.length > 0) throw invalidEnvironment(file, faults);
  return environment;
}

/** An existing pool has one trigger, so that two environments would take turns in taking it from each other. */
async function findSharedPools(
  { pools }: Environment,
  others: readonly string[],
): Promise<Fault[]> {
  const existing = pools.filter((pool) => pool.existing !== undefined);
  // Most environments have none, and need not read the other files.
  if (existing.length === 0) return [];
  const claimed = await Promise.all(
    others.map(async (file) => {
      // A file that cannot be read is reported when it is used.
      const input = await importDefault(file).catch(() => undefined);
      return [file, JSON.stringify(input) ?? ''] as const;
    }),
  );
  return existing.flatMap(({ name, existing: { userPoolId } = { userPoolId: '' } }) =>
    claimed
      .filter(([, text]) => text.includes(`"userPoolId":${JSON.stringify(userPoolId)}`))
      .map(([file]) => ({
        path: `${joinPath('pools', name)}.existing.userPoolId`,
        problem: `${basename(file)} declares the same user pool`,
        got: userPoolId,
        expected: 'one environment for each user pool',
      })),
  );
}

/** Lists the names of all environments, sorted. @throws {EnvironmentError} `ERR_ENVIRONMENT_FOLDER_UNREADABLE`. */
export async function listEnvironments(
  options: { directory?: string | undefined } = {},
): Promise<string[]> {
  const directory = options.directory ?? (await findEnvironmentsDirectory(process.cwd()));
  const files = await readdir(directory).catch((cause: unknown) => {
    const message = `No environment files can be read in ${directory}.`;
    throw new EnvironmentError('ERR_ENVIRONMENT_FOLDER_UNREADABLE', message, { cause });
  });
  return files
    .filter(
      (file) => file.endsWith(EXTENSION) && !file.endsWith('.test.ts') && !file.startsWith('_'),
    )
    .map((file) => basename(file, EXTENSION))
    .sort();
}

/** Finds `infra/environments` in the repository that encloses a folder. */
export async function findEnvironmentsDirectory(from: string): Promise<string> {
  const candidate = join(from, 'infra', 'environments');
  const exists = await access(candidate).then(
    () => true,
    () => false,
  );
  if (exists) return candidate;
  const parent = dirname(from);
  if (parent !== from) return findEnvironmentsDirectory(parent);
  const message =
    'No folder infra/environments here or above; say where it is with --environments.';
  throw new EnvironmentError('ERR_ENVIRONMENT_FOLDER_UNREADABLE', message);
}

async function importDefault(file: string): Promise<unknown> {
  try {
    // Loaded when it is needed: it brings the compiler.
    const { importFile } = await import('./import-file.ts');
    const module = await importFile(file);
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot load ${file}: ${reason}`;
    throw new EnvironmentError('ERR_ENVIRONMENT_UNREADABLE', message, { cause });
  }
  const message = `${file} has no default export; expected \`export default defineEnvironment({ … })\`.`;
  throw new EnvironmentError('ERR_ENVIRONMENT_UNREADABLE', message);
}

function unknownEnvironment(name: string, directory: string, known: readonly string[]) {
  const message = `No environment "${name}" in ${directory}; known: ${known.join(', ') || 'none'}.`;
  return new EnvironmentError('ERR_ENVIRONMENT_UNKNOWN', message);
}

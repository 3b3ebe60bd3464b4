import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEnvironmentsDirectory } from '@cognito-m2m/environment';
import { CliError } from '../../errors.ts';

/** Where the file goes. */
export interface Destination {
  /** @default `<name>.ts` among the environment files */
  readonly file: string | undefined;
  readonly environmentsDirectory: string | undefined;
  /** True to overwrite. */
  readonly isForced: boolean;
}

/**
 * Finds the file to write.
 *
 * @throws {CliError} `ERR_FILE_EXISTS` if it is there and must not be overwritten.
 */
export async function findFile(environmentName: string, destination: Destination): Promise<string> {
  const { environmentsDirectory, isForced } = destination;
  const directory = environmentsDirectory ?? (await findEnvironmentsDirectory(process.cwd()));
  const file = destination.file ?? join(directory, `${environmentName}.ts`);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere && !isForced) throw fileExists(file);
  return file;
}

/** Writes the file; without `isForced` it must not have come into being since. */
export async function writeSource(
  file: string,
  source: string,
  { isForced }: Destination,
): Promise<void> {
  await writeFile(file, source, { flag: isForced ? 'w' : 'wx' }).catch(
    (cause: NodeJS.ErrnoException) => {
      const code = cause.code ?? 'unknown';
      if (code === 'EEXIST') throw fileExists(file);
      throw new CliError('ERR_FILE_UNWRITABLE', `${file} can't be written: ${code}.`, {
        cause,
        next: 'the same command with --out <file>, or --out - to print it',
      });
    },
  );
}

function fileExists(file: string): CliError {
  const next = 'the same command with --force, or --out - to look first';
  return new CliError('ERR_FILE_EXISTS', `${file} is there already.`, { next });
}

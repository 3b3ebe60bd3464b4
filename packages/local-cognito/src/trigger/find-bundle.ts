import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LocalCognitoError } from '../errors.ts';

/**
 * Finds the trigger's bundle.
 *
 * @param bundle - A path or a `file:` URL. @default the production bundle of this repository
 * @returns A `file:` URL.
 * @throws {LocalCognitoError} `ERR_LOCAL_BUNDLE_MISSING` if there is no such file.
 */
export async function findBundle(bundle?: string | URL): Promise<string> {
  const url = bundle === undefined ? productionBundle() : toFileUrl(bundle);
  await access(new URL(url)).catch((cause: unknown) => {
    throw missing(fileURLToPath(url), bundle === undefined, cause);
  });
  return url;
}

function productionBundle(): string {
  try {
    return import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  } catch (cause) {
    // Jest looks whether the file exists; Node leaves that to whoever opens it.
    throw missing('of @cognito-m2m/pre-token-generation', true, cause);
  }
}

function toFileUrl(bundle: string | URL): string {
  if (bundle instanceof URL) return bundle.href;
  return bundle.startsWith('file:') ? bundle : pathToFileURL(resolve(bundle)).href;
}

function missing(where: string, isProduction: boolean, cause: unknown): LocalCognitoError {
  const advice = isProduction ? ' Build it with: npx -y pnpm@12 build' : '';
  const message = `There is no trigger bundle ${where}.${advice}`;
  return new LocalCognitoError('ERR_LOCAL_BUNDLE_MISSING', message, { cause });
}

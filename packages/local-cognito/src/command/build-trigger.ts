import { execFile } from 'node:child_process';
import { readdir, stat, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalCognitoError } from '../model/errors.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

const BUNDLE = fromRoot('functions/pre-token-generation/dist/index.mjs');

/** What the bundle is made of. */
const INPUTS = [
  'functions/pre-token-generation/build.ts',
  'functions/pre-token-generation/build',
  'functions/pre-token-generation/src',
  'packages/claim-schema/src',
  'packages/claims-store/src',
  'packages/contract',
  'pnpm-lock.yaml',
].map(fromRoot);

/** Loud enough for any compiler error. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Builds the production bundle if something of it has changed; says nothing unless it fails.
 *
 * turbo would find out as well, and takes as long for it as everything else of a start.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_BUILD` with the output of the build.
 */
export async function buildTrigger(): Promise<void> {
  if (await isUpToDate(BUNDLE, INPUTS)) return;
  const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo');
  const args = ['run', 'build', '--filter=@cognito-m2m/pre-token-generation', '--no-color'];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };
  await new Promise<void>((resolve, reject) => {
    const options = { env, maxBuffer: MAX_OUTPUT_BYTES };
    execFile(process.execPath, [turbo, ...args], options, (cause, stdout, stderr) => {
      if (cause === null) resolve();
      else reject(buildFailed(`${stdout}${stderr}`, cause));
    });
  });
  // What turbo takes from its cache keeps its age, and would look out of date again at the next start.
  const now = new Date();
  await utimes(BUNDLE, now, now);
}

function buildFailed(output: string, cause: Error): LocalCognitoError {
  const message = `The trigger's bundle could not be built.\n\n${output.trim()}`;
  return new LocalCognitoError('ERR_LOCAL_BUILD', message, { cause });
}

/**
 * Says whether a built file is newer than everything that it is made of.
 *
 * @param inputs - Files, and folders with all that is in them.
 */
export async function isUpToDate(built: string, inputs: readonly string[]): Promise<boolean> {
  try {
    const { mtimeMs: builtMs } = await stat(built);
    const changes = await Promise.all(inputs.map(findLastChange));
    return changes.every((changedMs) => changedMs < builtMs);
  } catch {
    // Something is missing: a build makes it, or says what is wrong.
    return false;
  }
}

/** When a file, or anything in a folder, was changed last, in epoch milliseconds; a removed file changes its folder. */
async function findLastChange(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path, { recursive: true });
  const inside = await Promise.all(names.map((name) => stat(join(path, name))));
  return Math.max(found.mtimeMs, ...inside.map(({ mtimeMs }) => mtimeMs));
}

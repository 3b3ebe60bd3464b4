import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { LocalCognitoError } from '../model/errors.ts';
import { checkConfig } from './check-config.ts';
import type { CheckedConfig } from './config-schema.ts';

/**
 * Reads a configuration file: JSON, JSON5 or YAML, by its ending. Paths in it are relative to its folder.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_CONFIG_UNREADABLE` for a file that cannot be read or parsed,
 *   `ERR_LOCAL_CONFIG_INVALID` with every fault at once.
 */
export async function readConfig(path: string): Promise<CheckedConfig> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, `cannot be read: ${cause.code}`, cause);
  });
  const config = checkConfig(await parse(path, text), path);
  return resolvePaths(config, dirname(resolve(path)));
}

async function parse(path: string, text: string): Promise<unknown> {
  try {
    if (/^\.ya?ml$/.test(extname(path))) return (await import('yaml')).parse(text);
    // JSON5 contains JSON.
    return (await import('json5')).default.parse(text);
  } catch (cause) {
    const [problem = ''] = cause instanceof Error ? cause.message.split('\n') : [];
    throw unreadable(path, `cannot be parsed: ${problem}`, cause);
  }
}

function unreadable(path: string, problem: string, cause: unknown): LocalCognitoError {
  const message = `The configuration file ${path} ${problem}.`;
  return new LocalCognitoError('ERR_LOCAL_CONFIG_UNREADABLE', message, { cause });
}

function resolvePaths(config: CheckedConfig, folder: string): CheckedConfig {
  const from = (path: string) => resolve(folder, path);
  const resolved = { ...config };
  if (config.data !== undefined) resolved.data = from(config.data);
  if (typeof config.tls === 'object') {
    resolved.tls = { cert: from(config.tls.cert), key: from(config.tls.key) };
  }
  if (config.trigger) resolved.trigger = resolveTrigger(config.trigger, from);
  if (config.triggers) {
    const entries = Object.entries(config.triggers);
    resolved.triggers = Object.fromEntries(
      entries.map(([name, trigger]) => [name, resolveTrigger(trigger, from)]),
    );
  }
  return resolved;
}

type FileTrigger = NonNullable<CheckedConfig['triggers']>[string];

function resolveTrigger(trigger: FileTrigger, from: (path: string) => string): FileTrigger {
  if (typeof trigger === 'string') return from(trigger);
  const { bundle, envFile } = trigger;
  const resolved = { ...trigger };
  if (bundle !== undefined) resolved.bundle = from(bundle);
  if (envFile !== undefined) resolved.envFile = from(envFile);
  return resolved;
}

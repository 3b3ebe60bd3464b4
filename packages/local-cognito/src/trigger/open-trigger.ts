import { readFile, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { LocalCognitoError } from '../model/errors.ts';
import {
  TRIGGER_FUNCTION_NAME,
  toEndpointVariables,
  toFunctionArn,
  toLambdaVariables,
} from './lambda-environment.ts';
import { createFunctionRunner, createInvokeRunner, toInvocationUrl } from './outside-runner.ts';
import { TRIGGER_TIMEOUT_MS, type TriggerRunner } from './trigger-call.ts';
import type { TriggerInput, TriggerOptions } from './trigger-options.ts';
import { createTriggerRunner } from './trigger-runner.ts';

/** What opening a trigger needs. */
export interface TriggerEdges {
  readonly region: string;
  /** The longest wait for an answer of a trigger that names none, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Receives what the function writes to its log. */
  readonly onLog: ((text: string) => void) | undefined;
}

/**
 * Opens a trigger; its bundle begins to load.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_BUNDLE_MISSING`, `ERR_LOCAL_TRIGGER_INVALID` or `ERR_LOCAL_CONFIG_UNREADABLE`.
 */
export async function openTrigger(
  input: TriggerInput,
  edges: TriggerEdges,
): Promise<{ readonly runner: TriggerRunner; readonly place: string }> {
  const { timeoutMs = TRIGGER_TIMEOUT_MS } = edges;
  if (typeof input === 'function') {
    return { runner: createFunctionRunner(input, timeoutMs), place: 'in this process' };
  }
  const options = typeof input === 'string' || input instanceof URL ? { bundle: input } : input;
  const { bundle, endpoint } = options;
  if ((bundle === undefined) === (endpoint === undefined)) {
    throw invalid('A trigger needs either a bundle or an endpoint.');
  }
  if (endpoint !== undefined) return openEndpoint(endpoint, options, timeoutMs);
  const handler = await findHandler(toPath(bundle ?? ''), options.handler);
  return { runner: await startBundle(handler, options, edges), place: handler.file };
}

/** The function of a bundle, as Lambda finds it. */
interface Handler {
  /** The module. */
  readonly file: string;
  /** The folder that Lambda would have unpacked. */
  readonly taskRoot: string;
  /** The setting, such as `index.handler`. */
  readonly name: string;
  /** The name of the export; of a nested one with dots. */
  readonly exportName: string;
}

/** What Lambda's runtime tries, in this order. */
const MODULE_ENDINGS = ['.js', '.mjs', '.cjs'];

/**
 * Finds the module and the export: a file has its own name in the setting or none, a folder needs both.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
async function findHandler(place: string, setting: string | undefined): Promise<Handler> {
  const entry = await stat(place).catch((cause: unknown) => {
    const message = `There is no trigger bundle ${place}.`;
    throw new LocalCognitoError('ERR_LOCAL_BUNDLE_MISSING', message, { cause });
  });
  const [, folder = '', stem = '', exported = ''] =
    /^(.*\/)?([^./]*)\.(.+)$/.exec(setting ?? 'index.handler') ?? [];
  if (!entry.isDirectory()) {
    const isFile = stem === 'index' || stem === parse(place).name;
    const exportName = isFile ? exported : (setting ?? 'handler');
    const name = `${parse(place).name}.${exportName}`;
    return { file: place, taskRoot: dirname(place), name, exportName };
  }
  const module = join(place, folder, stem);
  for (const ending of MODULE_ENDINGS) {
    const file = `${module}${ending}`;
    const handler = {
      file,
      taskRoot: place,
      name: setting ?? 'index.handler',
      exportName: exported,
    };
    if ((await stat(file).catch(() => undefined))?.isFile()) return handler;
  }
  const message = `The folder ${place} has no module ${join(folder, stem)} with one of the endings ${MODULE_ENDINGS.join(', ')}. Name it with the handler, such as src/index.handler.`;
  throw new LocalCognitoError('ERR_LOCAL_BUNDLE_MISSING', message);
}

function openEndpoint(
  endpoint: string,
  { functionName, timeoutMs }: TriggerOptions,
  defaultTimeoutMs: number,
) {
  if (!/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : '')) {
    throw invalid('The trigger endpoint is not a valid http or https URL.');
  }
  const url = toInvocationUrl(endpoint, functionName);
  const runner = createInvokeRunner(url, timeoutMs ?? defaultTimeoutMs);
  return { runner, place: `at ${new URL(url).origin}` };
}

async function startBundle(
  { file, taskRoot, name, exportName }: Handler,
  options: TriggerOptions,
  { region, timeoutMs, onLog }: TriggerEdges,
): Promise<TriggerRunner> {
  const { runtime = 'nodejs22.x', memoryMb = 128, env = {} } = options;
  const { functionName = TRIGGER_FUNCTION_NAME } = options;
  const described = { region, functionName, handler: name, runtime, memoryMb, taskRoot };
  return createTriggerRunner({
    bundleUrl: pathToFileURL(file).href,
    environment: {
      ...toLambdaVariables(described),
      ...toEndpointVariables(process.env),
      ...(await readEnvFile(options.envFile)),
      ...env,
    },
    functionArn: toFunctionArn(region, functionName),
    handlerName: exportName,
    runtime,
    memoryMb,
    taskRoot,
    onLog,
    timeoutMs: options.timeoutMs ?? timeoutMs,
  });
}

async function readEnvFile(path: string | undefined): Promise<{ readonly [name: string]: string }> {
  if (path === undefined) return {};
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const message = `The environment variables file ${path} cannot be read: ${cause.code}.`;
    throw new LocalCognitoError('ERR_LOCAL_CONFIG_UNREADABLE', message, { cause });
  });
  return parseEnv(text) as { readonly [name: string]: string };
}

function toPath(bundle: string | URL): string {
  if (bundle instanceof URL || bundle.startsWith('file:')) return fileURLToPath(bundle);
  return resolve(bundle);
}

function invalid(message: string): LocalCognitoError {
  return new LocalCognitoError('ERR_LOCAL_TRIGGER_INVALID', message);
}

/**
 * Waits until a trigger is loaded.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_BUNDLE_INVALID` if it cannot be loaded: every token would fail for the same reason.
 */
export async function checkLoad(runner: TriggerRunner, place: string): Promise<void> {
  const failure = await runner.load();
  if (failure === undefined) return;
  const message = `The trigger bundle ${place} cannot be loaded: ${failure.errorType}: ${failure.message}`;
  throw new LocalCognitoError('ERR_LOCAL_BUNDLE_INVALID', message);
}

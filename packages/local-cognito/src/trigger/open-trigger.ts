import { readFile, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { LocalCognitoError } from '../model/errors.ts';
import { fail, succeed } from '../model/outcome.ts';
import {
  TRIGGER_FUNCTION_NAME,
  toEndpointVariables,
  toFunctionArn,
  toLambdaVariables,
} from './lambda-environment.ts';
import {
  TIMED_OUT,
  TRIGGER_TIMEOUT_MS,
  type TriggerFailure,
  type TriggerRunner,
} from './trigger-call.ts';
import type { TriggerHandler, TriggerInput, TriggerOptions } from './trigger-options.ts';
import { createTriggerRunner } from './trigger-runner.ts';

/** What opening a trigger needs. */
interface TriggerEdges {
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
 * Creates a runner that calls a function of this process.
 *
 * The event is a copy, and the answer is what JSON carries of it, as on Lambda.
 *
 * @param timeoutMs - The longest wait for an answer. A function that never returns to the event loop is not interrupted.
 */
function createFunctionRunner(handler: TriggerHandler, timeoutMs: number): TriggerRunner {
  return {
    load: async () => undefined,
    close: async () => undefined,
    async invoke(event) {
      const timeout = createTimeout(timeoutMs);
      try {
        const answer = await Promise.race([callHandler(handler, event), timeout.promise]);
        return typeof answer === 'string' ? succeed(answer) : fail(TIMED_OUT);
      } catch (error) {
        return fail(toFailure(error));
      } finally {
        timeout.clear();
      }
    },
  };
}

async function callHandler(handler: TriggerHandler, event: string): Promise<string> {
  return JSON.stringify(await handler(JSON.parse(event))) ?? 'null';
}

function createTimeout(timeoutMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  return { promise, clear: () => clearTimeout(timer) };
}

/**
 * Creates a runner that calls a function through the Lambda Invoke API, such as `sam local start-lambda`, serverless-offline or
 * AWS's runtime interface emulator.
 *
 * @param url - The address of the invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
function createInvokeRunner(url: string, timeoutMs: number): TriggerRunner {
  return {
    // A function in another process may start later than this server.
    load: async () => undefined,
    close: async () => undefined,
    async invoke(event) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          body: event,
          headers: { 'content-type': 'application/json' },
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.text();
        const failure = findFailure(response, text);
        return failure === undefined ? succeed(text) : fail(failure);
      } catch (error) {
        return fail(isTimeout(error) ? TIMED_OUT : toUnreachable(url, error));
      }
    },
  };
}

/** The address of an invocation, from that of the API or of the function itself. */
function toInvocationUrl(endpoint: string, functionName = 'function'): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') {
    url.pathname = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  }
  return url.href;
}

function findFailure({ status, headers }: Response, text: string): TriggerFailure | undefined {
  const answer = parseAnswer(text);
  const { errorMessage, errorType = 'Error', ...others } = isObject(answer) ? answer : {};
  // The runtime interface emulator sends no header with a function's error.
  const hasFailed = headers.has('x-amz-function-error') || isLoneError(errorMessage, others);
  if (hasFailed) {
    return { kind: 'refused', message: String(errorMessage ?? ''), errorType: String(errorType) };
  }
  if (status < 300 && answer !== undefined) return undefined;
  const message = `the Invoke API answered HTTP ${status} without the function's answer`;
  return { kind: 'malformed-answer', message };
}

function isLoneError(errorMessage: unknown, others: object): boolean {
  const known = new Set(['stackTrace', 'trace', 'requestId']);
  return typeof errorMessage === 'string' && Object.keys(others).every((name) => known.has(name));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function toUnreachable(url: string, error: unknown): TriggerFailure {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  const { origin } = new URL(url);
  return {
    kind: 'refused',
    errorType: 'Error',
    message: `The trigger endpoint ${origin} cannot be reached${code}`,
  };
}

function toFailure(error: unknown): TriggerFailure {
  if (error instanceof Error) {
    return { kind: 'refused', message: error.message, errorType: error.name };
  }
  return { kind: 'refused', message: typeof error === 'string' ? error : '', errorType: 'Error' };
}

import { access, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
  const bundleUrl = toFileUrl(bundle ?? '');
  const place = fileURLToPath(bundleUrl);
  await access(place).catch((cause: unknown) => {
    const message = `There is no trigger bundle ${place}.`;
    throw new LocalCognitoError('ERR_LOCAL_BUNDLE_MISSING', message, { cause });
  });
  return { runner: await startBundle(bundleUrl, options, edges), place };
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
  bundleUrl: string,
  options: TriggerOptions,
  { region, timeoutMs, onLog }: TriggerEdges,
): Promise<TriggerRunner> {
  const { handler = 'handler', runtime = 'nodejs22.x', memoryMb = 128, env = {} } = options;
  const { functionName = TRIGGER_FUNCTION_NAME } = options;
  const taskRoot = dirname(fileURLToPath(bundleUrl));
  // As in Lambda's settings, `index.handler` names the file too.
  const handlerName = handler.replace(/^index\./, '');
  const described = { region, functionName, handlerName, runtime, memoryMb, taskRoot };
  return createTriggerRunner({
    bundleUrl,
    environment: {
      ...toLambdaVariables(described),
      ...toEndpointVariables(process.env),
      ...(await readEnvFile(options.envFile)),
      ...env,
    },
    functionArn: toFunctionArn(region, functionName),
    handlerName,
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

function toFileUrl(bundle: string | URL): string {
  if (bundle instanceof URL) return bundle.href;
  return bundle.startsWith('file:') ? bundle : pathToFileURL(resolve(bundle)).href;
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

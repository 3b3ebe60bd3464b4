import { fail, succeed } from '../model/outcome.ts';
import { TIMED_OUT, type TriggerFailure, type TriggerRunner } from './trigger-call.ts';
import type { TriggerHandler } from './trigger-options.ts';

/**
 * Creates a runner that calls a function of this process.
 *
 * The event is a copy, and the answer is what JSON carries of it, as on Lambda.
 *
 * @param timeoutMs - The longest wait for an answer. A function that never returns to the event loop is not interrupted.
 */
export function createFunctionRunner(handler: TriggerHandler, timeoutMs: number): TriggerRunner {
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
export function createInvokeRunner(url: string, timeoutMs: number): TriggerRunner {
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
export function toInvocationUrl(endpoint: string, functionName = 'function'): string {
  const url = new URL(endpoint);
  if (url.pathname === '/') {
    url.pathname = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  }
  return url.href;
}

function findFailure({ status, headers }: Response, text: string): TriggerFailure | undefined {
  const answer = parse(text);
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

function parse(text: string): unknown {
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

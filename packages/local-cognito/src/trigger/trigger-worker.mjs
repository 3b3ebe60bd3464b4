// Loads a trigger bundle the way AWS Lambda's Node.js runtime does, and calls its handler, one event at a time.
// Plain JavaScript: Node 20 starts no worker from a TypeScript file.
import childProcess from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

const { bundleUrl, handlerName, runtime, functionArn, memoryMb, taskRoot, nextId, hasLog } =
  workerData;
const functionName = functionArn.split(':').at(-1);
// The runtime client of Node.js 22 calls back and waits for promises only; that of Node.js 24 awaits whatever is returned.
const hasCallbacks = runtime === 'nodejs22.x';

// The calls of `node:fs` that take a path, and how many they take.
const PATHS_OF_CALL = new Map([
  ...'access appendFile chmod chown createReadStream createWriteStream exists lchown lstat lutimes mkdir mkdtemp open openAsBlob opendir'
    .split(' ')
    .map((name) => /** @type {[string, number]} */ ([name, 1])),
  ...'readdir readFile readlink realpath rm rmdir stat statfs truncate unlink unwatchFile utimes watch watchFile writeFile'
    .split(' ')
    .map((name) => /** @type {[string, number]} */ ([name, 1])),
  ...'copyFile cp link rename'
    .split(' ')
    .map((name) => /** @type {[string, number]} */ ([name, 2])),
]);

// A thread has the working directory of its process, but to the function it is the folder of its bundle.
if (taskRoot !== undefined && taskRoot !== process.cwd()) enterTaskRoot(taskRoot);

// A log that nobody reads ends here: each of its lines would cost a message to the other thread.
if (!hasLog) {
  for (const log of [process.stdout, process.stderr]) log._writev = (_chunks, done) => done();
}

const handler = findHandler(await import(bundleUrl));
let hasWarned = false;

/** @param {string} taskRoot */
function enterTaskRoot(taskRoot) {
  process.cwd = () => taskRoot;
  const isRelative = (/** @type {unknown} */ path) => typeof path === 'string' && !isAbsolute(path);
  for (const holder of [fs, fs.promises]) {
    for (const [name, call] of Object.entries(holder)) {
      const count = PATHS_OF_CALL.get(name.replace(/Sync$/, ''));
      if (count === undefined || typeof call !== 'function') continue;
      const moved = (/** @type {any[]} */ ...parameters) =>
        call(
          ...parameters.map((path, at) =>
            at < count && isRelative(path) ? resolve(taskRoot, path) : path,
          ),
        );
      // Such as `fs.realpath.native`.
      Object.assign(holder, { [name]: Object.assign(moved, call) });
    }
  }
  startChildrenIn(taskRoot);
  syncBuiltinESMExports();
}

/**
 * Makes child processes start where the function believes to be.
 *
 * @param {string} taskRoot
 */
function startChildrenIn(taskRoot) {
  // A URL is absolute already.
  const toFolder = (/** @type {string | URL | null | undefined} */ cwd) =>
    cwd instanceof URL ? cwd : resolve(taskRoot, cwd ?? '');
  // Every asynchronous form ends in this method, also when it was made into a promise.
  const { prototype } = /** @type {any} */ (childProcess.ChildProcess);
  const { spawn } = prototype;
  prototype.spawn = function spawnInFolder(/** @type {any} */ options) {
    return spawn.call(this, { ...options, cwd: toFolder(options.cwd) });
  };
  for (const name of /** @type {const} */ (['spawnSync', 'execSync', 'execFileSync'])) {
    /** @type {(...parameters: any[]) => any} */
    const call = childProcess[name];
    const moved = (/** @type {any[]} */ ...parameters) => {
      const given = parameters.filter((parameter) => parameter !== undefined);
      const isLastOptions = typeof given.at(-1) === 'object' && !Array.isArray(given.at(-1));
      const options = isLastOptions ? given.pop() : {};
      return call(...given, { ...options, cwd: toFolder(options?.cwd) });
    };
    Object.assign(childProcess, { [name]: moved });
  }
}

let last = Promise.resolve();
parentPort?.on('message', (/** @type {Parameters<typeof handle>[0][]} */ calls) => {
  for (const call of calls) last = last.then(() => handle(call));
});
parentPort?.postMessage({ isReady: true });

/** @param {Record<string, any>} module */
function findHandler(module) {
  const found = findIn(module) ?? findIn(module['default']);
  if (typeof found !== 'function') {
    throw new Error(`The bundle exports no function named "${handlerName}".`);
  }
  if (!hasCallbacks && found.length >= 3) {
    const error = new Error(
      `${runtime} does not support callbacks: the handler has ${found.length} parameters, expected at most 2.`,
    );
    error.name = 'Runtime.CallbackHandlerDeprecated';
    throw error;
  }
  return found;
}

/** @param {any} holder */
function findIn(holder) {
  return handlerName
    .split('.')
    .reduce((/** @type {any} */ nested, /** @type {string} */ key) => nested?.[key], holder);
}

/** @param {{ id: number, event: string, deadline: number }} call */
async function handle({ id, event, deadline }) {
  // While it waited here the other thread may have taken it back.
  const isOurs = Atomics.compareExchange(nextId, 0, id, (id + 1) | 0) === id;
  if (isOurs) parentPort?.postMessage(await invoke(JSON.parse(event), createContext(deadline)));
}

/**
 * @param {unknown} event
 * @param {{ awsRequestId: string }} context
 * @returns {Promise<string | object>} The answer as JSON text, or the failure.
 */
async function invoke(event, context) {
  try {
    const result = hasCallbacks
      ? await callWithCallback(event, context)
      : await handler(event, context);
    // As on Lambda, what JSON does not carry is lost, and what leaves nothing at all is null.
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    if (hasLog) log(context, `Invoke Error \t${JSON.stringify(toLogged(error))}`);
    return { kind: 'refused', ...describe(error) };
  }
}

/**
 * @param {unknown} event
 * @param {{ awsRequestId: string }} context
 */
function callWithCallback(event, context) {
  return new Promise((resolve, reject) => {
    const callback = (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error ? reject(error) : resolve(result);
    Object.assign(context, { done: callback, succeed: resolve, fail: reject });
    const result = handler(event, context, callback);
    if (typeof result?.then === 'function') return result.then(resolve, reject);
    if (result !== undefined) {
      warn(context);
      return resolve(null);
    }
    // A handler of one parameter has neither a context nor a callback to answer with.
    if (handler.length < 2) resolve(null);
  });
}

/** @param {{ awsRequestId: string }} context */
function warn(context) {
  if (hasWarned) return;
  hasWarned = true;
  log(
    context,
    `The handler returned a value that is not a promise: ${runtime} ignores it and answers null. Declare the handler async.`,
  );
}

/**
 * @param {{ awsRequestId: string }} context
 * @param {string} text
 */
function log({ awsRequestId }, text) {
  process.stderr.write(`${new Date().toISOString()}\t${awsRequestId}\tERROR\t${text}\n`);
}

/** @param {number} deadline Epoch milliseconds. */
function createContext(deadline) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** @param {unknown} error */
function describe(error) {
  if (error instanceof Error) return { errorType: error.name, message: error.message };
  return { errorType: 'Error', message: typeof error === 'string' ? error : '' };
}

/** @param {unknown} error */
function toLogged(error) {
  if (!(error instanceof Error)) return error;
  const { name, message, stack = '', ...others } = error;
  return { errorType: name, errorMessage: message, ...others, stack: String(stack).split('\n') };
}

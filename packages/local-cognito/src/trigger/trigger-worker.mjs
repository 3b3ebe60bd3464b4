import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

// Loads a trigger bundle the way AWS Lambda's Node.js runtime does, and calls its handler, one event at a time.
// Plain JavaScript: Node 20 starts no worker from a TypeScript file.

const { bundleUrl, functionArn, memoryMb, nextId, hasLog } = workerData;
const functionName = functionArn.split(':').at(-1);

// A log that nobody reads ends here: each of its lines would cost a message to the other thread.
if (!hasLog) {
  for (const log of [process.stdout, process.stderr]) log._writev = (_chunks, done) => done();
}

/** @type {Record<string, any>} */
const module = await import(bundleUrl);
const handler = module.handler ?? module.default?.handler;
if (typeof handler !== 'function') {
  throw new Error('The bundle exports no function named "handler".');
}

let last = Promise.resolve();
parentPort?.on('message', (/** @type {Parameters<typeof handle>[0][]} */ calls) => {
  for (const call of calls) last = last.then(() => handle(call));
});
parentPort?.postMessage({ isReady: true });

/** @param {{ id: number, event: string, deadline: number }} call */
async function handle({ id, event, deadline }) {
  // While it waited here the other thread may have taken it back.
  const isOurs = Atomics.compareExchange(nextId, 0, id, (id + 1) | 0) === id;
  if (isOurs) parentPort?.postMessage(await invoke(JSON.parse(event), createContext(deadline)));
}

/**
 * @param {unknown} event
 * @param {object} context
 * @returns {Promise<object>}
 */
async function invoke(event, context) {
  try {
    const result = await callHandler(event, context);
    // As on Lambda, what JSON does not carry is lost, and what leaves nothing at all is null.
    return { ok: true, value: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { ok: false, failure: { kind: 'refused', ...describe(error) } };
  }
}

/**
 * @param {unknown} event
 * @param {object} context
 */
function callHandler(event, context) {
  return new Promise((resolve, reject) => {
    const callback = (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error ? reject(error) : resolve(result);
    const result = handler(event, context, callback);
    if (typeof result?.then === 'function') result.then(resolve, reject);
    // A handler of two parameters that returns nothing is a synchronous one; with three it calls back.
    else if (result !== undefined || handler.length < 3) resolve(result);
  });
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

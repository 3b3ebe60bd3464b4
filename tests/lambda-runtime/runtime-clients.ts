import { fileURLToPath } from 'node:url';

/** One of AWS's runtime clients: what loads a function inside Lambda, and calls it. */
export interface RuntimeClient {
  readonly name: string;
  /** Reads what function it is for from Lambda's variables. */
  readonly script: string;
}

/** For Node.js 22 and newer. */
const current: RuntimeClient = {
  name: 'aws-lambda-ric 4.0.2',
  script: fileURLToPath(import.meta.resolve('aws-lambda-ric')),
};

/** For Node.js 20, and perhaps for 22. */
const previous: RuntimeClient = {
  name: 'aws-lambda-ric 3.3.0',
  script: fileURLToPath(new URL('previous-client.mjs', import.meta.url)),
};

/** The runtime clients of the runtimes that an environment file may name, the newest first. */
export const RUNTIME_CLIENTS: readonly [RuntimeClient, RuntimeClient] = [current, previous];

/** The newest runtime client that says it is for this version of Node.js. */
export function currentRuntimeClient(): RuntimeClient {
  return Number.parseInt(process.versions.node, 10) >= 22 ? current : previous;
}

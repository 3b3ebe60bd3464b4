import { fileURLToPath } from 'node:url';

/** One of AWS's runtime clients: what loads a function inside Lambda, and calls it. */
export interface RuntimeClient {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

/** The runtime clients of the runtimes that the environment file allows, the newest first. */
export const RUNTIME_CLIENTS: readonly [RuntimeClient, RuntimeClient] = [
  {
    name: 'nodejs24.x',
    script: fileURLToPath(import.meta.resolve('aws-lambda-ric')),
    args: [],
  },
  {
    name: 'nodejs22.x and nodejs20.x',
    script: fileURLToPath(import.meta.resolve('aws-lambda-ric-3/bin/index.mjs')),
    args: ['index.handler'],
  },
];

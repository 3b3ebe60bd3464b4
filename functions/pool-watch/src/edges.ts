import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { readParameters } from '@cognito-m2m/doctor';
import { WATCH_VARIABLES } from '@cognito-m2m/doctor/watch-settings';
import { createWatchStore } from '@cognito-m2m/doctor/watch-store';

/** An AWS that hangs must not take the whole minute of a look; in milliseconds. */
const REQUEST_TIMEOUT_MS = 5_000;

/** What every AWS client of the watcher and of the canary is made with. */
export const AWS_CONFIG = {
  maxAttempts: 3,
  requestHandler: {
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
    connectionTimeout: REQUEST_TIMEOUT_MS,
    socketTimeout: REQUEST_TIMEOUT_MS,
  },
};

/** Reads an environment variable that the deploy sets. @throws {Error} If it is not set. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set.`);
  return value;
}

/** Reads parameters of a pool's stack; none before its first deploy, when they may not be read yet. */
export async function readPoolParameters(
  ssm: SSMClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return readParameters(ssm, names).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AccessDeniedException') return new Map();
    throw error;
  });
}

/** The clock of the functions. */
export const clock = () => Date.now();

/** Opens the table in which the watcher and the canary keep what they know. */
export function openWatchStore(client: DynamoDBClient) {
  return createWatchStore({ client, tableName: variable(WATCH_VARIABLES.tableName), clock });
}

/** Waits, where a service needs time. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Writes a line; not by the console, which AWS Lambda wraps: CloudWatch finds metrics in a line that is nothing else. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { createHash } from 'node:crypto';
import type { ClaimRecord } from '@cognito-m2m/claim-schema';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import {
  type Environment,
  type EnvironmentInput,
  toBaselineRecord,
  toSettingsRecord,
  validateEnvironment,
} from '@cognito-m2m/environment';
import type { CommandContext } from '../command.ts';
import { createOutput } from '../output/output.ts';
import { createStyle } from '../output/style.ts';
import { ALWAYS_YES, type Prompt } from '../prompt.ts';
import type { LocalDeployment } from '../target/local-deployment.ts';
import { createLocalTarget } from '../target/local-target.ts';

/** The time that commands see in tests: 2026-06-01T12:00:00Z, in epoch milliseconds. */
export const TEST_NOW_MS = Date.UTC(2026, 5, 1, 12);

/** An environment whose claims lie in a real table on loopback, without a token endpoint. */
export interface TestDeployment {
  readonly table: ClaimsTable;
  readonly environment: Environment;
  /** A context on this deployment; a changed environment is one that was not deployed. */
  context(changes?: {
    readonly environment?: Environment;
    readonly prompt?: Prompt;
    readonly nowMs?: number;
  }): CommandContext;
  clientId(poolName: string, clientName: string): string;
  put(...records: readonly ClaimRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts a table and writes all that a deploy of the environment writes. */
export async function startDeployment(input: EnvironmentInput): Promise<TestDeployment> {
  const environment = validateEnvironment(input);
  const table = await startClaimsTable();
  const deployment = describeDeployment(environment, table);
  await writeRecords(environment, deployment, table);
  return {
    table,
    environment,
    context: ({
      environment: shown = environment,
      prompt = ALWAYS_YES,
      nowMs = TEST_NOW_MS,
    } = {}) => ({
      environment: shown,
      target: createLocalTarget({ environment: shown, deployment }),
      output: quietOutput(),
      prompt,
      clock: () => nowMs,
    }),
    clientId: clientIdOf,
    put: table.put,
    close: table.close,
  };
}

function quietOutput() {
  return createOutput({
    style: createStyle({ hasColours: false }),
    isJson: true,
    isTerminal: false,
    writeError: () => {},
    clock: () => TEST_NOW_MS,
  });
}

function describeDeployment(environment: Environment, table: ClaimsTable): LocalDeployment {
  return {
    url: 'http://127.0.0.1:0',
    environment: environment.name,
    tableName: table.tableName,
    dynamoDbEndpoint: table.endpointUrl,
    pools: environment.pools.map((pool, index) => ({
      name: pool.name,
      userPoolId: `${environment.region}_Local000${index + 1}`,
      issuer: `http://127.0.0.1:0/${pool.name}`,
      tokenEndpoint: `http://127.0.0.1:0/${pool.name}/oauth2/token`,
      clients: pool.clients.map(({ name }) => ({
        name,
        clientId: clientIdOf(pool.name, name),
        clientSecret: 'not used',
      })),
    })),
  };
}

async function writeRecords(
  environment: Environment,
  deployment: LocalDeployment,
  table: ClaimsTable,
): Promise<void> {
  for (const pool of environment.pools) {
    const userPoolId = deployment.pools.find(({ name }) => name === pool.name)?.userPoolId ?? '';
    await table.put(toSettingsRecord(pool, userPoolId));
    for (const client of pool.clients) {
      const clientId = clientIdOf(pool.name, client.name);
      await table.put(toBaselineRecord(pool, client, { userPoolId, clientId }));
    }
  }
}

function clientIdOf(poolName: string, clientName: string): string {
  return createHash('sha256').update(`${poolName}/${clientName}`).digest('hex').slice(0, 26);
}

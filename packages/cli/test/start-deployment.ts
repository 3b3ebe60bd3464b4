import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ClaimRecord } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import {
  type Environment,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  type LocalEnvironmentOptions,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { createLocalTarget } from '../src/deployment/find-target.ts';
import {
  type CommandContext,
  createCommandLine,
  createParsedArguments,
} from '../src/frame/command.ts';
import { ALWAYS_YES, createOutput, createStyle, type Prompt } from '../src/frame/terminal.ts';

/** The time that commands see in tests: 2026-06-01T12:00:00Z, in epoch milliseconds. */
export const TEST_NOW_MS = Date.UTC(2026, 5, 1, 12);

/** What a test may change about the context of a command. */
interface ContextChanges {
  /** Another file than the one that was deployed. */
  readonly environment?: Environment;
  readonly prompt?: Prompt;
  readonly nowMs?: number;
}

/** An environment on a local Cognito. */
export interface TestDeployment {
  readonly cognito: LocalEnvironment;
  readonly environment: Environment;
  context(changes?: ContextChanges): CommandContext;
  clientId(poolName: string, clientName: string): string;
  put(...records: readonly ClaimRecord[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts local Cognito, which writes all that a deploy of the environment writes.
 *
 * @param options.triggerBundle - The trigger's bundle. @default no trigger: enough for commands that ask for no token
 */
export async function startDeployment(
  input: EnvironmentInput,
  options: Pick<
    LocalEnvironmentOptions,
    'triggerBundle' | 'triggerTimeoutMs' | 'allowsClientTokenAuth'
  > = {},
): Promise<TestDeployment> {
  const environment = validateEnvironment(contract, input);
  const cognito = await startLocalEnvironment({ environment, triggerBundle: null, ...options });
  const client = new DynamoDBClient({
    region: environment.region,
    endpoint: cognito.dynamoDbEndpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    cognito,
    environment,
    context: (changes = {}) => createContext(cognito, environment, changes),
    clientId: (poolName, clientName) => findClientId(cognito, poolName, clientName),
    async put(...records) {
      for (const record of records) {
        const Item = encodeRecord(record);
        await client.send(new PutItemCommand({ TableName: cognito.tableName, Item }));
      }
    },
    async close() {
      client.destroy();
      await cognito.close();
    },
  };
}

function createContext(
  deployment: LocalEnvironment,
  deployed: Environment,
  { environment = deployed, prompt = ALWAYS_YES, nowMs = TEST_NOW_MS }: ContextChanges,
): CommandContext {
  const time = { nowMs };
  const clock = () => time.nowMs;
  const wait = async (milliseconds: number) => {
    time.nowMs += milliseconds;
  };
  const output = createOutput({
    style: createStyle({ hasColours: false }),
    isJson: true,
    line: undefined,
    writeError: () => {},
    clock,
  });
  const target = createLocalTarget({ environment, deployment });
  const commandLine = createCommandLine(createParsedArguments([], { env: environment.name }));
  return {
    contract,
    environment,
    environmentsDirectory: undefined,
    target,
    output,
    prompt,
    clock,
    wait,
    variables: {},
    commandLine,
  };
}

function findClientId({ pools }: LocalEnvironment, poolName: string, clientName: string): string {
  const pool = pools.find(({ name }) => name === poolName);
  const client = pool?.clients.find(({ name }) => name === clientName);
  if (client === undefined) throw new Error(`No client ${poolName}/${clientName} is deployed.`);
  return client.clientId;
}

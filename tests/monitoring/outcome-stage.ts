import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startClaimsTable, startFaultyProxy } from '@cognito-m2m/claims-store/testing';
import {
  type CallOutcome,
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { CANARIES } from './canaries.ts';
import type { LogLine } from './emitted.ts';
import { eventOf, type Outcome } from './outcomes.ts';

/** What came of one outcome. */
export interface Performance {
  /** The line about the token. */
  readonly line: LogLine;
  /** Everything that was written since the outcome before. */
  readonly written: string;
  /** Every answer and every error. */
  readonly calls: readonly CallOutcome[];
  /** Everything that went in: event, items, variables, faults. */
  readonly input: string;
}

/** The built bundle over a table that can be broken. */
export interface OutcomeStage {
  /** Brings an outcome about for a client of its own. */
  perform(outcome: Outcome, clientId: string): Promise<Performance>;
  close(): Promise<void>;
}

/** Starts the bundle as it is deployed. @param deployed - The variables that the deploy gives the function. */
export async function startOutcomeStage(deployed: {
  readonly [name: string]: string;
}): Promise<OutcomeStage> {
  const table = await startClaimsTable(deployed['CLAIMS_TABLE_NAME']);
  const proxy = await startFaultyProxy(table.endpointUrl);
  const variables = {
    ...deployed,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: CANARIES.accessKey,
    AWS_SECRET_ACCESS_KEY: CANARIES.secretKey,
    AWS_SESSION_TOKEN: CANARIES.sessionToken,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
  };
  const ordinary = await startTriggerProcess(variables);

  async function ask(trigger: TriggerProcess, outcome: Outcome, event: object) {
    const calls: CallOutcome[] = [];
    if (outcome.isWarm) calls.push(await trigger.call(event));
    if (typeof outcome.broken === 'object') await proxy.setFault(outcome.broken);
    calls.push(await trigger.call(event, outcome.broken === 'clock' ? 'broken' : 0));
    await proxy.setFault(undefined);
    return calls;
  }

  return {
    async perform(outcome, clientId) {
      const items = outcome.items?.(clientId) ?? [];
      for (const Item of items) {
        await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
      }
      const own = { ...variables, ...outcome.variables };
      const trigger = outcome.variables === undefined ? ordinary : await startTriggerProcess(own);
      const writtenBefore = trigger === ordinary ? trigger.written().length : 0;
      const event = eventOf(outcome, clientId);
      const calls = await ask(trigger, outcome, event);
      const line = trigger.lines().at(-1) ?? '{}';
      const written = trigger.written().slice(writtenBefore);
      if (trigger !== ordinary) await trigger.close();
      return {
        line: JSON.parse(line),
        written,
        calls,
        input: JSON.stringify([items, event, own, outcome.broken]),
      };
    },
    async close() {
      await ordinary.close();
      await proxy.close();
      await table.close();
    },
  };
}

import { readFile, writeFile } from 'node:fs/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import { aBaseline, aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type CallOutcome,
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { FAULT_CASES, type FaultCase } from './fault-cases.ts';
import { type FaultResult, renderFaultPage } from './render-table.ts';

const PAGE = new URL('../../docs/trigger-faults.md', import.meta.url);

let table: ClaimsTable;
let proxy: FaultyProxy;
let trigger: TriggerProcess;
let calls = 0;
const results: FaultResult[] = [];

beforeAll(async () => {
  table = await startClaimsTable();
  proxy = await startFaultyProxy(table.endpointUrl);
  trigger = await startTriggerProcess({
    CLAIMS_TABLE_NAME: table.tableName,
    // Every call reads, so that every call meets the fault.
    CLAIMS_CACHE_SECONDS: '0',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'canary',
    AWS_SECRET_ACCESS_KEY: 'canary',
    AWS_SESSION_TOKEN: 'canary',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
  });
});

afterAll(async () => {
  await trigger.close();
  await proxy.close();
  await table.close();
});

/** A canary in every value that could find its way into a log. */
function call(clientId: string, clockJumpMs?: number): Promise<CallOutcome> {
  calls += 1;
  const clientMetadata = { tenant: 'canary-tenant', other: 'canary' };
  const event = aClientCredentialsEvent({ clientId, clientMetadata });
  return trigger.call({ ...event, later: 'canary' }, clockJumpMs);
}

function recordOf(clientId: string) {
  return aBaseline({
    clientId,
    claims: { 'custom:organization_id': 'canary-organization' },
    claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['canary-tenant'], required: true } },
  });
}

async function breakDown({ fault, item }: FaultCase, clientId: string): Promise<void> {
  const Item = { ...encodeRecord(recordOf(clientId)), ...item } as never;
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  await proxy.setFault(fault);
}

async function heal(clientId: string): Promise<void> {
  await proxy.setFault(undefined);
  await table.put(recordOf(clientId));
}

function lastLine(): { cache?: string; cause?: { code?: string } } {
  return JSON.parse(trigger.lines().at(-1) ?? '{}');
}

/** Says in words what a call came to; claims are right or the test fails. */
function describeOutcome({ answer, error }: Omit<CallOutcome, 'elapsedMs'>): string {
  if (error !== undefined) {
    return `refused: \`${/\((ERR_\w+)\)$/.exec(error.errorMessage)?.[1]}\``;
  }
  expect(answer).toMatchObject({
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: {
          claimsToAddOrOverride: {
            'custom:organization_id': 'canary-organization',
            environment: 'test',
            tenant_id: 'canary-tenant',
          },
        },
      },
    },
  });
  return lastLine().cache === 'stale' ? 'token with the older claims' : 'token';
}

/** Calls while something is broken: what came of it, and the cause that was logged. */
async function callBroken(faultCase: FaultCase, clientId: string) {
  await breakDown(faultCase, clientId);
  const { elapsedMs, ...called } = await call(clientId, faultCase.clockJumpMs);
  return {
    outcome: describeOutcome(called),
    cause: lastLine().cause?.code ?? 'nothing',
    elapsedMs,
  };
}

describe('the built bundle under a fault of the table', () => {
  test.each(FAULT_CASES.map((faultCase, index) => ({ ...faultCase, index })))(
    '$name: answers in time, says why, and recovers at the next call',
    async ({ index, ...faultCase }) => {
      const { name, coldBoundMs, warmBoundMs } = faultCase;
      const [cold, warm] = [`cold-${index}`, `warm-${index}`];
      await heal(warm);
      expect(describeOutcome(await call(warm))).toBe('token');

      const coldCall = await callBroken(faultCase, cold);
      const warmCall = await callBroken(faultCase, warm);
      await heal(cold);
      await heal(warm);
      const next = [describeOutcome(await call(cold)), describeOutcome(await call(warm))] as const;

      const causes = faultCase.causes ?? [coldCall.cause];
      expect(coldCall.elapsedMs).toBeLessThan(coldBoundMs);
      expect(warmCall.elapsedMs).toBeLessThan(warmBoundMs);
      expect(causes).toContain(coldCall.cause);
      expect(causes).toContain(warmCall.cause);
      expect(next).toEqual(['token', 'token']);
      results.push({
        name,
        cold: coldCall.outcome,
        coldBoundMs,
        warm: warmCall.outcome,
        warmBoundMs,
        causes,
        next,
      });
    },
    30_000,
  );
});

describe('what the trigger wrote', () => {
  test('what the trigger wrote is one JSON line per token, and no value of a claim, of metadata or of a credential', () => {
    const lines = trigger.lines();

    expect(lines).toHaveLength(calls);
    expect(lines.every((line) => JSON.parse(line)['_aws'] !== undefined)).toBe(true);
    expect(trigger.written()).not.toContain('canary');
  });

  test('what the trigger wrote is what the documentation says', async () => {
    const page = renderFaultPage(results);
    if (process.env['M2M_UPDATE_DOCS'] === '1') await writeFile(PAGE, page);

    await expect(readFile(PAGE, 'utf8')).resolves.toBe(page);
  });
});

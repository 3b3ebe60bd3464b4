import { readFile, writeFile } from 'node:fs/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema';
import { A_POOL_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FAULT_CASES, type FaultCase } from './fault-cases.ts';
import { type FaultResult, renderFaultPage } from './render-table.ts';
import {
  type CallOutcome,
  startTriggerProcess,
  type TriggerProcess,
} from './start-trigger-process.ts';

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
  const event = {
    version: '3',
    triggerSource: 'TokenGeneration_ClientCredentials',
    userPoolId: A_POOL_ID,
    userName: 'ClientCredentials',
    callerContext: { clientId, awsSdkVersion: 'canary' },
    request: {
      userAttributes: { email: 'canary' },
      groupConfiguration: null,
      scopes: ['orders/read'],
      clientMetadata: { tenant: 'canary-tenant', other: 'canary' },
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
  return trigger.call(event, clockJumpMs);
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
function describeOutcome({ answer, message = '' }: CallOutcome): string {
  if (answer === undefined) return `refused: \`${/\((ERR_\w+)\)$/.exec(message)?.[1]}\``;
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

describe('the built bundle under a fault of the table', () => {
  test.each(FAULT_CASES.map((faultCase, index) => ({ ...faultCase, index })))(
    '$name: answers in time, says why, and recovers at the next call',
    async ({ index, ...faultCase }) => {
      const { name, clockJumpMs, coldBoundMs, warmBoundMs } = faultCase;
      const [cold, warm] = [`cold-${index}`, `warm-${index}`];
      await heal(warm);
      expect(describeOutcome(await call(warm))).toBe('token');

      await breakDown(faultCase, cold);
      const coldOutcome = await call(cold, clockJumpMs);
      const coldText = describeOutcome(coldOutcome);
      const logged = lastLine().cause?.code;
      await breakDown(faultCase, warm);
      const warmOutcome = await call(warm, clockJumpMs);
      const warmText = describeOutcome(warmOutcome);
      await heal(cold);
      const next = describeOutcome(await call(cold));

      expect(coldOutcome.elapsedMs).toBeLessThan(coldBoundMs);
      expect(warmOutcome.elapsedMs).toBeLessThan(warmBoundMs);
      expect(next).toBe('token');
      results.push({
        name,
        cold: coldText,
        coldBoundMs,
        warm: warmText,
        warmBoundMs,
        logged: logged === undefined ? 'nothing' : `\`${logged}\``,
        next,
      });
    },
    30_000,
  );
});

describe('what the trigger wrote', () => {
  test('is one JSON line per token, and no value of a claim, of metadata or of a credential', () => {
    const lines = trigger.lines();

    expect(lines).toHaveLength(calls);
    expect(lines.every((line) => JSON.parse(line)['_aws'] !== undefined)).toBe(true);
    expect(lines.filter((line) => line.includes('canary'))).toEqual([]);
  });

  test('is what the documentation says', async () => {
    const page = renderFaultPage(results);
    if (process.env['M2M_UPDATE_DOCS'] === '1') await writeFile(PAGE, page);

    await expect(readFile(PAGE, 'utf8')).resolves.toBe(page);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema';
import { A_CLIENT_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type Fault,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildTrigger } from '../build/build-trigger.ts';
import type { TriggerHandler } from '../src/create-handler.ts';
import { aContext, aMachineEvent } from './machine-event.ts';

let table: ClaimsTable;
let proxy: FaultyProxy;
let folder: string;
let handlers: readonly TriggerHandler[];

async function load(url: string): Promise<TriggerHandler> {
  return ((await import(url)) as { handler: TriggerHandler }).handler;
}

beforeAll(async () => {
  table = await startClaimsTable();
  await table.put(aBaseline());
  proxy = await startFaultyProxy(table.endpointUrl);
  folder = await mkdtemp(join(tmpdir(), 'trigger-'));
  const outfile = join(folder, 'untrimmed.mjs');
  await buildTrigger({ outfile, isTrimmed: false });
  Object.assign(process.env, {
    CLAIMS_TABLE_NAME: table.tableName,
    // Every token is read anew, and no older answer serves.
    CLAIMS_CACHE_SECONDS: '0',
    CLAIMS_MAX_STALE_SECONDS: '0',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    // The untrimmed build would print it on Node.js 20.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const trimmed = new URL('../dist/index.mjs', import.meta.url).href;
  handlers = [await load(trimmed), await load(pathToFileURL(outfile).href)];
}, 30_000);

afterAll(async () => {
  await proxy.close();
  await table.close();
  await rm(folder, { recursive: true });
});

const FAULTS: [string, Fault | undefined, string][] = [
  ['no fault', undefined, 'premium'],
  ['a late answer', { kind: 'slow', ms: 100 }, 'premium'],
  ['a 500', { kind: 'error', status: 500, type: 'InternalServerError' }, 'ERR_STORE_UNAVAILABLE'],
  [
    'throttling',
    { kind: 'error', status: 400, type: 'ThrottlingException' },
    'ERR_STORE_UNAVAILABLE',
  ],
  [
    'expired credentials',
    { kind: 'error', status: 400, type: 'ExpiredTokenException' },
    'ERR_STORE_UNAVAILABLE',
  ],
  ['a reset connection', { kind: 'reset' }, 'ERR_STORE_UNAVAILABLE'],
  ['garbage', { kind: 'body', text: '<html></html>' }, 'ERR_STORE_UNAVAILABLE'],
  ['an empty body', { kind: 'body', text: '' }, 'ERR_STORE_UNAVAILABLE'],
  ['null', { kind: 'body', text: 'null' }, 'ERR_STORE_UNAVAILABLE'],
  ['half an answer', { kind: 'truncate' }, 'ERR_STORE_UNAVAILABLE'],
  ['a refused connection', { kind: 'refuse' }, 'ERR_STORE_UNAVAILABLE'],
];

const TEXT = '\u0000"\\\n\u2028 ünï 漢 😀';

const ITEMS: [string, AttributeValue, string][] = [
  ['text of every kind', { S: TEXT }, JSON.stringify(TEXT)],
  ['a binary value', { B: Uint8Array.of(1, 2) }, 'ERR_RECORD_INVALID'],
  ['a set', { SS: ['a', 'b'] }, 'ERR_RECORD_INVALID'],
  ['a number beyond doubles', { N: '9007199254740993' }, 'ERR_RECORD_INVALID'],
  ['an inherited name', { M: { ['__proto__']: { S: 'x' } } }, 'ERR_CLAIMS_OFF_CONTRACT'],
];

/** Asks both builds for the token of one client: its text, or why there is none. */
function askBoth(clientId: string): Promise<string[]> {
  const event = aMachineEvent({ callerContext: { clientId } });
  return Promise.all(
    handlers.map((handler) =>
      handler(event, aContext()).then(
        (answer) => JSON.stringify(answer),
        (error: Error) => error.message,
      ),
    ),
  );
}

describe('the trimmed build and the untrimmed one behave alike', () => {
  test.each(FAULTS)('on %s', async (_what, fault, expected) => {
    await proxy.setFault(fault);

    const [trimmed, untrimmed] = await askBoth(A_CLIENT_ID);

    expect(trimmed).toContain(expected);
    expect(untrimmed).toBe(trimmed);
  });

  test.each(ITEMS)('on an item with %s', async (what, claim, expected) => {
    await proxy.setFault(undefined);
    const clientId = what.replaceAll(' ', '-');
    const claims = { M: { 'custom:organization_id': claim } };
    const Item = { ...encodeRecord(aBaseline({ clientId })), claims };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));

    const [trimmed, untrimmed] = await askBoth(clientId);

    expect(trimmed).toContain(expected);
    expect(untrimmed).toBe(trimmed);
  });
});

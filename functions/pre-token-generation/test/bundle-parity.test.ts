import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import { A_CLIENT_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type Fault,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildTrigger } from '../build/build-trigger.ts';
import type { TriggerHandler } from '../src/create-handler.ts';
import { aContext, aMachineEvent } from './machine-event.ts';

const UNAVAILABLE = 'ERR_STORE_UNAVAILABLE';

let table: ClaimsTable;
let proxy: FaultyProxy;
let folder: string;
let trimmed: TriggerHandler;
let untrimmed: TriggerHandler;

async function load(url: string): Promise<TriggerHandler> {
  return ((await import(url)) as { handler: TriggerHandler }).handler;
}

beforeAll(async () => {
  // The pauses between attempts are random: long ones would end in a time-out of one build and not of the other.
  jest.spyOn(Math, 'random').mockReturnValue(0);
  table = await startClaimsTable();
  await table.put(aBaseline());
  proxy = await startFaultyProxy(table.endpointUrl);
  folder = await mkdtemp(join(tmpdir(), 'trigger-'));
  const outfile = join(folder, 'untrimmed.mjs');
  await buildTrigger({ outfile, hasFixtures: true, isTrimmed: false });
  Object.assign(process.env, {
    CLAIMS_TABLE_NAME: table.tableName,
    // Every token is read again, and no older answer is used.
    CLAIMS_CACHE_SECONDS: '0',
    CLAIMS_MAX_STALE_SECONDS: '0',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
    // The untrimmed build would print it on Node.js 20.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  trimmed = await load(new URL('../dist-fixtures/index.mjs', import.meta.url).href);
  untrimmed = await load(pathToFileURL(outfile).href);
}, 30_000);

afterAll(async () => {
  jest.restoreAllMocks();
  await proxy.close();
  await table.close();
  await rm(folder, { recursive: true });
});

const error = (status: number, type: string): Fault => ({ kind: 'error', status, type });
const body = (text: string): Fault => ({ kind: 'body', text });

/** A fault, what the caller gets, and the code of the cause in the log. */
const FAULTS: [string, Fault | undefined, string, string | undefined][] = [
  ['no fault', undefined, 'premium', undefined],
  ['a late answer', { kind: 'slow', ms: 100 }, 'premium', undefined],
  ['a 500', error(500, 'InternalServerError'), UNAVAILABLE, UNAVAILABLE],
  ['throttling', error(400, 'ThrottlingException'), UNAVAILABLE, 'ERR_STORE_THROTTLED'],
  ['expired credentials', error(400, 'ExpiredTokenException'), UNAVAILABLE, 'ERR_STORE_ACCESS'],
  ['a missing table', error(400, 'ResourceNotFoundException'), UNAVAILABLE, 'ERR_STORE_ACCESS'],
  ['a missing permission', error(400, 'AccessDeniedException'), UNAVAILABLE, 'ERR_STORE_ACCESS'],
  ['a reset connection', { kind: 'reset' }, UNAVAILABLE, UNAVAILABLE],
  ['no answer', { kind: 'hang' }, UNAVAILABLE, 'ERR_STORE_TIMEOUT'],
  ['an answer that stops', { kind: 'hang-in-body' }, UNAVAILABLE, 'ERR_STORE_TIMEOUT'],
  ['garbage', body('<html></html>'), UNAVAILABLE, UNAVAILABLE],
  ['an empty body', body(''), UNAVAILABLE, UNAVAILABLE],
  ['null', body('null'), UNAVAILABLE, UNAVAILABLE],
  ['half an answer', { kind: 'truncate' }, UNAVAILABLE, UNAVAILABLE],
  ['a refused connection', { kind: 'refuse' }, UNAVAILABLE, UNAVAILABLE],
];

const TEXT = '\u0000"\\\n\u2028 ünï 漢 😀';

const ITEMS: [string, AttributeValue, string][] = [
  ['text of every kind', { S: TEXT }, JSON.stringify(TEXT)],
  ['a binary value', { B: Uint8Array.of(1, 2) }, 'ERR_RECORD_INVALID'],
  ['a set', { SS: ['a', 'b'] }, 'ERR_RECORD_INVALID'],
  ['a number beyond doubles', { N: '9007199254740993' }, 'ERR_RECORD_INVALID'],
  ['an inherited name', { M: { ['__proto__']: { S: 'x' } } }, 'ERR_CLAIMS_OFF_CONTRACT'],
];

/** What one build did about one token: the answer's text, or why there is none; and what its line says. */
interface Reaction {
  readonly text: string;
  readonly line: object;
}

async function ask(handler: TriggerHandler, clientId: string): Promise<Reaction> {
  const written = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const text = await handler(aMachineEvent({ callerContext: { clientId } }), aContext()).then(
    (answer) => JSON.stringify(answer),
    (thrown: Error) => thrown.message,
  );
  const [line] = written.mock.calls.map(([chunk]) => JSON.parse(String(chunk)));
  written.mockRestore();
  const { level, message, outcome, reason, faults, cause } = line;
  return { text, line: { level, message, outcome, reason, faults, code: cause?.code } };
}

/** Asks both builds for a token, one after the other: they write to the same output. */
async function askBoth(clientId: string): Promise<[Reaction, Reaction]> {
  return [await ask(trimmed, clientId), await ask(untrimmed, clientId)];
}

describe('the trimmed build and the untrimmed one behave alike', () => {
  test.each(FAULTS)(
    'the trimmed build and the untrimmed one behave alike on %s',
    async (_what, fault, expected, code) => {
      await proxy.setFault(fault);

      const [reaction, other] = await askBoth(A_CLIENT_ID);

      expect(reaction.text).toContain(expected);
      expect(reaction.line).toMatchObject({ code });
      expect(other).toEqual(reaction);
    },
  );

  test.each(ITEMS)(
    'the trimmed build and the untrimmed one behave alike on an item with %s',
    async (what, claim, expected) => {
      await proxy.setFault(undefined);
      const clientId = what.replaceAll(' ', '-');
      const claims = { M: { 'custom:organization_id': claim } };
      const Item = { ...encodeRecord(aBaseline({ clientId })), claims };
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));

      const [reaction, other] = await askBoth(clientId);

      expect(reaction.text).toContain(expected);
      expect(other).toEqual(reaction);
    },
  );
});

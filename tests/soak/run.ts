import { A_POOL_ID } from '@cognito-m2m/claim-schema/testing';
import { startSoakTable } from './soak-table.ts';
import { createVersionLedger } from './version-ledger.ts';

/** `pnpm soak [invocations]`: the built bundle in this process under random faults of its table. */
const INVOCATIONS = Number(process.argv[2] ?? 200_000);
const CALLERS = 64;
const CLIENTS = 400;
const CACHE_SECONDS = 1;
const MAX_STALE_SECONDS = 4;
const WEATHER_MS = 2000;
/** Longest answer that is right: the read budget of 2,500 ms and a busy machine. Amazon Cognito waits 5,000 ms. */
const MAX_ELAPSED_MS = 4900;
/** Between the second quarter of the run and the last: the first fills the cache and the compiler's memory. */
const MAX_HEAP_CHANGE = 0.1;
const HEAP_SAMPLES = 40;

const table = await startSoakTable();
const ledger = createVersionLedger({ maxStaleMs: MAX_STALE_SECONDS * 1000 });
const clientIds = Array.from({ length: CLIENTS }, (_, index) => `client-${index}`);
const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

async function write(clientId: string): Promise<void> {
  const version = ledger.begin(clientId);
  await table.command({ put: { clientId, version } });
  ledger.finish(clientId, version);
}
for (const clientId of clientIds) await write(clientId);

Object.assign(process.env, {
  CLAIMS_TABLE_NAME: table.tableName,
  CLAIMS_CACHE_SECONDS: String(CACHE_SECONDS),
  CLAIMS_MAX_STALE_SECONDS: String(MAX_STALE_SECONDS),
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl,
});
const { handler } = await import(import.meta.resolve('@cognito-m2m/pre-token-generation/bundle'));

// The trigger's lines are counted, not shown.
const found = { issued: 0, refused: 0, stale: 0, lines: 0, wrong: 0, late: 0, unhandled: 0 };
const print = process.stdout.write.bind(process.stdout);
const count = (text: unknown) => {
  found.lines += 1;
  if (String(text).includes('"cache":"stale"')) found.stale += 1;
  return true;
};
process.stdout.write = count;
process.stderr.write = count;
process.on('unhandledRejection', () => {
  found.unhandled += 1;
});

async function callOnce(): Promise<void> {
  const isKnown = Math.random() > 0.02;
  const clientId = isKnown ? pick(clientIds) : `stranger-${Math.floor(Math.random() * 2000)}`;
  const startedMs = performance.now();
  const outcome = await handler(
    {
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      userPoolId: A_POOL_ID,
      callerContext: { clientId },
      request: { scopes: ['orders/read'], clientMetadata: null },
      response: {},
    },
    { awsRequestId: 'soak' },
  ).then(
    (answer: never) => answer['response'],
    (error: Error) => error.message,
  );
  if (performance.now() - startedMs > MAX_ELAPSED_MS) found.late += 1;
  if (!isRight(outcome, clientId, isKnown, startedMs)) found.wrong += 1;
}

function isRight(outcome: unknown, clientId: string, isKnown: boolean, startedMs: number): boolean {
  if (typeof outcome === 'string') {
    found.refused += 1;
    return /\(ERR_STORE_UNAVAILABLE\)$/.test(outcome) || (!isKnown && /_UNKNOWN\)$/.test(outcome));
  }
  found.issued += 1;
  const details = outcome as { claimsAndScopeOverrideDetails: { accessTokenGeneration: never } };
  const { claimsToAddOrOverride } = details.claimsAndScopeOverrideDetails.accessTokenGeneration;
  const {
    environment,
    approval_limit,
    'custom:organization_id': owner,
    ...others
  } = claimsToAddOrOverride as { [name: string]: unknown };
  return (
    isKnown &&
    environment === 'test' &&
    owner === clientId &&
    Object.keys(others).length === 0 &&
    ledger.isAllowed(clientId, approval_limit, startedMs)
  );
}

let left = INVOCATIONS;
const heapBytes: number[] = [];
async function caller(): Promise<void> {
  while (left > 0) {
    left -= 1;
    if (left % Math.floor(INVOCATIONS / HEAP_SAMPLES) === 0) {
      globalThis.gc?.();
      heapBytes.push(process.memoryUsage().heapUsed);
    }
    await callOnce();
    // An answer from memory never waits, and must not starve the timers.
    await new Promise(setImmediate);
  }
}
async function changeRecords(): Promise<void> {
  while (left > 0) {
    await write(pick(clientIds));
    await new Promise((passed) => setTimeout(passed, 5));
  }
}
async function changeWeather(): Promise<void> {
  for (let turn = 0; left > 0; turn += 1) {
    await table.command({ weather: turn % 4 === 3 ? 'down' : turn % 4 === 0 ? 'fine' : 'faulty' });
    await new Promise((passed) => setTimeout(passed, WEATHER_MS));
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] ?? 0;
}

const startedMs = performance.now();
await Promise.all([changeRecords(), changeWeather(), ...Array.from({ length: CALLERS }, caller)]);
// Reads that were given up may still fail; a rejection of theirs would show now.
await new Promise((passed) => setTimeout(passed, 4000));
table.close();

const quarter = HEAP_SAMPLES / 4;
const heapChange =
  median(heapBytes.slice(-quarter)) / median(heapBytes.slice(quarter, 2 * quarter)) - 1;
const seconds = Math.round((performance.now() - startedMs) / 1000);
const heapMb = heapBytes.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ');
print(`${JSON.stringify({ invocations: INVOCATIONS, seconds, ...found })}\n`);
print(`heap after collection, MB: ${heapMb}; change ${(heapChange * 100).toFixed(1)} %\n`);
const isFlat = Math.abs(heapChange) <= MAX_HEAP_CHANGE;
const isClean = found.wrong + found.unhandled + found.late === 0 && found.lines >= INVOCATIONS;
print(isFlat && isClean ? 'soak passed\n' : 'soak FAILED\n');
process.exit(isFlat && isClean ? 0 : 1);

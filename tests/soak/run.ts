import { writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { aClientCredentialsEvent, poolSettings } from '@cognito-m2m/claim-schema/testing';
import { readCommandLine } from '../bench/command-line.ts';
import { createMemoryWatch } from './memory-watch.ts';
import { createProfiles, type Profile, type SoakAnswer, type SoakRequest } from './profiles.ts';
import { judgeSoak, renderSoakPage, type SoakCounts } from './soak-report.ts';
import { startSoakTable } from './soak-table.ts';
import { createVersionLedger } from './version-ledger.ts';

const {
  counts: { invocations: INVOCATIONS },
  isFull,
} = readCommandLine(
  {
    name: 'soak',
    description:
      'Calls the built trigger under random faults of its table. Ends with 1 unless every answer is right.',
  },
  { invocations: { description: 'calls of the trigger', full: 200_000 } },
);
const CALLERS = 64;
const CLIENTS = 150;
const CACHE_SECONDS = 1;
const MAX_STALE_SECONDS = 4;
/** Between two changes of a record: each client changes every few seconds. */
const WRITE_PAUSE_MS = 20;
const WEATHER_MS = 2000;
/** Calls that began in bad weather have ended by then. */
const WEATHER_SETTLED_MS = 1000;
/** Longest answer that is right: the read budget of 2,500 ms and a busy machine. Amazon Cognito waits 5,000 ms. */
const MAX_ELAPSED_MS = 4900;
const MEMORY_SAMPLES = 40;
const PAGE = new URL('../bench/results/soak.md', import.meta.url);

const profiles = createProfiles(Math.floor(Date.now() / 1000));
const clientIds = Array.from({ length: CLIENTS }, (_, index) => `client-${index}`);
const profileOf = (clientId: string) =>
  profiles[Number(clientId.slice('client-'.length)) % profiles.length] as Profile;
const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;

const table = await startSoakTable();
const ledger = createVersionLedger({ maxStaleMs: MAX_STALE_SECONDS * 1000 });

async function write(clientId: string): Promise<void> {
  const version = ledger.begin(clientId);
  await table.command({ put: profileOf(clientId).records(clientId, version) });
  ledger.finish(clientId, version);
}
await table.command({ put: [poolSettings()] });
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

const counts: SoakCounts = {
  invocations: INVOCATIONS,
  seconds: 0,
  issued: 0,
  refused: 0,
  unavailable: 0,
  stale: 0,
  lines: 0,
  wrong: 0,
  late: 0,
  refusedInFineWeather: 0,
  tableLateInFineWeather: 0,
  unhandled: 0,
};
/** Why the table could not be read, by the id of the request, until the call that it is about has ended. */
const causes = new Map<string, string>();
// The trigger's lines are counted, not shown.
const print = process.stdout.write.bind(process.stdout);
const count = (text: unknown) => {
  counts.lines += 1;
  if (String(text).includes('"ERR_STORE_UNAVAILABLE"')) {
    const { requestId, cause } = JSON.parse(String(text));
    causes.set(requestId, cause.code);
  }
  if (String(text).includes('"cache":"stale"')) counts.stale += 1;
  return true;
};
process.stdout.write = count;
process.stderr.write = count;
process.on('unhandledRejection', () => {
  counts.unhandled += 1;
});

/** By the steady clock, in milliseconds; nothing in bad weather. */
let fineSinceMs: number | undefined;

async function ask(
  clientId: string,
  request: SoakRequest,
  awsRequestId: string,
): Promise<SoakAnswer> {
  const event = aClientCredentialsEvent({ clientId, ...request });
  try {
    const { response } = await handler(event, { awsRequestId });
    return response.claimsAndScopeOverrideDetails.accessTokenGeneration;
  } catch (error) {
    return /\((ERR_\w+)\)$/.exec((error as Error).message)?.[1] ?? 'no code';
  }
}

async function callOnce(requestId: string): Promise<void> {
  const isKnown = Math.random() > 0.02;
  const clientId = isKnown ? pick(clientIds) : `stranger-${Math.floor(Math.random() * 2000)}`;
  const request = isKnown ? profileOf(clientId).request() : { scopes: [], clientMetadata: null };
  const [startedMs, first, fineBeforeMs] = [performance.now(), nowSeconds(), fineSinceMs];
  const answer = await ask(clientId, request, requestId);
  if (performance.now() - startedMs > MAX_ELAPSED_MS) counts.late += 1;
  if (answer === 'ERR_STORE_UNAVAILABLE') {
    counts.unavailable += 1;
    const isFine = fineBeforeMs !== undefined && fineBeforeMs === fineSinceMs;
    if (isKnown && isFine && startedMs > fineBeforeMs + WEATHER_SETTLED_MS) {
      // On a busy machine the table's own process can be late, which is not a fault of the trigger.
      const isLate = causes.get(requestId) === 'ERR_STORE_TIMEOUT';
      counts[isLate ? 'tableLateInFineWeather' : 'refusedInFineWeather'] += 1;
    }
    causes.delete(requestId);
    return;
  }
  counts[typeof answer === 'string' ? 'refused' : 'issued'] += 1;
  const seconds = { first, last: nowSeconds() };
  const right = isKnown
    ? ledger
        .allowed(clientId, startedMs)
        .flatMap((version) => profileOf(clientId).answers(clientId, version, request, seconds))
    : ['ERR_CLIENT_UNKNOWN'];
  if (right.some((candidate) => isDeepStrictEqual(candidate, answer))) return;
  counts.wrong += 1;
  print(`wrong: ${JSON.stringify({ requestId, clientId, request, seconds, answer, right })}\n`);
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

let left = INVOCATIONS;
const memory = createMemoryWatch();
async function caller(): Promise<void> {
  while (left > 0) {
    left -= 1;
    if (left % Math.floor(INVOCATIONS / MEMORY_SAMPLES) === 0) memory.sample();
    await callOnce(`request-${left}`);
    // An answer from memory never waits, and must not starve the timers.
    await new Promise(setImmediate);
  }
}
async function changeRecords(): Promise<void> {
  while (left > 0) {
    await write(pick(clientIds));
    await new Promise((passed) => setTimeout(passed, WRITE_PAUSE_MS));
  }
}
async function changeWeather(): Promise<void> {
  for (let turn = 0; left > 0; turn += 1) {
    const weather = (['fine', 'faulty', 'faulty', 'down'] as const)[turn % 4] ?? 'fine';
    fineSinceMs = undefined;
    await table.command({ weather });
    if (weather === 'fine') fineSinceMs = performance.now();
    await new Promise((passed) => setTimeout(passed, WEATHER_MS));
  }
}

const startedMs = performance.now();
await Promise.all([changeRecords(), changeWeather(), ...Array.from({ length: CALLERS }, caller)]);
// Reads that were given up may still fail; a rejection of theirs would show now.
await new Promise((passed) => setTimeout(passed, 4000));
table.close();

counts.seconds = Math.round((performance.now() - startedMs) / 1000);
const figures = judgeSoak(counts, memory.trends());
const page = renderSoakPage(figures);
if (isFull) await writeFile(PAGE, page);
print(page);
const isPassed = figures.every(({ isKept }) => isKept !== false);
print(isPassed ? 'soak passed\n' : 'soak FAILED\n');
process.exit(isPassed ? 0 : 1);

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emittedMetrics, type LogLine } from './emitted.ts';
import { type OutcomeStage, startOutcomeStage } from './outcome-stage.ts';
import { OUTCOMES } from './outcomes.ts';
import { metricKey, readWatched, type Watched } from './watched.ts';

/** A token for each outcome, some of them after retries, and a process for each odd set of variables. */
const SETUP_TIMEOUT_MS = 120_000;

/** Every call reads, so that every call meets what is broken. */
const ENVIRONMENT = {
  name: 'watched',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' as const },
  trigger: { cacheSeconds: 0 },
  pools: {
    payments: { domainPrefix: 'acme-watched-payments', resourceServers: {}, clients: {} },
  },
};

let watched: Watched;
/** The same environment with a pool that takes claims out of users' tokens. */
let watchedWithIssuers: Watched;
let stage: OutcomeStage;
const lines: LogLine[] = [];

beforeAll(async () => {
  watched = await readWatched(ENVIRONMENT);
  const { payments } = ENVIRONMENT.pools;
  const staff = { issuer: 'https://login.example.com', audience: ['payments'] };
  watchedWithIssuers = await readWatched({
    ...ENVIRONMENT,
    pools: { payments: { ...payments, tokenIssuers: { staff } } },
  });
  stage = await startOutcomeStage(watched.variables);
  for (const [index, outcome] of OUTCOMES.entries()) {
    const { line } = await stage.perform(outcome, `client-${index}`);
    lines.push(line);
  }
}, SETUP_TIMEOUT_MS);

afterAll(() => stage.close());

/** The codes for which the bundle has a sentence: every reason that there can be. */
async function reasonsOfBundle(): Promise<string[]> {
  const url = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  const code = await readFile(fileURLToPath(url), 'utf8');
  return [...code.matchAll(/\b(ERR_[A-Z_]+): ?["'`]/g)].map(([, reason = '']) => reason).sort();
}

const isOfTrigger = (metric: string) => metric.startsWith('CognitoM2mClaims ');
const isOfLambda = (metric: string) => metric.startsWith('AWS/Lambda ');

describe('the built bundle', () => {
  test('the built bundle comes to every outcome that was brought about, and says so in its line', () => {
    const results = lines.map(({ outcome, reason }) => reason ?? outcome);

    expect(results).toEqual(OUTCOMES.map(({ result }) => result));
  });

  test('the built bundle has no reason to refuse a token that was not brought about', async () => {
    const reasons = new Set(lines.flatMap(({ reason }) => reason ?? []));

    // The attacks and faults in `tests/on-behalf-of` bring about those of users' tokens.
    const others = (await reasonsOfBundle()).filter((reason) => !reason.startsWith('ERR_TOKEN_'));
    expect([...reasons].sort()).toEqual(others);
  });
});

describe('the alarms', () => {
  test('the alarms on the metrics of the trigger watch nothing but what it really writes', () => {
    const emitted = new Set(lines.flatMap(emittedMetrics));
    const own = [...watched.alarms.values()].flat().filter(isOfTrigger);

    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  test('the alarms watch every reason to refuse a token', async () => {
    const own = new Set([...watchedWithIssuers.alarms.values()].flat());

    const unwatched = (await reasonsOfBundle()).filter((reason) => !own.has(refusals(reason)));

    expect(unwatched).toEqual([]);
  });

  test('the alarms on the metrics of AWS Lambda watch the function through the alias that the pools call', () => {
    const ofLambda = [...watched.alarms.values()].flat().filter(isOfLambda);

    expect(ofLambda.sort()).toEqual(
      ['Duration', 'Errors', 'Throttles'].map((name) =>
        metricKey('AWS/Lambda', name, watched.lambdaDimensions),
      ),
    );
  });
});

describe('the dashboard', () => {
  test('the dashboard shows every metric that the trigger writes for all tokens, and none that it does not', () => {
    const emitted = new Set(lines.flatMap(emittedMetrics));
    const shown = new Set(watched.dashboard.filter(isOfTrigger));

    const ofAllTokens = [...emitted].filter((metric) => !metric.includes(' reason='));
    expect(ofAllTokens.filter((metric) => !shown.has(metric))).toEqual([]);
    expect([...shown].filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  test('the dashboard shows every reason to refuse a token', async () => {
    const unseen = (await reasonsOfBundle()).filter(
      (reason) => !watchedWithIssuers.dashboard.includes(refusals(reason)),
    );

    expect(unseen).toEqual([]);
  });

  test('the dashboard lists refused tokens by fields that their lines have, from the log group of the function', () => {
    const [query = '', ...others] = watched.queries;
    const [, fields = ''] = /\| fields @timestamp, ([^|]+) \|/.exec(query) ?? [];
    const written = new Set(lines.filter(({ reason }) => reason).flatMap(Object.keys));

    expect(others).toEqual([]);
    expect(query).toContain(`SOURCE '${watched.logGroup}'`);
    expect(query).toContain('filter outcome = "denied"');
    expect(fields.split(', ').filter((field) => !written.has(field))).toEqual([]);
  });
});

function refusals(reason: string): string {
  const service = watched.variables['POWERTOOLS_SERVICE_NAME'];
  return metricKey('CognitoM2mClaims', 'TokensDenied', { service, reason });
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTriggerProcess, type TriggerProcess } from '../faults/start-trigger-process.ts';
import { emittedMetrics, type LogLine } from './emitted.ts';
import { OUTCOMES, type Outcome } from './outcomes.ts';
import { metricKey, readWatched, type Watched } from './watched.ts';

/** Sixteen tokens, two of them after retries, and a process for each odd set of variables. */
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
let table: ClaimsTable;
let proxy: FaultyProxy;
let deployed: TriggerProcess;
const lines: LogLine[] = [];

beforeAll(async () => {
  watched = await readWatched(ENVIRONMENT);
  table = await startClaimsTable(watched.variables['CLAIMS_TABLE_NAME']);
  proxy = await startFaultyProxy(table.endpointUrl);
  deployed = await startTrigger({});
  for (const [index, outcome] of OUTCOMES.entries()) {
    lines.push(await bringAbout(outcome, `client-${index}`));
  }
}, SETUP_TIMEOUT_MS);

afterAll(async () => {
  await deployed.close();
  await proxy.close();
  await table.close();
});

function startTrigger(variables: { readonly [name: string]: string }): Promise<TriggerProcess> {
  return startTriggerProcess({
    ...watched.variables,
    AWS_REGION: ENVIRONMENT.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
    ...variables,
  });
}

/** Asks the built bundle for a token. @returns The line that it wrote about it. */
async function bringAbout(outcome: Outcome, clientId: string): Promise<LogLine> {
  const { items, event, variables, broken, isWarm } = outcome;
  for (const Item of items?.(clientId) ?? []) {
    await table.client.send(
      new PutItemCommand({ TableName: table.tableName, Item: Item as never }),
    );
  }
  const trigger = variables === undefined ? deployed : await startTrigger(variables);
  const request = { ...aClientCredentialsEvent({ clientId }), ...event };
  if (isWarm) await trigger.call(request);
  if (broken === 'table') await proxy.setFault({ kind: 'refuse' });
  await trigger.call(request, broken === 'clock' ? 'broken' : 0);
  await proxy.setFault(undefined);
  if (trigger !== deployed) await trigger.close();
  return JSON.parse(trigger.lines().at(-1) ?? '{}');
}

/** The codes for which the bundle has a sentence: every reason that there can be. */
async function reasonsOfBundle(): Promise<string[]> {
  const url = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  const code = await readFile(fileURLToPath(url), 'utf8');
  return [...code.matchAll(/\b(ERR_[A-Z_]+): ?["'`]/g)].map(([, reason = '']) => reason).sort();
}

const isOfTrigger = (metric: string) => metric.startsWith('CognitoM2mClaims ');
const isOfLambda = (metric: string) => metric.startsWith('AWS/Lambda ');

describe('the built bundle', () => {
  test('comes to every outcome that was brought about, and says so in its line', () => {
    const results = lines.map(({ outcome, reason }) => reason ?? outcome);

    expect(results).toEqual(OUTCOMES.map(({ result }) => result));
  });

  test('has no reason to refuse a token that was not brought about', async () => {
    const reasons = lines.flatMap(({ reason }) => reason ?? []);

    expect(reasons.sort()).toEqual(await reasonsOfBundle());
  });
});

describe('the alarms', () => {
  test('on the metrics of the trigger watch nothing but what it really writes', () => {
    const emitted = new Set(lines.flatMap(emittedMetrics));
    const own = [...watched.alarms.values()].flat().filter(isOfTrigger);

    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  test('watch every reason to refuse a token', async () => {
    const own = new Set([...watched.alarms.values()].flat());

    const unwatched = (await reasonsOfBundle()).filter((reason) => !own.has(refusals(reason)));

    expect(unwatched).toEqual([]);
  });

  test('on the metrics of AWS Lambda watch the function through the alias that the pools call', () => {
    const ofLambda = [...watched.alarms.values()].flat().filter(isOfLambda);

    expect(ofLambda.sort()).toEqual(
      ['Duration', 'Errors', 'Throttles'].map((name) =>
        metricKey('AWS/Lambda', name, watched.lambdaDimensions),
      ),
    );
  });
});

describe('the dashboard', () => {
  test('shows every metric that the trigger writes for all tokens, and none that it does not', () => {
    const emitted = new Set(lines.flatMap(emittedMetrics));
    const shown = new Set(watched.dashboard.filter(isOfTrigger));

    const ofAllTokens = [...emitted].filter((metric) => !metric.includes(' reason='));
    expect(ofAllTokens.filter((metric) => !shown.has(metric))).toEqual([]);
    expect([...shown].filter((metric) => !emitted.has(metric))).toEqual([]);
  });

  test('shows every reason to refuse a token', async () => {
    const unseen = (await reasonsOfBundle()).filter(
      (reason) => !watched.dashboard.includes(refusals(reason)),
    );

    expect(unseen).toEqual([]);
  });

  test('lists refused tokens by fields that their lines have, from the log group of the function', () => {
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

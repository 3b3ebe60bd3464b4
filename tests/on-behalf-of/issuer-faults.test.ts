import { aBaseline, aTokenSelector } from '@cognito-m2m/claim-schema/testing';
import {
  type IssuerFault,
  makeCertificate,
  startUserIssuer,
} from '@cognito-m2m/pre-token-generation/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { CallOutcome, TriggerProcess } from '../lambda-runtime/start-trigger-process.ts';
import { formatTable } from '../service/generated-blocks.ts';
import { checkBlock } from './page-block.ts';
import { CLIENTS, eventWith, startTriggerWorld, type TriggerWorld } from './trigger-world.ts';

/** Two attempts fail at once, or no attempt is made; and a slow machine. */
const AT_ONCE_MS = 1500;

/** Two attempts of 1,000 ms each, the budget of 2,500 ms, and a slow machine. Amazon Cognito waits 5,000 ms. */
const BUDGET_MS = 3500;

const boundOf = ({ kind }: IssuerFault) => (kind.startsWith('hang') ? BUDGET_MS : AT_ONCE_MS);

/** A failure answers for the issuer this long. */
const HOLD_MS = 1100;

/** A fault of the issuer, and the reason in the log. */
const FAULTS: readonly (readonly [name: string, fault: IssuerFault, reason: string])[] = [
  ['connection refused', { kind: 'refuse' }, 'ECONNREFUSED'],
  ['accepts and hangs', { kind: 'hang' }, 'timeout'],
  ['hangs in the middle of its answer', { kind: 'hang-in-body' }, 'timeout'],
  ['connection reset', { kind: 'reset' }, 'ECONNRESET'],
  ['error 500', { kind: 'status', status: 500 }, 'status 500'],
  ['redirects', { kind: 'status', status: 302, location: 'https://localhost:1' }, 'status 302'],
  ['garbage instead of JSON', { kind: 'body', text: '<html>' }, 'not JSON'],
  ['no keys', { kind: 'body', text: '{}' }, 'discovery names another issuer'],
  ['10 MB', { kind: 'body', text: `"${'x'.repeat(10_000_000)}"` }, 'larger than 64 KB'],
];

/** After it, a key that is not known may cause another reading. */
const LATER_MS = 11_000;

/** What keeps an issuer from being read. */
interface UnreachableIssuer {
  readonly certificateHost?: string;
  readonly isTrusted?: boolean;
  readonly host?: string;
}

let world: TriggerWorld;
const results: string[][] = [];

beforeAll(async () => {
  world = await startTriggerWorld();
});

afterEach(() => world.staff.setFault(undefined));

afterAll(() => world.close());

/** The line of the last token. */
const lineOf = (trigger: TriggerProcess) => JSON.parse(trigger.lines().at(-1) ?? '{}');

function describeOutcome({ answer, error }: CallOutcome): string {
  if (error !== undefined) return `refused: \`${/\((ERR_\w+)\)$/.exec(error.errorMessage)?.[1]}\``;
  const isComplete = JSON.stringify(answer).includes('"on_behalf_of":"user-1"');
  return isComplete ? 'token' : 'token without the claim';
}

const callAs = (trigger: TriggerProcess, clientId: string, laterMs?: number) =>
  trigger.call(eventWith(clientId, { user_token: world.staff.sign() }), laterMs);

const pass = (ms: number) => new Promise((passed) => setTimeout(passed, ms));

describe('the built bundle under a fault of the issuer', () => {
  test.each(FAULTS)('%s: answers in time, says why, and recovers', async (name, fault, reason) => {
    await world.staff.setFault(fault);
    const trigger = await world.startTrigger();
    const required = await callAs(trigger, CLIENTS.required);
    const line = lineOf(trigger);
    const optional = await callAs(trigger, CLIENTS.optional);
    await world.staff.setFault(undefined);
    await pass(HOLD_MS);
    const next = await callAs(trigger, CLIENTS.required);
    // Known keys serve through the same fault.
    await world.staff.setFault(fault);
    const known = await callAs(trigger, CLIENTS.required);
    await trigger.close();

    expect(line).toMatchObject({ outcome: 'denied', userToken: { reason } });
    expect(Math.max(required.elapsedMs, optional.elapsedMs)).toBeLessThan(boundOf(fault));
    expect(Math.max(known.elapsedMs, next.elapsedMs)).toBeLessThan(AT_ONCE_MS);
    expect(describeOutcome(next)).toBe('token');
    results.push([
      name,
      ...[required, optional].map(describeOutcome),
      `${boundOf(fault)} ms`,
      describeOutcome(known),
      `${AT_ONCE_MS} ms`,
      `\`${reason}\``,
      describeOutcome(next),
    ]);
  });

  test.each<[string, string, UnreachableIssuer]>([
    ['certificate that nobody trusts', 'DEPTH_ZERO_SELF_SIGNED_CERT', {}],
    [
      'certificate of another host',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      { certificateHost: 'a.example', isTrusted: true },
    ],
    ['host name gone', 'ENOTFOUND', { host: 'issuer.invalid' }],
  ])('%s: is refused, the line says why, and recovers', async (name, reason, fault) => {
    const { host = 'localhost', isTrusted = false, ...options } = fault;
    const [other, renewed] = await Promise.all([
      startUserIssuer(options),
      makeCertificate('localhost'),
    ]);
    await world.trust(renewed.cert);
    if (isTrusted) await world.trust(other.certificate);
    const address = other.issuer.replace('localhost', host);
    const issuer = { name: 'other', issuer: address, clientIds: ['user-client'], audience: [] };
    const claimsFromToken = aTokenSelector({ issuer });
    await world.table.put(
      aBaseline({ clientId: `${name}-required`, claimsFromToken }),
      aBaseline({
        clientId: `${name}-optional`,
        claimsFromToken: { ...claimsFromToken, required: false },
      }),
    );
    const trigger = await world.startTrigger();
    const ask = (clientId: string) =>
      trigger.call(eventWith(clientId, { user_token: other.sign({ iss: address }) }));

    const required = await ask(`${name}-required`);
    const line = lineOf(trigger);
    const optional = await ask(`${name}-optional`);
    other.setCertificate(renewed);
    await pass(HOLD_MS);
    const next = describeOutcome(await ask(`${name}-required`));
    await trigger.close();
    await other.close();

    expect(line.userToken.reason).toBe(reason);
    expect(Math.max(required.elapsedMs, optional.elapsedMs)).toBeLessThan(AT_ONCE_MS);
    const outcomes = [required, optional].map(describeOutcome);
    expect(outcomes).toEqual(['refused: `ERR_TOKEN_KEYS_UNAVAILABLE`', 'token without the claim']);
    // No certificate brings a name back.
    const hasRecovered = host === 'localhost';
    expect(next).toBe(hasRecovered ? 'token' : outcomes[0]);
    const recovery = hasRecovered ? next : '-';
    results.push([name, ...outcomes, `${AT_ONCE_MS} ms`, '-', '-', `\`${reason}\``, recovery]);
  });

  test('rotates its key in mid-flight: the first token with the new key is accepted', async () => {
    const trigger = await world.startTrigger();
    const before = await callAs(trigger, CLIENTS.required);
    world.staff.rotate();

    const required = await callAs(trigger, CLIENTS.required);
    world.staff.rotate();
    const optional = await callAs(trigger, CLIENTS.optional, LATER_MS);
    const next = await callAs(trigger, CLIENTS.required, LATER_MS);
    await trigger.close();

    const outcomes = [before, required, optional, next].map(describeOutcome);
    expect(outcomes).toEqual(['token', 'token', 'token', 'token']);
    expect(Math.max(required.elapsedMs, optional.elapsedMs)).toBeLessThan(AT_ONCE_MS);
    const bound = `${AT_ONCE_MS} ms`;
    const name = 'rotates its key in mid-flight';
    results.push([name, 'token', 'token', bound, 'token', bound, '-', 'token']);
  });
});

test('the documentation says what came of each fault', async () => {
  const asked = ['required', 'not required', 'within', 'keys known before', 'within'];
  const head = ['fault', ...asked, 'logged', 'next'];

  const { page, expected } = await checkBlock('issuer-faults', formatTable([head, ...results]));

  expect(page).toBe(expected);
});

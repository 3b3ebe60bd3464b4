import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aTokenClient } from '../test/a-token-client.ts';
import { decode, type Fault } from '../test/simulated-issuer.ts';
import { createSimulatedTime } from '../test/simulated-time.ts';

const scopeSets = [undefined, ['a'], ['b'], ['a', 'b'], ['b', 'a']];
const tenants = [undefined, 't-1', 't-2'];

const getStep = fc.record({
  kind: fc.constant('get' as const),
  scopes: fc.constantFrom(...scopeSets),
  tenant: fc.constantFrom(...tenants),
});
const faults: Fault[] = [
  'reset',
  { status: 503 },
  { status: 429, headers: { 'retry-after': '2' } },
];
const otherStep = fc.oneof(
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  fc.record({ kind: fc.constant('freeze' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  fc.record({
    kind: fc.constant('correct' as const),
    ms: fc.integer({ min: -600_000, max: 600_000 }),
  }),
  fc.record({ kind: fc.constant('fault' as const), fault: fc.constantFrom(...faults) }),
  fc.record({ kind: fc.constant('latency' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
  fc.record({ kind: fc.constant('rotate' as const) }),
);
const steps = fc.array(fc.oneof({ weight: 2, arbitrary: getStep }, otherStep), { maxLength: 40 });

const options = fc.record({
  lifeSeconds: fc.integer({ min: 300, max: 3_600 }),
  maxAgeSeconds: fc.constantFrom(undefined, 60, 900),
  maxTokens: fc.constantFrom(1, 2, 1_000),
  seed: fc.integer(),
});

test('whatever happens in whatever order, no caller receives an expired token or the token of another key', async () => {
  let received = 0;
  await fc.assert(
    fc.asyncProperty(
      steps,
      options,
      async (story, { lifeSeconds, maxAgeSeconds, maxTokens, seed }) => {
        let secret = 'secret-0';
        const time = createSimulatedTime({ random: seededRandom(seed) });
        const { tokens, issuer } = aTokenClient(
          {
            credentials: () => ({ clientId: 'client-1', clientSecret: secret }),
            maxTokens,
            ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
          },
          time,
        );
        issuer.lifeSeconds = lifeSeconds;
        issuer.secrets = new Set([secret]);
        const calls: Promise<unknown>[] = [];

        for (const step of story) {
          if (step.kind === 'get') {
            const metadata = step.tenant === undefined ? undefined : { tenant: step.tenant };
            const call = tokens.get({ scopes: step.scopes, metadata }).then(({ accessToken }) => {
              const claims = decode(accessToken);
              expect(claims['exp']).toBeGreaterThan(issuer.now() / 1_000);
              expect(claims['scope']).toBe(step.scopes && [...step.scopes].sort().join(' '));
              expect(claims['aws_client_metadata']).toBe(metadata && JSON.stringify(metadata));
              received++;
            });
            calls.push(call.catch(rethrowAssertion));
          }
          if (step.kind === 'advance') await time.advance(step.ms);
          if (step.kind === 'freeze') {
            // A token on its way to its caller arrives first: no check can run for a caller who is frozen after it.
            await time.advance(0);
            time.freeze(step.ms);
          }
          if (step.kind === 'correct') time.correct(step.ms);
          if (step.kind === 'fault' && Array.isArray(issuer.faults)) issuer.faults.push(step.fault);
          if (step.kind === 'latency') issuer.latencyMs = step.ms;
          if (step.kind === 'rotate') {
            secret = `secret-${Math.abs(seed)}-${calls.length}-${issuer.requests.length}`;
            issuer.secrets = new Set([secret]);
          }
        }
        await time.advance(30_000);
        for (const outcome of await Promise.all(calls)) if (outcome) throw outcome;
      },
    ),
    { numRuns: 300 },
  );

  expect(received).toBeGreaterThan(300);
});

// A caller may be refused or be too late; it may not receive the wrong token.
function rethrowAssertion(error: Error): Error | undefined {
  return error.name === 'TokenClientError' ? undefined : error;
}

function seededRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

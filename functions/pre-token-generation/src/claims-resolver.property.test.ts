import { type ClaimLayers, resolveClaims } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aContext, aMachineEvent } from '../test/machine-event.ts';
import { createTestClock, type TestClock } from '../test/test-clock.ts';
import { createLineKeeper, createTestTokens } from '../test/trigger.ts';
import { createClaimsResolver, type ResolveClaims } from './claims-resolver.ts';
import { createClaimsSource } from './claims-source.ts';
import { createHandler } from './create-handler.ts';
import { createIssueClaims } from './issue-claims.ts';

const WALL_MS = 1_800_000_000_000;
const RULES = { contract, sizeBudgetBytes: 200 };
const SCOPES = ['orders/read', 'orders/write', 'orders/list'];

/** One thing that happens to a trigger. */
type Step =
  | { readonly kind: 'write'; readonly layers: ClaimLayers }
  | { readonly kind: 'pass' | 'jump'; readonly ms: number }
  | { readonly kind: 'ask'; readonly scopes: readonly string[]; readonly clientMetadata: unknown };

const ms = fc.integer({ min: -20, max: 20 }).map((seconds) => seconds * 500);
const tier = fc.constantFrom('free', 'premium');
const claims = fc.record({ tier, approval_limit: fc.nat(9) }, { requiredKeys: [] });
const overrideClaim = fc.record(
  {
    value: fc.oneof({ weight: 9, arbitrary: tier }, { weight: 1, arbitrary: fc.constant(0) }),
    expiresAt: fc.integer({ min: -15, max: 15 }).map((seconds) => WALL_MS / 1000 + seconds),
  },
  { requiredKeys: ['value'] },
);
const layers = fc.record(
  {
    baseline: fc
      .record({
        claims,
        claimsByScope: fc.dictionary(fc.constantFrom(...SCOPES), claims),
        claimsFromMetadata: fc.record(
          {
            tenant_id: fc.record({
              key: fc.constantFrom('tenant', 'toString'),
              allow: fc.constant(['t-1', 't-2']),
              required: fc.boolean(),
            }),
          },
          { requiredKeys: [] },
        ),
        addScopes: fc.subarray(SCOPES, { maxLength: 1 }),
        suppressScopes: fc.subarray(SCOPES, { maxLength: 1 }),
        suppressClaims: fc.subarray(['tier', 'acr']),
      })
      .map(aBaseline),
    override: fc
      .record({
        revision: fc.integer({ min: 1, max: 9 }),
        disabled: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
        claims: fc.dictionary(fc.constantFrom('tier', 'custom:role', 'sub'), overrideClaim),
      })
      .map(anOverride),
  },
  { requiredKeys: ['baseline'] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), layers }),
  fc.record({ kind: fc.constant('pass' as const), ms: ms.map(Math.abs) }),
  fc.record({ kind: fc.constant('jump' as const), ms }),
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      scopes: fc.subarray(SCOPES, { minLength: 1, maxLength: 2 }),
      clientMetadata: fc.constantFrom(
        null,
        {},
        { tenant: 't-1' },
        { tenant: 't-2' },
        { tenant: 1 },
      ),
    }),
  },
);

/** The whole trigger over records in memory, with one way to resolve claims. */
function createTrigger(resolve: ResolveClaims, clock: TestClock, current: () => ClaimLayers) {
  const { logger, lines } = createLineKeeper();
  const source = createClaimsSource({
    reader: {
      readLayers: async () => ({ ...current() }),
      readSettings: async () => undefined,
    },
    clock,
    settings: { cacheSeconds: 5, maxStaleSeconds: 900 },
  });
  const handler = createHandler({
    issueClaims: createIssueClaims({ source, resolve, tokens: createTestTokens(clock), clock }),
    logger,
    clock,
  });
  return async (request: object) => {
    const outcome = await handler(aMachineEvent({ request }), aContext()).then(
      (answer) => JSON.stringify(answer),
      (error: Error) => error.message,
    );
    return { outcome, line: lines.at(-1) };
  };
}

test('whatever happens to records and clocks, a trigger that remembers answers as one that does not', async () => {
  await fc.assert(
    fc.asyncProperty(
      layers,
      fc.array(step, { minLength: 4, maxLength: 30 }),
      async (firstLayers, steps) => {
        let record: ClaimLayers = firstLayers;
        const clock = createTestClock(WALL_MS);
        const current = () => record;
        const remembering = createTrigger(createClaimsResolver(RULES), clock, current);
        const plain = createTrigger(
          (read, request, nowSeconds) => resolveClaims(read, request, nowSeconds, RULES),
          clock,
          current,
        );
        for (const next of steps) {
          if (next.kind === 'write') record = next.layers;
          else if (next.kind === 'ask') expect(await remembering(next)).toEqual(await plain(next));
          else clock[next.kind](next.ms);
        }
      },
    ),
    { numRuns: 300 },
  );
}, 30_000);

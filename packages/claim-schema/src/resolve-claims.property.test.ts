import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DENIAL_MESSAGES } from './denial.ts';
import { claimsSizeBytes, MAX_CHANGES_PER_TOKEN } from './limits.ts';
import { isAddableScope, isReservedClaimName } from './reserved-names.ts';
import type { IssuedClaims } from './resolution.ts';
import { resolveClaims } from './resolve-claims.ts';
import { type ResolverInput, resolverInput } from './testing/arbitraries.ts';
import { A_CLIENT_ID } from './testing/records.ts';

const RUNS = { numRuns: 10_000 };

function resolve({ layers, request, now, rules }: ResolverInput) {
  return resolveClaims(layers, request, now, rules);
}

/** Checks a property of every token that is issued, in at least 10,000 runs. */
function everyToken(holds: (issued: IssuedClaims, input: ResolverInput) => boolean): void {
  fc.assert(
    fc.property(resolverInput, (input) => {
      const resolution = resolve(input);
      return resolution.outcome === 'deny' || holds(resolution, input);
    }),
    RUNS,
  );
}

/** Copies a JSON-like value with the members of every object the other way round. */
function turnAround<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turnAround) as T;
  const entries = Object.entries(value).map(([name, member]) => [name, turnAround(member)]);
  return Object.fromEntries(entries.reverse()) as T;
}

describe('no input of layers, scopes and metadata', () => {
  test('puts a reserved name into a token, nor another audience', () => {
    everyToken(
      ({ claims, suppress }) =>
        Object.entries(claims).every(
          ([name, value]) =>
            !isReservedClaimName(name) && (name !== 'aud' || value === A_CLIENT_ID),
        ) && suppress.every((name) => name.startsWith('dev:') || !isReservedClaimName(name)),
    );
  });

  test('puts a metadata value into a token that its allow-list does not hold', () => {
    everyToken(({ claims, provenance }, { layers }) =>
      Object.entries(provenance)
        .filter(([, { layer }]) => layer === 'metadata')
        .every(([name, { source }]) => {
          const selector = layers.baseline?.claimsFromMetadata[name];
          return selector?.key === source && selector?.allow.some((text) => text === claims[name]);
        }),
    );
  });

  test('puts an expired claim into a token', () => {
    everyToken(({ provenance }, { layers, now }) =>
      Object.entries(provenance)
        .filter(([, { layer }]) => layer === 'override')
        .every(([name]) => {
          const { expiresAt } = layers.override?.claims[name] ?? {};
          return expiresAt === undefined || expiresAt > now;
        }),
    );
  });

  test('makes claims that are too large or too many', () => {
    everyToken(
      ({ claims, suppress, scopes, sizeBytes }, { rules }) =>
        sizeBytes === claimsSizeBytes(claims) &&
        sizeBytes <= rules.sizeBudgetBytes &&
        Object.keys(claims).length + suppress.length + scopes.add.length + scopes.suppress.length <=
          MAX_CHANGES_PER_TOKEN,
    );
  });

  test('brings a claim that the contract does not declare, or leaves out one that it requires', () => {
    everyToken(({ claims }, { rules }) => {
      const undeclared = Object.keys(claims).filter(
        (name) => name !== 'aud' && !Object.hasOwn(rules.contract, name),
      );
      const missing = Object.entries(rules.contract).filter(
        ([name, { required }]) => required && !Object.hasOwn(claims, name),
      );
      return undeclared.length === 0 && missing.length === 0;
    });
  });

  test('adds a scope that record or pool do not name, or one of Amazon Cognito itself', () => {
    everyToken(({ scopes }, { layers }) =>
      scopes.add.every(
        (scope) =>
          isAddableScope(scope) &&
          layers.baseline?.addScopes.includes(scope) &&
          layers.settings?.declaredScopes.includes(scope) &&
          !scopes.suppress.includes(scope),
      ),
    );
  });

  test('brings a claim without an origin, a suppressed claim, or an origin without a claim', () => {
    everyToken(
      ({ claims, provenance, suppress }) =>
        Object.keys(claims).join() === Object.keys(provenance).join() &&
        suppress.every((name) => !Object.hasOwn(claims, name)),
    );
  });

  test('issues a token for a disabled client, or for an unknown one without a policy', () => {
    everyToken(
      (_issued, { layers }) =>
        layers.override?.disabled !== true &&
        (layers.baseline !== undefined ||
          layers.settings?.unknownClients === 'issue-without-claims'),
    );
  });

  test('changes the prototype of anything', () => {
    everyToken(
      ({ claims, provenance }) =>
        Object.getPrototypeOf(claims) === Object.prototype &&
        Object.getPrototypeOf(provenance) === Object.prototype &&
        Object.keys(Object.prototype).length === 0,
    );
  });
});

describe('the resolver', () => {
  test('answers every input, and the same input with the same bytes', () => {
    const outcomes = { issue: 0, deny: 0 };
    const property = fc.property(resolverInput, (input) => {
      const resolution = resolve(input);
      outcomes[resolution.outcome] += 1;
      const isKnown = resolution.outcome === 'issue' || resolution.code in DENIAL_MESSAGES;
      return (
        isKnown && JSON.stringify(resolve(structuredClone(input))) === JSON.stringify(resolution)
      );
    });

    fc.assert(property, RUNS);

    // Without enough tokens the other properties would say little.
    expect(outcomes.issue).toBeGreaterThan(RUNS.numRuns / 4);
    expect(outcomes.deny).toBeGreaterThan(RUNS.numRuns / 20);
  });

  test('gives the same bytes whatever the order of keys', () => {
    const property = fc.property(
      resolverInput,
      (input) =>
        JSON.stringify(
          resolve({ ...input, ...turnAround({ layers: input.layers, request: input.request }) }),
        ) === JSON.stringify(resolve(input)),
    );

    fc.assert(property, RUNS);
  });

  test('changes nothing of its input', () => {
    const property = fc.property(resolverInput, (input) => {
      const before = JSON.stringify(input);
      resolve(input);
      return JSON.stringify(input) === before;
    });

    fc.assert(property, RUNS);
  });
});

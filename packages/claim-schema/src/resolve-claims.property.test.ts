import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimDefinition } from './contract-definition.ts';
import { DENIAL_MESSAGES } from './denial.ts';
import { MAX_CHANGES_PER_TOKEN } from './limits.ts';
import type { ClaimLayers } from './record.ts';
import { isAddableScope, isReservedClaimName } from './reserved-names.ts';
import type { IssuedClaims, Resolution } from './resolution.ts';
import { resolveClaims } from './resolve-claims.ts';
import {
  EXPIRED_NUMBER,
  EXPIRED_TEXT,
  type ResolverInput,
  resolverInput,
  UNLISTED_TEXT,
  VERIFIED_NAME,
} from './testing/arbitraries.ts';
import { declaredNames, expectedClaim } from './testing/expected-claim.ts';
import { A_CLIENT_ID } from './testing/records.ts';

/** Each property in so many runs; more of them, for a change of the resolver: `M2M_PROPERTY_RUNS=100000`. */
const RUNS = { numRuns: Number(process.env['M2M_PROPERTY_RUNS'] ?? 10_000), seed: Date.now() };

interface Resolved {
  readonly input: ResolverInput;
  readonly resolution: Resolution;
}

/** Made once for all properties: it takes ten times as long to make an input as to resolve it. */
const SAMPLE = fc.sample(resolverInput, RUNS).map(toResolved);

/** For properties that resolve each input again. */
const PART = SAMPLE.slice(0, 3000);

function toResolved(input: ResolverInput): Resolved {
  return { input, resolution: resolve(input) };
}

function resolve({ layers, request, now, rules }: ResolverInput): Resolution {
  return resolveClaims(layers, request, now, rules);
}

/** Checks a property of every input of a sample. One that breaks it is made again from the same seed, and reported as small as it gets. */
function everyInput(sample: readonly Resolved[], holds: (resolved: Resolved) => boolean): void {
  const broken = sample.find((resolved) => !holds(resolved));
  if (broken === undefined) return;
  fc.assert(
    fc.property(resolverInput, (input) => holds(toResolved(input))),
    RUNS,
  );
  throw new Error(`Broken only once, by ${fc.stringify(broken.input)}`);
}

type TokenTest = (issued: IssuedClaims, input: ResolverInput) => boolean;

/**
 * Checks a property of every token that is issued in all runs.
 *
 * @param options.concerns - True for a token that a faulty resolver would have got wrong.
 * @param options.least - Fewest such tokens per 10,000 runs: with less, the property would say little.
 */
function everyToken(
  holds: TokenTest,
  options: { readonly concerns: TokenTest; readonly least: number },
): void {
  let concernedCount = 0;

  everyInput(SAMPLE, ({ input, resolution }) => {
    if (resolution.outcome === 'deny') return true;
    if (options.concerns(resolution, input)) concernedCount += 1;
    return holds(resolution, input);
  });

  expect(concernedCount).toBeGreaterThanOrEqual((options.least * RUNS.numRuns) / 10_000);
}

/** Copies a JSON-like value with the members of every object the other way round. */
function turnMembers<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turnMembers) as T;
  const entries = Object.entries(value).map(([name, member]) => [name, turnMembers(member)]);
  return Object.fromEntries(entries.reverse()) as T;
}

/** Copies layers with every list of names the other way round; the lists inside of claims stay as they are. */
function turnLists({ baseline, override, settings }: ClaimLayers): ClaimLayers {
  const turned = baseline && {
    ...baseline,
    suppressClaims: baseline.suppressClaims.toReversed(),
    addScopes: baseline.addScopes.toReversed(),
    suppressScopes: baseline.suppressScopes.toReversed(),
    claimsFromMetadata: Object.fromEntries(
      Object.entries(baseline.claimsFromMetadata).map(([name, selector]) => [
        name,
        { ...selector, allow: selector.allow.toReversed() },
      ]),
    ),
  };
  return {
    ...(turned && { baseline: turned }),
    ...(override && { override }),
    ...(settings && {
      settings: { ...settings, declaredScopes: settings.declaredScopes.toReversed() },
    }),
  };
}

const changesOf = ({ claims, suppress, scopes }: IssuedClaims) =>
  [Object.keys(claims), suppress, scopes.add, scopes.suppress].flat().length;

describe('no input of layers, scopes, metadata and tokens', () => {
  test('no input puts a reserved name into a token, nor another audience', () => {
    everyToken(
      ({ claims, suppress }) =>
        Object.entries(claims).every(
          ([name, value]) =>
            !isReservedClaimName(name) && (name !== 'aud' || value === A_CLIENT_ID),
        ) &&
        !suppress.includes('aud') &&
        suppress.every((name) => name.startsWith('dev:') || !isReservedClaimName(name)),
      {
        concerns: (_issued, input) =>
          declaredNames(input).some((name) => name === 'aud' || isReservedClaimName(name)),
        least: 500,
      },
    );
  });

  test('no input puts a metadata value into a token that its allow-list does not hold', () => {
    everyToken(({ claims }) => !JSON.stringify(claims).includes(UNLISTED_TEXT), {
      concerns: ({ provenance }, { request }) =>
        JSON.stringify(request.metadata)?.includes(UNLISTED_TEXT) === true &&
        Object.values(provenance).some(({ layer }) => layer === 'metadata'),
      least: 500,
    });
  });

  test('no input puts a value into a verified claim, unless it is that of a verified token', () => {
    everyToken(
      ({ claims }, { layers, request }) =>
        !Object.hasOwn(claims, VERIFIED_NAME) ||
        (request.token?.outcome === 'verified' &&
          Object.hasOwn(layers.baseline?.claimsFromToken?.claims ?? {}, VERIFIED_NAME) &&
          isDeepStrictEqual(claims[VERIFIED_NAME], request.token.claims[VERIFIED_NAME])),
      {
        concerns: (_issued, { layers: { baseline, override } }) =>
          [baseline?.defaults, baseline?.claims, override?.claims].some((claims) =>
            Object.hasOwn(claims ?? {}, VERIFIED_NAME),
          ),
        least: 500,
      },
    );
  });

  test('no input issues a token for a user token that was refused, unless its keys were not available', () => {
    everyToken(
      ({ provenance }, { layers, request }) =>
        layers.baseline?.claimsFromToken === undefined ||
        request.token?.outcome !== 'refused' ||
        (request.token.code === 'ERR_TOKEN_KEYS_UNAVAILABLE' &&
          !layers.baseline.claimsFromToken.required &&
          Object.values(provenance).every(({ layer }) => layer !== 'token')),
      { concerns: (_issued, { request }) => request.token?.outcome === 'refused', least: 100 },
    );
  });

  test('no input puts an expired claim into a token', () => {
    const isExpiredMarked = (json: string) =>
      json.includes(EXPIRED_TEXT) || json.includes(String(EXPIRED_NUMBER));
    everyToken(({ claims }) => !isExpiredMarked(JSON.stringify(claims)), {
      concerns: (_issued, { layers }) =>
        layers.baseline !== undefined && isExpiredMarked(JSON.stringify(layers.override ?? '')),
      least: 500,
    });
  });

  test('no input makes claims that are too large', () => {
    everyToken(
      ({ claims, sizeBytes }, { rules, layers }) =>
        sizeBytes === Buffer.byteLength(JSON.stringify(claims)) &&
        (layers.baseline === undefined || sizeBytes <= rules.sizeBudgetBytes),
      {
        concerns: ({ sizeBytes }, { rules }) => sizeBytes > rules.sizeBudgetBytes - 20,
        least: 100,
      },
    );
  });

  test('no input makes more changes than one answer may', () => {
    everyToken((issued) => changesOf(issued) <= MAX_CHANGES_PER_TOKEN, {
      concerns: (issued) => changesOf(issued) > MAX_CHANGES_PER_TOKEN - 12,
      least: 2,
    });
  });

  test('no input brings a claim that the contract does not declare, or leaves out one that it requires', () => {
    const isRequired = ([, { required }]: readonly [string, Pick<ClaimDefinition, 'required'>]) =>
      required === true;
    everyToken(
      ({ claims }, { rules, layers }) =>
        // The contract does not apply to a client that nobody declared.
        layers.baseline === undefined ||
        (Object.keys(claims).every(
          (name) => name === 'aud' || Object.hasOwn(rules.contract, name),
        ) &&
          Object.entries(rules.contract)
            .filter(isRequired)
            .every(([name]) => Object.hasOwn(claims, name))),
      {
        concerns: (_issued, { rules }) => Object.entries(rules.contract).some(isRequired),
        least: 50,
      },
    );
  });

  test('no input brings a claim other than the highest layer has it, or leaves one out', () => {
    everyToken(
      ({ claims, provenance, suppress, scopes }, input) =>
        declaredNames(input).every((name) => {
          const isLeftOut = isReservedClaimName(name) || suppress.includes(name);
          const expected = isLeftOut ? undefined : expectedClaim(name, input, scopes);
          if (expected === undefined) return !Object.hasOwn(claims, name);
          return (
            Object.hasOwn(claims, name) &&
            isDeepStrictEqual(claims[name], expected.value) &&
            provenance[name]?.layer === expected.layer
          );
        }),
      {
        concerns: ({ provenance }) =>
          new Set(Object.values(provenance).map(({ layer }) => layer)).size >= 3,
        least: 200,
      },
    );
  });

  test('no input adds a scope that record or pool do not name, or one of Amazon Cognito itself', () => {
    everyToken(
      ({ scopes }, { layers }) =>
        scopes.add.every(
          (scope) =>
            isAddableScope(scope) &&
            layers.baseline?.addScopes.includes(scope) &&
            layers.settings?.declaredScopes.includes(scope) &&
            !scopes.suppress.includes(scope),
        ),
      { concerns: ({ scopes }) => scopes.add.length > 0, least: 200 },
    );
  });

  test('no input brings a claim without an origin, a suppressed claim, or an origin without a claim', () => {
    everyToken(
      ({ claims, provenance, suppress }) =>
        Object.keys(claims).join() === Object.keys(provenance).join() &&
        suppress.every((name) => !Object.hasOwn(claims, name)),
      {
        concerns: ({ suppress }, input) =>
          declaredNames(input).some((name) => suppress.includes(name)),
        least: 200,
      },
    );
  });

  test('no input issues a token for a disabled client, or for an unknown one without a policy', () => {
    everyToken(
      (_issued, { layers }) =>
        layers.override?.disabled !== true &&
        (layers.baseline !== undefined ||
          layers.settings?.unknownClients === 'issue-without-claims'),
      { concerns: (_issued, { layers }) => layers.baseline === undefined, least: 20 },
    );
  });

  test('no input changes the prototype of anything', () => {
    everyToken(
      ({ claims, provenance }) =>
        Object.getPrototypeOf(claims) === Object.prototype &&
        Object.getPrototypeOf(provenance) === Object.prototype &&
        Object.keys(Object.prototype).length === 0,
      { concerns: ({ claims }) => Object.hasOwn(claims, '__proto__'), least: 200 },
    );
  });
});

describe('the resolver', () => {
  test('the resolver answers every input, and the same input with the same bytes', () => {
    const outcomes = new Map<string, number>();

    for (const { resolution } of SAMPLE) {
      const outcome = resolution.outcome === 'issue' ? 'issue' : resolution.code;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    everyInput(PART, ({ input, resolution }) => {
      return JSON.stringify(resolve(structuredClone(input))) === JSON.stringify(resolution);
    });

    // Every outcome there is, and enough tokens for the other properties.
    expect([...outcomes.keys()].sort()).toEqual([...Object.keys(DENIAL_MESSAGES), 'issue'].sort());
    expect(outcomes.get('issue')).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test('the resolver refuses no claims for a size that the budget allows', () => {
    everyInput(SAMPLE, ({ input, resolution }) => {
      if (resolution.outcome === 'issue' || resolution.code !== 'ERR_CLAIMS_TOO_LARGE') return true;
      const { sizeBudgetBytes } = input.rules;
      const rules = { ...input.rules, sizeBudgetBytes: Number.MAX_SAFE_INTEGER };
      const roomy = resolve({ ...input, rules });
      return roomy.outcome === 'deny' || roomy.sizeBytes > sizeBudgetBytes;
    });
  });

  test('the resolver gives the same bytes whatever the order of keys and of names in lists', () => {
    everyInput(PART, ({ input, resolution }) => {
      const { layers, request } = input;
      const turned = {
        ...input,
        layers: turnMembers(turnLists(layers)),
        request: { ...turnMembers(request), scopes: request.scopes.toReversed() },
      };
      return JSON.stringify(resolve(turned)) === JSON.stringify(resolution);
    });
  });

  test('the resolver changes nothing of its input', () => {
    everyInput(PART, ({ input }) => {
      const before = JSON.stringify(input);
      resolve(input);
      return JSON.stringify(input) === before;
    });
  });
});

import fc from 'fast-check';
import type { ClaimType, ClaimValue, JsonValue } from '../claim-value.ts';
import type { Contract } from '../contract-definition.ts';
import type { ClaimLayers, MetadataSelector } from '../record.ts';
import { RESERVED_CLAIM_NAMES } from '../reserved-names.ts';
import type { ClaimRequest } from '../resolution.ts';
import type { ClaimRules } from '../resolve-claims.ts';
import { A_CLIENT_ID, aBaseline, anOverride, poolSettings } from './records.ts';
import { NOW } from './requests.ts';

/** Everything that `resolveClaims` takes. */
export interface ResolverInput {
  readonly layers: ClaimLayers;
  readonly request: ClaimRequest;
  readonly now: number;
  readonly rules: ClaimRules;
}

/** Names that objects inherit: plain data to us. */
const INHERITED_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

const DECLARED_NAMES = ['tier', 'role', 'custom:x', ...INHERITED_NAMES];
const SCOPES = ['orders/read', 'orders/write', '__proto__/x', 'openid', 'two scopes/x'];
const METADATA_KEYS = ['tenant', ...INHERITED_NAMES];
const METADATA_VALUES = ['t-1', 't-2', '', 'constructor'];

/** Like `fc.dictionary`, but a key named `__proto__` is an own property. */
function dictionary<T>(key: fc.Arbitrary<string>, member: fc.Arbitrary<T>, maxLength = 4) {
  return fc
    .array(fc.tuple(key, member), { maxLength })
    .map((entries) => Object.fromEntries(entries) as { [name: string]: T });
}

/** Mostly one thing, now and then the other. */
function mostly<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: unusual });
}

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
const objectValue = dictionary(fc.constantFrom('z', 'a', ...INHERITED_NAMES), json);

const VALUES: [ClaimType, fc.Arbitrary<ClaimValue>][] = [
  ['string', fc.oneof(fc.string(), fc.constant(A_CLIENT_ID))],
  ['number', fc.maxSafeInteger()],
  ['boolean', fc.boolean()],
  ['string[]', fc.array(fc.string(), { maxLength: 3 })],
  ['object', objectValue],
];

const anyValue = fc.oneof(...VALUES.map(([, value]) => value));

const claimName = mostly(
  fc.constantFrom(...DECLARED_NAMES, ...RESERVED_CLAIM_NAMES, 'cognito:x', 'dev:x', 'aud'),
  fc.string(),
);

const scopeList = fc.array(mostly(fc.constantFrom(...SCOPES), fc.string()), { maxLength: 4 });

const selector: fc.Arbitrary<MetadataSelector> = fc.record({
  key: fc.constantFrom(...METADATA_KEYS),
  allow: fc.subarray(METADATA_VALUES, { minLength: 3 }),
  required: mostly(fc.constant(false), fc.constant(true)),
});

function layersOf(value: fc.Arbitrary<ClaimValue>): fc.Arbitrary<ClaimLayers> {
  const claims = dictionary(claimName, mostly(value, anyValue));
  const baseline = fc
    .record({
      defaults: claims,
      claims,
      claimsByScope: dictionary(fc.constantFrom(...SCOPES), claims, 3),
      claimsFromMetadata: dictionary(claimName, selector, 2),
      suppressClaims: fc.array(claimName, { maxLength: 3 }),
      addScopes: scopeList,
      suppressScopes: scopeList,
    })
    .map(aBaseline);
  const expiresAt = fc.integer({ min: NOW - 3, max: NOW + 3 });
  const overrideClaim = fc.record(
    { value: mostly(value, anyValue), expiresAt },
    { requiredKeys: ['value'] },
  );
  const override = fc
    .record({
      disabled: mostly(fc.constant(false), fc.constant(true)),
      revision: fc.integer({ min: 1, max: 100 }),
      claims: dictionary(claimName, overrideClaim),
    })
    .map(anOverride);
  const settings = fc
    .record({
      unknownClients: fc.constantFrom('deny' as const, 'issue-without-claims' as const),
      declaredScopes: fc.subarray(SCOPES),
    })
    .map(poolSettings);
  return fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({ baseline, override, settings }, { requiredKeys: ['baseline'] }),
    },
    { weight: 1, arbitrary: fc.record({ override, settings }, { requiredKeys: [] }) },
  );
}

const metadata: fc.Arbitrary<ClaimRequest['metadata']> = fc.option(
  dictionary(
    fc.oneof(fc.constantFrom(...METADATA_KEYS), fc.string()),
    mostly<unknown>(fc.constantFrom(...METADATA_VALUES), fc.anything()),
  ),
);

function contractOf(type: ClaimType): fc.Arbitrary<Contract> {
  const names = mostly(fc.constant(DECLARED_NAMES), fc.subarray(DECLARED_NAMES));
  const required = mostly(fc.constant(''), fc.constantFrom(...DECLARED_NAMES));
  return fc
    .tuple(names, required)
    .map(([declared, requiredName]) =>
      Object.fromEntries(
        declared.map((name) => [
          name,
          { type, description: 'Generated.', required: name === requiredName },
        ]),
      ),
    );
}

/** Any input: layers, scopes, metadata and rules of every kind, most of them fit for a token. */
export const resolverInput: fc.Arbitrary<ResolverInput> = fc.oneof(
  ...VALUES.map(([type, value]) =>
    fc.record({
      layers: layersOf(value),
      request: fc.record({
        clientId: fc.constant(A_CLIENT_ID),
        scopes: scopeList,
        metadata,
      }),
      now: fc.constant(NOW),
      rules: fc.record({
        contract: contractOf(type),
        sizeBudgetBytes: mostly(fc.constant(4096), fc.integer({ min: 0, max: 60 })),
      }),
    }),
  ),
);

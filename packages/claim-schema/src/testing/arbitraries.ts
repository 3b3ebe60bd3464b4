import fc from 'fast-check';
import type { ClaimType, ClaimValue, JsonValue } from '../claim-value.ts';
import type { Contract } from '../contract-definition.ts';
import { MAX_CHANGES_PER_TOKEN } from '../limits.ts';
import type { BaselineRecord, ClaimLayers, MetadataSelector } from '../record.ts';
import { RESERVED_CLAIM_NAMES } from '../reserved-names.ts';
import type { ClaimRequest } from '../resolution.ts';
import type { ClaimRules } from '../resolve-claims.ts';
import {
  TOKEN_REFUSAL_MESSAGES,
  type TokenRefusalCode,
  type TokenSelector,
  type TokenVerdict,
} from '../token-selector.ts';
import { A_CLIENT_ID, aBaseline, anOverride, poolSettings } from './records.ts';
import { NOW } from './requests.ts';

/** Everything that `resolveClaims` takes. */
export interface ResolverInput {
  readonly layers: ClaimLayers;
  readonly request: ClaimRequest;
  readonly now: number;
  readonly rules: ClaimRules;
}

/** A metadata value that stands on no allow-list. */
export const UNLISTED_TEXT = 'marker of an unlisted metadata value';

/** A claim that only a verified token may fill, in every generated contract. */
export const VERIFIED_NAME = 'on_behalf_of';

/** What every expired claim of an override holds; the number is for claims of numbers. */
export const EXPIRED_TEXT = 'marker of an expired claim';
export const EXPIRED_NUMBER = -8_271_828_182_845;

/** Names that objects inherit: plain data to us. */
const INHERITED_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

const DECLARED_NAMES = ['tier', 'role', 'custom:x', VERIFIED_NAME, ...INHERITED_NAMES];
/** Claims that are strings whatever the others are, so that metadata can bring them. */
const TEXT_NAMES = ['tenant_id', 'valueOf'];
const SCOPES = ['orders/read', 'orders/write', '__proto__/x', 'openid', 'two scopes/x'];
const METADATA_KEYS = ['tenant', ...INHERITED_NAMES];
const METADATA_VALUES = ['t-1', 't-2', '', 'constructor'];
const MANY_NAMES = Array.from({ length: MAX_CHANGES_PER_TOKEN + 2 }, (_, index) => `name-${index}`);

/** Like `fc.dictionary`, but a key named `__proto__` is an own property. */
function dictionary<T>(key: fc.Arbitrary<string>, member: fc.Arbitrary<T>, maxLength = 4) {
  return fc
    .array(fc.tuple(key, member), { maxLength })
    .map((entries) => Object.fromEntries(entries) as { [name: string]: T });
}

/** Mostly one thing, now and then the other. */
function mostly<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>, weight = 40): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: unusual });
}

const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
const objectValue = dictionary(fc.constantFrom('z', 'a', ...INHERITED_NAMES), json);

/** What claims of one type hold, and what they hold once they have expired. */
interface TypedValues {
  readonly type: ClaimType;
  readonly value: fc.Arbitrary<ClaimValue>;
  readonly expired: ClaimValue;
}

const VALUES: readonly TypedValues[] = [
  {
    type: 'string',
    value: fc.oneof(fc.string(), fc.constant(A_CLIENT_ID)),
    expired: EXPIRED_TEXT,
  },
  { type: 'number', value: fc.maxSafeInteger(), expired: EXPIRED_NUMBER },
  { type: 'boolean', value: fc.boolean(), expired: EXPIRED_TEXT },
  { type: 'string[]', value: fc.array(fc.string(), { maxLength: 3 }), expired: [EXPIRED_TEXT] },
  { type: 'object', value: objectValue, expired: { a: EXPIRED_TEXT } },
];

const anyValue = fc.oneof(...VALUES.map(({ value }) => value));

const claimName = fc.oneof(
  { weight: 80, arbitrary: fc.constantFrom(...DECLARED_NAMES) },
  {
    weight: 20,
    arbitrary: fc.constantFrom(...RESERVED_CLAIM_NAMES, 'cognito:x', 'dev:x', 'aud', 'aud'),
  },
  { weight: 1, arbitrary: fc.string() },
);

const scopeList = fc.array(mostly(fc.constantFrom(...SCOPES), fc.string()), { maxLength: 4 });

const selector: fc.Arbitrary<MetadataSelector> = fc.record({
  key: fc.constantFrom(...METADATA_KEYS),
  allow: fc.subarray(METADATA_VALUES, { minLength: 3 }),
  required: fc.boolean(),
});

/** Takes claims from a token; mostly the one that nothing else may fill. */
const tokenSelector: fc.Arbitrary<TokenSelector> = fc.record({
  key: fc.constantFrom(...METADATA_KEYS),
  issuer: fc.constant({
    name: 'staff',
    issuer: 'https://issuer.example',
    clientIds: ['user-client'],
    audience: [],
  }),
  required: fc.boolean(),
  maxAgeSeconds: fc.constant(300),
  claims: dictionary(mostly(fc.constant(VERIFIED_NAME), claimName, 2), fc.constant('sub'), 2),
});

/** Mostly a token that was verified. */
function verdictOf({ value }: TypedValues): fc.Arbitrary<TokenVerdict> {
  const verified = fc
    .array(value, { minLength: DECLARED_NAMES.length, maxLength: DECLARED_NAMES.length })
    .map((values) =>
      Object.fromEntries(DECLARED_NAMES.map((name, index) => [name, values[index]])),
    );
  const unusual = dictionary(claimName, fc.oneof(anyValue, fc.anything()));
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        outcome: fc.constant('verified' as const),
        ageSeconds: fc.constant(1),
        claims: mostly<{ readonly [name: string]: unknown }>(verified, unusual, 10),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        outcome: fc.constant('refused' as const),
        code: fc.constantFrom(...(Object.keys(TOKEN_REFUSAL_MESSAGES) as TokenRefusalCode[])),
        reason: fc.constant(undefined),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constant({
        outcome: 'refused' as const,
        code: 'ERR_TOKEN_KEYS_UNAVAILABLE' as const,
        reason: 'timeout',
      }),
    },
  );
}

/** Few names; now and then about as many as one answer may change. */
const suppressClaims = mostly(
  fc.array(claimName, { maxLength: 3 }),
  fc
    .integer({ min: MAX_CHANGES_PER_TOKEN - 12, max: MANY_NAMES.length })
    .map((count) => MANY_NAMES.slice(0, count)),
  50,
);

function baselineOf({ value }: TypedValues): fc.Arbitrary<BaselineRecord> {
  const claims = dictionary(claimName, mostly(value, anyValue));
  return fc
    .record({
      defaults: claims,
      claims,
      claimsByScope: dictionary(fc.constantFrom(...SCOPES), claims, 3),
      claimsFromMetadata: dictionary(
        mostly(fc.constantFrom(...TEXT_NAMES), claimName, 10),
        selector,
        2,
      ),
      claimsFromToken: fc.option(tokenSelector),
      suppressClaims,
      addScopes: scopeList,
      suppressScopes: scopeList,
    })
    .map(({ claimsFromToken, ...fields }) =>
      aBaseline(claimsFromToken === null ? fields : { ...fields, claimsFromToken }),
    );
}

function overrideOf({ value, expired }: TypedValues) {
  const lasting = fc.record(
    { value: mostly(value, anyValue), expiresAt: fc.integer({ min: NOW + 1, max: NOW + 3 }) },
    { requiredKeys: ['value'] },
  );
  const past = fc.record({
    value: fc.constant(expired),
    expiresAt: fc.integer({ min: NOW - 3, max: NOW }),
  });
  return fc
    .record({
      disabled: mostly(fc.constant(false), fc.constant(true)),
      revision: fc.integer({ min: 1, max: 100 }),
      claims: dictionary(claimName, fc.oneof(lasting, past)),
    })
    .map(anOverride);
}

const settings = fc
  .record({
    unknownClients: fc.constantFrom('deny' as const, 'issue-without-claims' as const),
    declaredScopes: fc.subarray(SCOPES),
  })
  .map(poolSettings);

function layersOf(values: TypedValues): fc.Arbitrary<ClaimLayers> {
  const override = overrideOf(values);
  return fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record(
        { baseline: baselineOf(values), override, settings },
        { requiredKeys: ['baseline'] },
      ),
    },
    { weight: 1, arbitrary: fc.record({ override, settings }, { requiredKeys: [] }) },
  );
}

const metadataValue = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>(...METADATA_VALUES) },
  { weight: 1, arbitrary: fc.constantFrom(UNLISTED_TEXT) },
  { weight: 1, arbitrary: fc.anything() },
);

/** Nearly all keys that a record may ask for, and keys that are called as claims are. */
const fullMetadata = fc
  .tuple(
    fc.subarray(METADATA_KEYS, { minLength: METADATA_KEYS.length - 1 }),
    fc.array(metadataValue, { minLength: METADATA_KEYS.length }),
  )
  .map(([keys, values]) =>
    Object.fromEntries<unknown>([
      ...keys.map((key, index) => [key, values[index]] as const),
      ...[...DECLARED_NAMES.slice(0, 3), 'sub'].map((name) => [name, UNLISTED_TEXT] as const),
    ]),
  );

const metadata: fc.Arbitrary<ClaimRequest['metadata']> = mostly<ClaimRequest['metadata']>(
  fullMetadata,
  fc.option(dictionary(fc.string(), fc.anything())),
  10,
);

function contractOf(type: ClaimType): fc.Arbitrary<Contract> {
  const names = mostly(fc.constant(DECLARED_NAMES), fc.subarray(DECLARED_NAMES));
  const required = mostly(fc.constant(''), fc.constantFrom(...DECLARED_NAMES), 10);
  const define = (name: string, claimType: ClaimType, required: boolean) =>
    [
      name,
      { type: claimType, description: 'Generated.', required, verified: name === VERIFIED_NAME },
    ] as const;
  return fc
    .tuple(names, required)
    .map(([declared, requiredName]) =>
      Object.fromEntries([
        ...declared.map((name) => define(name, type, name === requiredName)),
        ...TEXT_NAMES.map((name) => define(name, 'string', false)),
      ]),
    );
}

/** Any input: layers, scopes, metadata and rules of every kind, most of them fit for a token. */
export const resolverInput: fc.Arbitrary<ResolverInput> = fc.oneof(
  ...VALUES.map((values) =>
    fc.record({
      layers: layersOf(values),
      request: fc.record({
        clientId: fc.constant(A_CLIENT_ID),
        scopes: scopeList,
        metadata,
        token: fc.option(verdictOf(values), { nil: undefined }),
      }),
      now: fc.constant(NOW),
      rules: fc.record({
        contract: contractOf(values.type),
        // Every third about the size that the claims have.
        sizeBudgetBytes: mostly(fc.constant(4096), fc.integer({ min: 0, max: 150 }), 2),
      }),
    }),
  ),
);

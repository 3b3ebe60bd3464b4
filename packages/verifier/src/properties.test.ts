import { type ClaimDefinition, checkClaimValue, defineContract } from '@cognito-m2m/claim-schema';
import { findBreakages } from '@cognito-m2m/claim-schema/contract-diff';
import { contract as fixtureContract } from '@cognito-m2m/claim-schema/fixtures';
import { createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGatewayClaimsReader } from './api-gateway-claims.ts';
import { createClaimsReader } from './read-claims.ts';
import { createVerifier } from './verifier.ts';

const signer = createTokenSigner();
const token = signer.sign({ claims: { environment: 'test', tier: 'free' } });
const signatureAt = token.lastIndexOf('.');
const verifier = createVerifier({
  contract: fixtureContract,
  pools: [{ issuer: signer.issuer, jwks: signer.jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['environment', 'tier'],
});

/** A good token with one character changed, cut off, or nothing like a token. */
const brokenToken = fc.oneof(
  fc
    .tuple(fc.nat(signatureAt - 1), fc.string({ minLength: 1, maxLength: 1 }))
    .map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1)),
  fc.nat(token.length - 3).map((length) => token.slice(0, length)),
  fc.string(),
  fc.tuple(fc.json(), fc.json()).map((parts) => `${parts.map(encode).join('.')}.c2lnbmF0dXJl`),
);

test('anything other than a good token ends in an error with a code that quotes nothing of it', async () => {
  const property = fc.asyncProperty(brokenToken, async (broken) => {
    if (broken === token) return;
    const error = await verifier.verify(broken, { scopes: null }).then(
      () => undefined,
      (reason: Error & { code?: string }) => reason,
    );

    expect(error).toMatchObject({
      name: 'VerifyError',
      code: expect.stringMatching(/^ERR_TOKEN_/),
    });
    expect(error?.cause).toBeUndefined();
    const parts = broken.split('.').filter((part) => part.length > 20);
    expect(parts.filter((part) => error?.message.includes(part))).toEqual([]);
  });
  await fc.assert(property, { numRuns: 300 });
});

const contract = defineContract({
  text: { type: 'string', description: 'A string.' },
  amount: { type: 'number', description: 'A number.' },
  isNew: { type: 'boolean', description: 'A flag.' },
  codes: { type: 'string[]', description: 'Strings without separators.' },
  counts: { type: 'number[]', description: 'Numbers.' },
});

const plainText = fc.string({ minLength: 1 }).filter((text) => !/[\s,]|^\[|\]$/.test(text));
const number = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, min: -1e9, max: 1e9 }))
  // Nothing closer to 0 can be stored, and so be in a token.
  .filter((n) => n === 0 || Math.abs(n) >= 1e-130)
  .map((n) => n + 0);
const someClaims = fc.record({
  text: fc.string(),
  amount: number,
  isNew: fc.boolean(),
  codes: fc.array(plainText),
  counts: fc.array(number),
});

test.each([
  ['rest', (list: readonly unknown[]) => list.join(',')],
  ['http', (list: readonly unknown[]) => `[${list.join(' ')}]`],
] as const)('claims rendered for a %s authorizer are read back as they were', (rendering, join) => {
  const read = createGatewayClaimsReader({
    rendering,
    tokenUse: null,
    grant: null,
    clientIds: null,
    contract,
    reads: ['text', 'amount', 'isNew', 'codes', 'counts'],
    plainLists: ['codes'],
  });
  const property = fc.property(someClaims, (claims) => {
    const rendered = Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? join(value) : String(value),
    ]);
    const all = { client_id: 'client-1', ...Object.fromEntries(rendered) };
    const authorizer = rendering === 'http' ? { jwt: { claims: all } } : { claims: all };

    expect(read({ requestContext: { authorizer } }).claims).toEqual(claims);
  });
  fc.assert(property);
});

const someClaim: fc.Arbitrary<ClaimDefinition> = fc.record(
  {
    type: fc.constantFrom('string', 'number'),
    description: fc.constant('A claim.'),
    values: fc.subarray(['a', 'b', 'c', 1], { minLength: 1 }),
    required: fc.boolean(),
    gatewaySafe: fc.boolean(),
    min: fc.integer({ min: 0, max: 2 }),
    max: fc.integer({ min: 0, max: 2 }),
    maxLength: fc.integer({ min: 1, max: 3 }),
    pattern: fc.constantFrom('[ab]', '[a-c]', '.*'),
  },
  { requiredKeys: ['type', 'description'] },
);
/** A claim before and after a change of the contract; half of the changes are small ones. */
const someChange = fc
  .tuple(someClaim, someClaim, fc.constantFrom({}, { required: true }, { gatewaySafe: true }))
  .chain(([before, other, more]) =>
    fc.constantFrom({ before, after: { ...before, ...more } }, { before, after: other }),
  );
const SOME_VALUES = ['a', 'b', 'c', 'd', ' a ', 1, undefined];

test('a change of the contract that breaks no consumer lets every token in', () => {
  const property = fc.property(
    someChange,
    someChange,
    fc.nat(),
    fc.nat(),
    (known, other, ...at) => {
      const before = { known: known.before, other: other.before };
      const after = { known: known.after, other: other.after };
      const reads = { known: known.before };
      fc.pre(findBreakages(after, [{ name: 'orders-api', owner: 'orders', reads }]).length === 0);
      const token = { known: aValueOf(after.known, at[0]), other: aValueOf(after.other, at[1]) };

      const read = createClaimsReader(before, { reads: ['known'] });

      expect(() => read(JSON.parse(JSON.stringify(token)))).not.toThrow();
    },
  );
  fc.assert(property, { numRuns: 500 });
});

/** Picks one of the values that a token issued under this definition may carry. */
function aValueOf(definition: ClaimDefinition, pick = 0): unknown {
  const fitting = SOME_VALUES.filter((value) =>
    value === undefined
      ? definition.required !== true
      : checkClaimValue({ claim: definition }, 'claim', value, '') === undefined,
  );
  fc.pre(fitting.length > 0);
  return fitting[pick % fitting.length];
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

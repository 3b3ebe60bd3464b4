const ENTRIES = [
  '@cognito-m2m/claim-schema',
  '@cognito-m2m/claim-schema/contract-diff',
  '@cognito-m2m/claim-schema/testing',
  '@cognito-m2m/verifier',
  '@cognito-m2m/verifier/api-gateway-authorizer',
  '@cognito-m2m/verifier/api-gateway-claims',
  '@cognito-m2m/verifier/express',
  '@cognito-m2m/verifier/fastify',
  '@cognito-m2m/verifier/middy',
];

/** Loads every entry, verifies a token and prints the outcome; what differs between module formats comes before it. */
const PROGRAM = `
const { createVerifier, VerifyError } = verifierModule;
const signer = testing.createTokenSigner();
const verifier = createVerifier({
  pools: [{ issuer: signer.issuer, jwks: signer.jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
});
const main = async () => {
  const token = signer.sign({ claims: { environment: 'test', tier: 'free' } });
  const { claims } = await verifier.verify(token, { scopes: { all: ['orders/read'] } });
  const error = await verifier.verify(token, { scopes: { all: ['x'] } }).catch((reason) => reason);
  const refusal = error instanceof VerifyError ? error.code : 'another error';
  console.log(JSON.stringify({ claims, refusal }));
};
main();
`;

/** What every format must print. */
export const EXPECTED_OUTPUT = {
  claims: { environment: 'test', tier: 'free' },
  refusal: 'ERR_TOKEN_SCOPE',
};

/** A program that loads every entry as an ECMAScript module. */
export const esmProgram = [
  ...ENTRIES.map((entry) => `import '${entry}';`),
  `import * as verifierModule from '@cognito-m2m/verifier';`,
  `import * as testing from '@cognito-m2m/claim-schema/testing';`,
  PROGRAM,
].join('\n');

/** A program that loads every entry as a CommonJS module. */
export const commonJsProgram = [
  ...ENTRIES.map((entry) => `require('${entry}');`),
  `const verifierModule = require('@cognito-m2m/verifier');`,
  `const testing = require('@cognito-m2m/claim-schema/testing');`,
  PROGRAM,
].join('\n');

/** A service that uses the types, those of the contract included. */
export const typedService = `
import { createVerifier, type VerifyErrorCode } from '@cognito-m2m/verifier';
import { createFastifyGuard } from '@cognito-m2m/verifier/fastify';
import { createGatewayClaimsReader } from '@cognito-m2m/verifier/api-gateway-claims';

const verifier = createVerifier({
  pools: [{ issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x', clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  requires: ['tier'],
});
export async function read(token: string) {
  const { claims } = await verifier.verify(token, { scopes: { any: ['orders/read'] } });
  const tier: 'free' | 'premium' = claims.tier;
  const limit: number | undefined = claims.approval_limit;
  // @ts-expect-error no such tier
  const isGold = claims.tier === 'gold';
  // @ts-expect-error no such claim
  const other = claims.unheard_of;
  return { tier, limit, isGold, other };
}
export const code: VerifyErrorCode = 'ERR_TOKEN_SCOPE';
export const guard = createFastifyGuard(verifier);
export const reader = createGatewayClaimsReader({ rendering: 'http', reads: ['tier'] });
`;

const POOL = `{ issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x', clientIds: null }`;

/** Services that forgot a check, by what they forgot. Each is right but for that. */
export const forgetfulServices: readonly (readonly [forgotten: string, text: string])[] = [
  ['pools', aService(`tokenUse: 'access', grant: null`)],
  ['tokenUse', aService(`pools: [${POOL}], grant: null`)],
  ['grant', aService(`pools: [${POOL}], tokenUse: 'access'`)],
  [
    'clientIds',
    aService(`pools: [{ issuer: 'https://example.com' }], tokenUse: 'access', grant: null`),
  ],
  ['scopes', aService(`pools: [${POOL}], tokenUse: 'access', grant: null`, '{}')],
  ['scopes', aService(`pools: [${POOL}], tokenUse: 'access', grant: null`, '')],
];

/** The same service with nothing forgotten. */
export const carefulService = aService(`pools: [${POOL}], tokenUse: 'access', grant: null`);

function aService(options: string, call = '{ scopes: null }'): string {
  return `
import { createVerifier } from '@cognito-m2m/verifier';
const verifier = createVerifier({ ${options} });
export const verified = verifier.verify('token'${call === '' ? '' : `, ${call}`});
`;
}

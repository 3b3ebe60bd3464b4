const ENTRIES = [
  '@cognito-m2m/token-client',
  '@cognito-m2m/token-client/dynamo-token-store',
  '@cognito-m2m/claim-schema',
  '@cognito-m2m/claim-schema/contract-diff',
  '@cognito-m2m/claim-schema/testing',
  '@cognito-m2m/verifier',
  '@cognito-m2m/verifier/api-gateway-authorizer',
  '@cognito-m2m/verifier/api-gateway-claims',
  '@cognito-m2m/verifier/bind-contract',
  '@cognito-m2m/verifier/express',
  '@cognito-m2m/verifier/fastify',
  '@cognito-m2m/verifier/middy',
];

/** Loads every entry, verifies a token and prints the outcome; what differs between module formats comes before it. */
const PROGRAM = `
const { createVerifier, VerifyError } = verifierModule;
const signer = testing.createTokenSigner();
const verifier = createVerifier({
  contract: {
    environment: { type: 'string', description: 'The environment.', required: true },
    tier: { type: 'string', values: ['free', 'premium'], description: 'The plan.' },
  },
  pools: [{ issuer: signer.issuer, jwks: signer.jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['environment', 'tier'],
});
const main = async () => {
  const token = signer.sign({ claims: { environment: 'test', tier: 'free' } });
  const { claims } = await verifier.verify(token, { scopes: { all: ['orders/read'] } });
  const error = await verifier.verify(token, { scopes: { all: ['x'] } }).catch((reason) => reason);
  const refusal = error instanceof VerifyError ? error.code : 'another error';
  const tokens = tokenClientModule.createTokenClient({
    endpoint: { tokenEndpoint: 'https://issuer.example.com/oauth2/token' },
    credentials: () => ({ clientId: 'client', clientSecret: 'secret' }),
    fetch: async () => Response.json({ access_token: 'the-token', expires_in: 3600 }),
  });
  const { accessToken } = await tokens.get({ scopes: ['orders/read'] });
  console.log(JSON.stringify({ claims, refusal, accessToken }));
};
main();
`;

/** What every format must print. */
export const EXPECTED_OUTPUT = {
  claims: { environment: 'test', tier: 'free' },
  refusal: 'ERR_TOKEN_SCOPE',
  accessToken: 'the-token',
};

/** A program that loads every entry as an ECMAScript module. */
export const esmProgram = [
  ...ENTRIES.map((entry) => `import '${entry}';`),
  `import * as verifierModule from '@cognito-m2m/verifier';`,
  `import * as tokenClientModule from '@cognito-m2m/token-client';`,
  `import * as testing from '@cognito-m2m/claim-schema/testing';`,
  PROGRAM,
].join('\n');

/** A program that loads every entry as a CommonJS module. */
export const commonJsProgram = [
  ...ENTRIES.map((entry) => `require('${entry}');`),
  `const verifierModule = require('@cognito-m2m/verifier');`,
  `const tokenClientModule = require('@cognito-m2m/token-client');`,
  `const testing = require('@cognito-m2m/claim-schema/testing');`,
  PROGRAM,
].join('\n');

/** A service that uses the types, those of the contract included. */
export const typedService = `
import { defineContract } from '@cognito-m2m/claim-schema';
import type { VerifyErrorCode } from '@cognito-m2m/verifier';
import { bindContract } from '@cognito-m2m/verifier/bind-contract';
import { createFastifyGuard } from '@cognito-m2m/verifier/fastify';

const { createVerifier, createGatewayClaimsReader } = bindContract(
  defineContract({
    tier: { type: 'string', values: ['free', 'premium'], description: 'The plan.' },
    approval_limit: { type: 'number', description: 'The limit.' },
    tenant_id: { type: 'string', description: 'The tenant.' },
  }),
);
const verifier = createVerifier({
  pools: [{ issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x', clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['tier', 'approval_limit'],
  requires: ['tier'],
});
export async function read(token: string) {
  const { claims } = await verifier.verify(token, { scopes: { any: ['orders/read'] } });
  const tier: 'free' | 'premium' = claims.tier;
  const limit: number | undefined = claims.approval_limit;
  // @ts-expect-error no such tier
  const isGold = claims.tier === 'gold';
  // @ts-expect-error not read
  const other = claims.tenant_id;
  return { tier, limit, isGold, other };
}
export const code: VerifyErrorCode = 'ERR_TOKEN_SCOPE';
export const guard = createFastifyGuard(verifier);
export const reader = createGatewayClaimsReader({
  rendering: 'http',
  tokenUse: 'access',
  grant: 'client_credentials',
  clientIds: null,
  reads: ['tier'],
});
`;

/** An API in a repository without ours: all it has are the packages and the file that `m2m contract typescript` writes. */
export const anotherRepository = `
import { type ContractClaims, createGatewayClaimsReader, createVerifier } from './claim-contract.mjs';

const verifier = createVerifier({
  pools: [{ issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x', clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['tier', 'limits', 'environment', 'on_behalf_of'],
});
export async function read(token: string) {
  const { claims } = await verifier.verify(token, { scopes: { any: ['orders/read'] } });
  const tier: 'free' | 'premium' | undefined = claims.tier;
  const perMinute: number | undefined = claims.limits?.perMinute;
  const seconds: number | undefined = claims.limits?.burst?.seconds;
  const regions: readonly ('eu' | 'us')[] | undefined = claims.limits?.regions;
  const environment: string = claims.environment;
  // @ts-expect-error no such member
  const other = claims.limits?.perHour;
  // @ts-expect-error not read
  const depot = claims.depot;
  return { tier, perMinute, seconds, regions, environment, other, depot };
}
export const limitOf = ({ limits }: ContractClaims): number => limits?.perMinute ?? 60;
// @ts-expect-error not in the contract
createVerifier({ pools: [], tokenUse: null, grant: null, reads: ['colour'] });
export const reader = createGatewayClaimsReader({
  rendering: 'http',
  tokenUse: 'access',
  grant: 'client_credentials',
  clientIds: null,
  reads: ['tier'],
});
`;

const ISSUER = `'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x'`;

/** A service with every check spelled out, be it as `null`. */
export const carefulService = `
import { createVerifier } from '@cognito-m2m/verifier';
import { createGatewayAuthorizer } from '@cognito-m2m/verifier/api-gateway-authorizer';
import { createGatewayClaimsReader } from '@cognito-m2m/verifier/api-gateway-claims';
import { createExpressGuard } from '@cognito-m2m/verifier/express';

const contract = {};
const verifier = createVerifier({
  contract,
  pools: [{ issuer: ${ISSUER}, clientIds: null }],
  tokenUse: null,
  grant: null,
  reads: [],
});
export const verified = verifier.verify('token', { scopes: null });
export const middleware = createExpressGuard(verifier).require(null);
export const authorizer = createGatewayAuthorizer(verifier, { scopes: null, answer: 'simple' });
export const reader = createGatewayClaimsReader({
  contract,
  rendering: 'rest',
  tokenUse: null,
  grant: null,
  clientIds: null,
  reads: [],
});
`;

/** Services that forgot a check, each right but for that: what was forgotten, and what the compiler says then. */
export const forgetfulServices = [
  forgetting('the contract', /'contract'/, '  contract,\n  pools', '  pools'),
  forgetting('the pools', /'pools'/, `pools: [{ issuer: ${ISSUER}, clientIds: null }],`),
  forgetting("a pool's issuer", /'issuer'/, `issuer: ${ISSUER}, `),
  forgetting("a pool's clientIds", /'clientIds'/, ', clientIds: null }', ' }'),
  forgetting('tokenUse', /'tokenUse'/, 'tokenUse: null,'),
  forgetting('grant', /'grant'/, 'grant: null,'),
  forgetting('reads', /'reads'/, 'reads: [],'),
  forgetting('the scopes of a call', /'scopes'/, '{ scopes: null }', '{}'),
  forgetting('the options of a call', /Expected 2 arguments/, ', { scopes: null }'),
  forgetting("a guard's scopes", /Expected 1 arguments/, 'require(null)', 'require()'),
  forgetting("an authorizer's scopes", /'scopes'/, 'scopes: null, answer', 'answer'),
  forgetting("an authorizer's answer", /'answer'/, ", answer: 'simple'"),
  forgetting("a gateway reader's tokenUse", /tokenUse/, "'rest',\n  tokenUse: null,", "'rest',"),
  forgetting(
    "a gateway reader's grant",
    /grant/,
    '  grant: null,\n  clientIds: null,',
    'clientIds: null,',
  ),
  forgetting("a gateway reader's clientIds", /clientIds/, '  clientIds: null,\n'),
];

function forgetting(forgotten: string, complaint: RegExp, text: string, rest = '') {
  const name = `without ${forgotten}`.replaceAll(/\W+/g, '-');
  return { forgotten, complaint, file: `${name}.mts`, text: carefulService.replace(text, rest) };
}

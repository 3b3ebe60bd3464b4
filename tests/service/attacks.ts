import { forgedTokens } from './forged-tokens.ts';
import { KNOWN_CLIENT, type ServiceWorld } from './service-world.ts';

/** A request that must not get in. */
export interface Attack {
  /** What somebody tries, as a phrase. */
  readonly attack: string;
  /** The code that the API answers with. */
  readonly code: string;
  readonly status: 401 | 403;
  readonly request: (world: ServiceWorld) => Promise<AttackRequest>;
}

/** What the attacker sends. */
interface AttackRequest {
  readonly headers: Record<string, string>;
  readonly path?: string;
  readonly method?: string;
}

type Make = (world: ServiceWorld) => string | Promise<string>;

/** A claim of every token that the signer makes for itself, so that nothing but the attack is wrong with it. */
const claims = { environment: 'service', 'custom:organization_id': '12345' };
/** What the signed attacks start from: good enough to get in. */
export const fine = { clientId: KNOWN_CLIENT, claims };

/** Every attack on the orders API, as its tests run them and `docs/verify-in-your-api.md` lists them. */
export const attacks: readonly Attack[] = [
  {
    attack: 'no token',
    code: 'ERR_TOKEN_MISSING',
    status: 401,
    request: async () => ({ headers: {} }),
  },
  {
    attack: 'the client secret itself instead of a token',
    code: 'ERR_TOKEN_MISSING',
    status: 401,
    request: async ({ cognito }) => {
      const [client] = cognito.pools[0]?.clients ?? [];
      const secret = Buffer.from(`${client?.clientId}:${client?.clientSecret}`).toString('base64');
      return { headers: { authorization: `Basic ${secret}` } };
    },
  },
  refused('two tokens in one header', 'ERR_TOKEN_MALFORMED', async (world) => {
    const token = await world.getToken('payments');
    return `${token}, Bearer ${token}`;
  }),
  {
    attack: 'a good token without the scope of the route',
    code: 'ERR_TOKEN_SCOPE',
    status: 403,
    request: async (world) => {
      const token = await world.getToken('payments', { scope: 'orders/read' });
      return { path: '/approvals/1', method: 'POST', headers: bearer(token) };
    },
  },
  refused(
    'a scope that begins like the one of the route',
    'ERR_TOKEN_SCOPE',
    ({ signer }) => signer.sign({ ...fine, scopes: ['orders/readonly', 'my-orders/read'] }),
    403,
  ),
  refused('a good token of another pool', 'ERR_TOKEN_ISSUER', ({ getToken }) =>
    getToken('partners'),
  ),
  refused('an issuer that begins like a trusted one', 'ERR_TOKEN_ISSUER', ({ signer }) =>
    signer.sign({ ...fine, payload: { iss: `${signer.issuer}.example.com` } }),
  ),
  refused('no issuer', 'ERR_TOKEN_ISSUER', ({ signer }) =>
    signer.sign({ ...fine, payload: { iss: undefined } }),
  ),
  refused('an expired token', 'ERR_TOKEN_EXPIRED', ({ getToken }) =>
    getToken('payments', { ageSeconds: 3_601 }),
  ),
  refused('a token that is not valid yet', 'ERR_TOKEN_NOT_YET_VALID', ({ signer }) =>
    signer.sign({ ...fine, payload: { nbf: Math.floor(Date.now() / 1000) + 60 } }),
  ),
  refused('a token that never expires', 'ERR_TOKEN_MALFORMED', ({ signer }) =>
    signer.sign({ ...fine, payload: { exp: undefined } }),
  ),
  refused('a tampered claim', 'ERR_TOKEN_SIGNATURE', async ({ getToken }) =>
    forgedTokens.withPayload(await getToken('payments'), { 'custom:organization_id': '99999' }),
  ),
  refused('the signature of another token', 'ERR_TOKEN_SIGNATURE', async ({ getToken }) =>
    forgedTokens.withSignatureOf(await getToken('payments'), await getToken('payments')),
  ),
  refused('alg: none, without a signature', 'ERR_TOKEN_MALFORMED', async ({ getToken }) =>
    forgedTokens.unsigned(await getToken('payments')),
  ),
  refused('alg: none, with a signature', 'ERR_TOKEN_ALGORITHM', async ({ getToken }) =>
    forgedTokens.withHeader(await getToken('payments'), { alg: 'none' }),
  ),
  refused('alg: HS256 with the public key as the secret', 'ERR_TOKEN_ALGORITHM', ({ signer }) =>
    forgedTokens.signedWithPublicKey(signer, signer.sign(fine)),
  ),
  refused('alg: RS512', 'ERR_TOKEN_ALGORITHM', ({ signer }) =>
    signer.sign({ ...fine, header: { alg: 'RS512' } }),
  ),
  refused('a critical header extension', 'ERR_TOKEN_MALFORMED', ({ signer }) =>
    signer.sign({ ...fine, header: { crit: ['b64'], b64: false } }),
  ),
  refused('a foreign kid', 'ERR_TOKEN_KEY_UNKNOWN', ({ signer }) =>
    forgedTokens.ofStranger(signer.issuer, 'a-key-of-mine').sign(fine),
  ),
  refused(
    'a foreign kid in the name of a discovered pool',
    'ERR_TOKEN_KEY_UNKNOWN',
    ({ cognito }) =>
      forgedTokens.ofStranger(cognito.pools[0]?.issuer ?? '', 'a-key-of-mine').sign(fine),
  ),
  refused('no kid', 'ERR_TOKEN_MALFORMED', ({ signer }) =>
    signer.sign({ ...fine, header: { kid: undefined } }),
  ),
  refused('a foreign key under the kid of a trusted one', 'ERR_TOKEN_SIGNATURE', ({ signer }) =>
    forgedTokens.ofStranger(signer.issuer, signer.jwks.keys[0]?.kid ?? '').sign(fine),
  ),
  refused('a key that the token brings along (jwk, jku)', 'ERR_TOKEN_SIGNATURE', ({ signer }) => {
    const stranger = forgedTokens.ofStranger(signer.issuer, signer.jwks.keys[0]?.kid ?? '');
    const [jwk] = stranger.jwks.keys;
    return stranger.sign({ ...fine, header: { jwk, jku: 'https://example.com/jwks.json' } });
  }),
  refused('an ID token (a wrong token_use)', 'ERR_TOKEN_USE', ({ signer }) =>
    signer.sign({ ...fine, payload: { token_use: 'id' } }),
  ),
  refused("a user's access token of the same pool", 'ERR_TOKEN_GRANT', ({ signer }) =>
    signer.sign({ ...fine, payload: { username: 'ann' } }),
  ),
  refused('an app client that is not on the list', 'ERR_TOKEN_CLIENT', ({ signer }) =>
    signer.sign({ ...fine, clientId: 'another-client' }),
  ),
  refused('a claim that violates the contract', 'ERR_TOKEN_CLAIM_INVALID', ({ signer }) =>
    signer.sign({ ...fine, claims: { ...claims, tier: 'unlimited' } }),
  ),
  refused('a needed claim left out', 'ERR_TOKEN_CLAIM_MISSING', ({ signer }) =>
    signer.sign({ ...fine, claims: { environment: 'service' } }),
  ),
];

function refused(attack: string, code: string, make: Make, status: 401 | 403 = 401): Attack {
  const request = async (world: ServiceWorld) => ({ headers: bearer(await make(world)) });
  return { attack, code, status, request };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

import { createHmac } from 'node:crypto';
import { createUserSigner, type UserIssuer } from '@cognito-m2m/pre-token-generation/testing';

/** The users' issuer that the client accepts, and one that it does not. */
export interface AttackedWorld {
  readonly staff: UserIssuer;
  readonly stranger: UserIssuer;
}

/** A request that must not get a token. */
export interface TokenAttack {
  /** What somebody tries, as a phrase. */
  readonly attack: string;
  /** The code of the refusal. */
  readonly code: string;
  readonly metadata: (world: AttackedWorld) => { readonly [key: string]: string };
  /** How much later the token is used, in milliseconds. @default at once */
  readonly laterMs?: number;
}

type Make = (world: AttackedWorld) => string;

const now = () => Math.floor(Date.now() / 1000);
const encode = (value: string) => Buffer.from(value).toString('base64url');

/** A token whose parts are replaced after it was signed. */
function withPart(token: string, index: 0 | 1, fields: object): string {
  const parts = token.split('.');
  const part = JSON.parse(Buffer.from(parts[index] ?? '', 'base64url').toString());
  parts[index] = encode(JSON.stringify({ ...part, ...fields }));
  return parts.join('.');
}

/** Somebody with a key of their own, under the name and the key id of the issuer. */
function impersonate({ staff }: AttackedWorld) {
  const { issuer } = staff;
  return createUserSigner({ issuer, keyId: staff.signer().keyId, algorithm: 'RS256' });
}

/** Signs with HMAC and the public key, which a verifier that believes the header would take for the secret. */
function signWithPublicKey({ staff }: AttackedWorld): string {
  const pem = staff.signer().publicKey.export({ type: 'spki', format: 'pem' });
  const input = withPart(staff.sign(), 0, { alg: 'HS256' }).replace(/\.[^.]*$/, '');
  return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
}

/** A token with its own key in the header, in each of the four ways there are. */
function bringKey(world: AttackedWorld, member: 'jku' | 'jwk' | 'x5u' | 'x5c'): string {
  const signer = impersonate(world);
  const [key] = signer.jwks.keys;
  const values = {
    jku: `${world.stranger.issuer}/keys`,
    jwk: key,
    x5u: `${world.stranger.issuer}/certificate`,
    x5c: [world.stranger.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')],
  };
  return signer.sign({}, { [member]: values[member] });
}

const headerOf = ({ staff }: AttackedWorld) =>
  JSON.stringify({ kid: staff.signer().keyId, alg: 'RS256' });

/** Every attack, as `on-behalf-of.test.ts` makes them on the built bundle and `docs/on-behalf-of.md` lists them. */
export const TOKEN_ATTACKS: readonly TokenAttack[] = [
  { attack: 'no token', code: 'ERR_TOKEN_REQUIRED', metadata: () => ({}) },
  {
    attack: 'the right token under another key',
    code: 'ERR_TOKEN_REQUIRED',
    metadata: ({ staff }) => ({ token: staff.sign() }),
  },
  {
    attack: 'the name of the claim as a key of the metadata',
    code: 'ERR_TOKEN_REQUIRED',
    metadata: () => ({ on_behalf_of: 'admin' }),
  },
  of('a plain value instead of a token', 'ERR_TOKEN_MALFORMED', () => 'admin'),
  of('an empty value', 'ERR_TOKEN_MALFORMED', () => ''),
  of('spaces around the token', 'ERR_TOKEN_MALFORMED', ({ staff }) => ` ${staff.sign()} `),
  of(
    'the token with "Bearer" in front',
    'ERR_TOKEN_MALFORMED',
    ({ staff }) => `Bearer ${staff.sign()}`,
  ),
  of('one byte more than 8 KB', 'ERR_TOKEN_TOO_LARGE', ({ staff }) =>
    staff.sign().padEnd(8193, 'A'),
  ),
  of('alg: none, without a signature', 'ERR_TOKEN_MALFORMED', ({ staff }) =>
    withPart(staff.sign(), 0, { alg: 'none' }).replace(/\.[^.]*$/, '.'),
  ),
  of('alg: none, with a signature', 'ERR_TOKEN_ALGORITHM', ({ staff }) =>
    withPart(staff.sign(), 0, { alg: 'none' }),
  ),
  of('alg: HS256 with the public key as the secret', 'ERR_TOKEN_ALGORITHM', signWithPublicKey),
  of('an algorithm that the key is not for', 'ERR_TOKEN_ALGORITHM', ({ staff }) =>
    withPart(staff.sign(), 0, { alg: 'RS512' }),
  ),
  of('a critical header extension', 'ERR_TOKEN_MALFORMED', ({ staff }) =>
    staff.sign({}, { crit: ['b64'], b64: false }),
  ),
  of('an encrypted token', 'ERR_TOKEN_MALFORMED', ({ staff }) => `${staff.sign()}.AAAA.AAAA`),
  of('a signed token that holds an encrypted one', 'ERR_TOKEN_MALFORMED', (world) =>
    world.staff.signer().signText(headerOf(world), 'e30.AAAA.AAAA.AAAA.AAAA'),
  ),
  of('a header member twice', 'ERR_TOKEN_MALFORMED', ({ staff }) =>
    staff.signer().signText(`{"alg":"none","kid":"${staff.signer().keyId}","alg":"RS256"}`, '{}'),
  ),
  of('a claim twice', 'ERR_TOKEN_MALFORMED', (world) =>
    world.staff
      .signer()
      .signText(headerOf(world), `{"iss":"${world.staff.issuer}","sub":"user-1","sub":"admin"}`),
  ),
  of('a changed claim', 'ERR_TOKEN_SIGNATURE', ({ staff }) =>
    withPart(staff.sign(), 1, { sub: 'admin' }),
  ),
  of('the signature of another good token', 'ERR_TOKEN_SIGNATURE', ({ staff }) =>
    [...staff.sign({ sub: 'admin' }).split('.').slice(0, 2), staff.sign().split('.')[2]].join('.'),
  ),
  of('a foreign key under the key id of the issuer', 'ERR_TOKEN_SIGNATURE', (world) =>
    impersonate(world).sign(),
  ),
  of('a foreign key id', 'ERR_TOKEN_KEY_UNKNOWN', ({ staff }) => staff.sign({}, { kid: 'forged' })),
  of('a key that the token brings as jwk', 'ERR_TOKEN_SIGNATURE', (world) =>
    bringKey(world, 'jwk'),
  ),
  of('a key at an address of the token (jku)', 'ERR_TOKEN_SIGNATURE', (world) =>
    bringKey(world, 'jku'),
  ),
  of('a certificate that the token brings as x5c', 'ERR_TOKEN_SIGNATURE', (world) =>
    bringKey(world, 'x5c'),
  ),
  of('a certificate at an address of the token (x5u)', 'ERR_TOKEN_SIGNATURE', (world) =>
    bringKey(world, 'x5u'),
  ),
  of('a good token of another issuer', 'ERR_TOKEN_ISSUER', ({ stranger }) => stranger.sign()),
  of('another issuer with the same key id', 'ERR_TOKEN_ISSUER', ({ staff, stranger }) =>
    stranger.sign({}, { kid: staff.signer().keyId }),
  ),
  of('the issuer with a slash behind it', 'ERR_TOKEN_ISSUER', ({ staff }) =>
    staff.sign({ iss: `${staff.issuer}/` }),
  ),
  of('the issuer in upper case', 'ERR_TOKEN_ISSUER', ({ staff }) =>
    staff.sign({ iss: staff.issuer.toUpperCase() }),
  ),
  of('the issuer as a list', 'ERR_TOKEN_ISSUER', ({ staff }) =>
    staff.sign({ iss: [staff.issuer] }),
  ),
  of('an ID token', 'ERR_TOKEN_USE', ({ staff }) => staff.sign({ token_use: 'id' })),
  of('a token of another app client', 'ERR_TOKEN_AUDIENCE', ({ staff }) =>
    staff.sign({ client_id: 'another-client' }),
  ),
  of('an expired token', 'ERR_TOKEN_EXPIRED', ({ staff }) => staff.sign({ exp: now() })),
  of('a token that never expires', 'ERR_TOKEN_MALFORMED', ({ staff }) =>
    staff.sign({ exp: undefined }),
  ),
  of('a token that is not valid yet', 'ERR_TOKEN_NOT_YET_VALID', ({ staff }) =>
    staff.sign({ nbf: now() + 60 }),
  ),
  of('a token from the future', 'ERR_TOKEN_NOT_YET_VALID', ({ staff }) =>
    staff.sign({ iat: now() + 60 }),
  ),
  of('a token that was issued too long ago', 'ERR_TOKEN_TOO_OLD', ({ staff }) =>
    staff.sign({ iat: now() - 302 }),
  ),
  {
    attack: 'a good token once more, after maxAgeSeconds',
    code: 'ERR_TOKEN_TOO_OLD',
    metadata: ({ staff }) => ({ user_token: staff.sign() }),
    laterMs: 242_000,
  },
  of('no subject', 'ERR_TOKEN_CLAIM_MISSING', ({ staff }) => staff.sign({ sub: undefined })),
  of('a list as the subject', 'ERR_TOKEN_CLAIM_INVALID', ({ staff }) =>
    staff.sign({ sub: ['admin'] }),
  ),
  of('an object as the subject', 'ERR_TOKEN_CLAIM_INVALID', ({ staff }) => staff.sign({ sub: {} })),
  of('spaces around the subject', 'ERR_TOKEN_CLAIM_INVALID', ({ staff }) =>
    staff.sign({ sub: ' admin ' }),
  ),
];

function of(attack: string, code: string, make: Make): TokenAttack {
  return { attack, code, metadata: (world) => ({ user_token: make(world) }) };
}

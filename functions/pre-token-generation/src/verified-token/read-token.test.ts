import { describe, expect, test } from '@jest/globals';
import { createUserSigner } from '../../test/user-signer.ts';
import { readToken } from './read-token.ts';

const signer = createUserSigner({
  issuer: 'https://issuer.example',
  keyId: 'k',
  algorithm: 'ES256',
});
const HEADER = '{"alg":"ES256","kid":"k"}';
const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url');

/** A token with a claim that makes it so many bytes long; base64url turns three bytes into four. */
function tokenOfBytes(bytes: number): string {
  const base = encode(HEADER).length + 2 + 86;
  return `${encode(HEADER)}.${encode(`{"a":"${'x'.repeat(((bytes - base) / 4) * 3 - 8)}"}`)}.${'s'.repeat(85)}w`;
}

describe('a token that is read', () => {
  test('a token that is read gives what is signed, the signature, the algorithm, the id of the key and the payload', () => {
    const token = signer.signText(HEADER, '{"sub":"u"}');
    const [header, payload, signature = ''] = token.split('.');

    expect(readToken(token)).toEqual({
      signed: `${header}.${payload}`,
      signature: Buffer.from(signature, 'base64url'),
      algorithm: 'ES256',
      keyId: 'k',
      payload: { sub: 'u' },
    });
  });

  test.each([
    [
      'a member more than once in different objects',
      '{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]}',
    ],
    ['braces and colons within strings', '{"a":"}","b":"{\\"a\\":1}","c":": ","d":"\\\\"}'],
    ['a string that is equal to a name', '{"a":"a","b":["a","a"]}'],
    ['spaces', ' { "a" : 1 }\n'],
  ])('a token that is read may have %s', (_what, payload) => {
    expect(readToken(signer.signText(HEADER, payload)).payload).toEqual(JSON.parse(payload));
  });

  test('a token that is read may have 8192 bytes', () => {
    const token = tokenOfBytes(8192);

    expect(token).toHaveLength(8192);
    expect(readToken(token).algorithm).toBe('ES256');
  });
});

const good = signer.sign();

/** The last of 86 characters has four bits to spare. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(character) + 1);
}

const MALFORMED: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['an object', { token: good }],
  ['a list with a token', [good]],
  ['an empty string', ''],
  ['a plain value', 'user-1'],
  ['a token with a space in front', ` ${good}`],
  ['a token with a line break behind', `${good}\n`],
  ['a token with Bearer in front', `Bearer ${good}`],
  ['two parts', good.split('.').slice(0, 2).join('.')],
  ['four parts', `${good}.AAAA`],
  ['five parts, which is an encrypted token', `${good}.AAAA.AAAA`],
  ['an empty signature', `${good.split('.').slice(0, 2).join('.')}.`],
  ['padded base64', good.replace('.', '=.')],
  [
    'a character that carries unused bits',
    `${encode('{"alg":"ES256","kid":"k"} ').slice(0, -1)}B.e30.AAAA`,
  ],
  ['a signature that carries unused bits', `${good.slice(0, -1)}${nextCharacter(good.slice(-1))}`],
  ['a signature of an impossible length', `${good}AAA`],
  ['a header that is not JSON', signer.signText('{', '{}')],
  ['a header that is a list', signer.signText('[]', '{}')],
  ['a payload that is a string', signer.signText(HEADER, '"user-1"')],
  ['a payload that is null', signer.signText(HEADER, 'null')],
  ['a payload that is a token', signer.signText(HEADER, good)],
  [
    'a payload that is not UTF-8',
    `${encode(HEADER)}.${encode(Buffer.from('{"a":"\xff"}', 'latin1'))}.AAAA`,
  ],
  ['a byte order mark', signer.signText(HEADER, '\uFEFF{}')],
  ['a header member twice', signer.signText('{"alg":"none","kid":"k","alg":"ES256"}', '{}')],
  ['a claim twice', signer.signText(HEADER, '{"sub":"a","sub":"b"}')],
  ['a claim twice, written in two ways', signer.signText(HEADER, '{"sub":"a","s\\u0075b" :"b"}')],
  ['a member of a claim twice', signer.signText(HEADER, '{"a":[{"x":1,"x":2}]}')],
  ['no algorithm', signer.sign({}, { alg: undefined })],
  ['an algorithm that is a list', signer.sign({}, { alg: ['ES256'] })],
  ['no key id', signer.sign({}, { kid: undefined })],
  ['a key id that is a number', signer.sign({}, { kid: 7 })],
  ['a critical extension', signer.sign({}, { crit: ['b64'], b64: false })],
];

describe('a token is malformed', () => {
  test.each(MALFORMED)('a token is malformed if it is or has %s', (_what, token) => {
    expect(() => readToken(token)).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_MALFORMED' }),
    );
  });
});

test.each([
  ['in ASCII', tokenOfBytes(8192).concat('s')],
  ['in characters of several bytes', 'ü'.repeat(4097)],
])('a token of more than 8192 bytes %s is too large', (_what, token) => {
  expect(() => readToken(token)).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_TOO_LARGE' }));
});

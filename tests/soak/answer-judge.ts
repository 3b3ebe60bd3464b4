import { isDeepStrictEqual } from 'node:util';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Case } from './local-cases.ts';

/** Every so many tokens one signature is verified; all of them would take longer than the tokens. */
const VERIFIED_EVERY = 100;

/** Compares answers with what is right. */
export interface AnswerJudge {
  /** What was wrong, without any token or secret. */
  readonly faults: readonly string[];
  readonly tokens: number;
  readonly verified: number;
  judge(sent: Case, answer: string): Promise<void>;
}

/** Creates a judge that knows every token's id, and so sees one that comes twice. */
export function createAnswerJudge(keySet: JSONWebKeySet): AnswerJudge {
  const keys = createLocalJWKSet(keySet);
  const faults: string[] = [];
  const ids = new Set<unknown>();
  let verified = 0;

  async function judgeToken(token: string, expected: object): Promise<void> {
    const [, payload = ''] = token.split('.');
    const { jti, iat, exp, auth_time, ...claims } = JSON.parse(
      Buffer.from(payload, 'base64url').toString(),
    );
    if (!isDeepStrictEqual(claims, expected)) faults.push(`claims of another token: ${jti}`);
    if (ids.has(jti)) faults.push(`a token's id twice: ${jti}`);
    if (auth_time !== iat || exp <= iat) faults.push(`times: ${iat} ${auth_time} ${exp}`);
    ids.add(jti);
    if (ids.size % VERIFIED_EVERY !== 0) return;
    await jwtVerify(token, keys).catch(() => faults.push(`signature: ${jti}`));
    verified += 1;
  }

  return {
    faults,
    get tokens() {
      return ids.size;
    },
    get verified() {
      return verified;
    },
    async judge({ expected }, answer) {
      const body = parse(answer);
      if (typeof expected !== 'string') {
        const { access_token: token } = body;
        if (typeof token === 'string') await judgeToken(token, expected);
        else faults.push(`expected a token, got ${body['error']}`);
      } else if (!String(body['error']).startsWith(expected)) {
        faults.push(`expected ${expected}, got ${body['error'] ?? Object.keys(body)}`);
      }
    },
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return { error: text };
  }
}

import type { Exchange } from './exchange.ts';

const TOKEN = /\beyJ[\w-]+\.([\w-]+)\.[\w-]+/g;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
const ACCOUNT_ID = /\b\d{12}\b/g;

/** What an exchange may say in a file that is committed: without ids, secrets, and signatures of tokens. */
export interface RedactedExchange extends Exchange {
  /** The payload of the token in the answer, its members in their order; null without a token. */
  readonly payload: unknown;
}

/**
 * Replaces ids and secrets wherever an answer holds them.
 *
 * @param names - What replaces each id or secret, such as `{ '1example23456789': '<client id>' }`.
 */
export function redact(
  exchange: Exchange,
  names: { readonly [secret: string]: string },
): RedactedExchange {
  const replace = (text: string) => replaceAll(text, names);
  return {
    ...exchange,
    headers: Object.fromEntries(
      Object.entries(exchange.headers).map(([name, value]) => [name, replace(value)]),
    ),
    body: replace(exchange.body.replace(TOKEN, '<access token>')),
    elapsedMs: Math.round(exchange.elapsedMs),
    payload: payloads(exchange.body, replace)[0] ?? null,
  };
}

function payloads(body: string, replace: (text: string) => string): unknown[] {
  return [...body.matchAll(TOKEN)].map(([, payload = '']) =>
    JSON.parse(replace(Buffer.from(payload, 'base64url').toString())),
  );
}

function replaceAll(text: string, names: { readonly [secret: string]: string }): string {
  // The longest first: one id may be a part of another text.
  const known = Object.keys(names).sort((a, b) => b.length - a.length);
  const named = known.reduce(
    (result, secret) => result.replaceAll(secret, names[secret] ?? ''),
    text,
  );
  return named.replace(UUID, '<uuid>').replace(ACCOUNT_ID, '<account id>');
}

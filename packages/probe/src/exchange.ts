import { EVENT_CLAIM } from './instructions.ts';
import type { ProbeRequest } from './requests.ts';

/** One request and its answer. */
export interface Exchange {
  readonly name: string;
  readonly via: ProbeRequest['via'];
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  readonly elapsedMs: number;
}

/** A JSON object whose members keep the order in which they were sent. */
type JsonMembers = { readonly [name: string]: unknown };

/** The payload of the access token in an answer; `undefined` where the answer holds no token. */
export function payloadOf({ body }: Exchange): JsonMembers | undefined {
  const answer = parse(body);
  const result = answer?.['ClientAuthenticationResult'] as JsonMembers | undefined;
  const [, payload] = String(answer?.['access_token'] ?? result?.['AccessToken'] ?? '').split('.');
  return payload === undefined ? undefined : parse(Buffer.from(payload, 'base64url').toString());
}

/** The event that the trigger received, out of the claim in which it returned it. */
export function eventOf(exchange: Exchange): JsonMembers | undefined {
  const event = payloadOf(exchange)?.[EVENT_CLAIM];
  return typeof event === 'string' ? parse(event) : undefined;
}

/** The members of a JSON answer; `undefined` for anything else. */
export function membersOf({ body }: Exchange): JsonMembers | undefined {
  return parse(body);
}

/** The exception that an answer of the user pools API names, without its namespace. */
export function exceptionOf(exchange: Exchange): string | undefined {
  const type = membersOf(exchange)?.['__type'] ?? exchange.headers['x-amzn-errortype'];
  return typeof type === 'string' ? type.split('#').at(-1)?.split(':')[0] : undefined;
}

function parse(text: string): JsonMembers | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonMembers)
      : undefined;
  } catch {
    return undefined;
  }
}

import type { SimulatedTime } from './simulated-time.ts';

/** One request that reached the issuer. */
interface ReceivedRequest {
  readonly url: string;
  readonly form: { readonly [name: string]: string };
}

/** What the issuer does with the next request instead of answering it. */
export type Fault =
  | 'reset'
  | 'hang'
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** A token endpoint with a clock of its own. */
export interface SimulatedIssuer {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly ReceivedRequest[];
  /** How many tokens it has issued. */
  issued(): number;
  /** Faults of the next requests, in this order; a function decides for each. */
  faults: Fault[] | (() => Fault | undefined);
  /** Secrets that are accepted. */
  secrets: Set<string>;
  /** Life of its tokens, in seconds. */
  lifeSeconds: number;
  /** How long a response takes, in milliseconds of simulated time. */
  latencyMs: number;
  /** How far its clock is ahead of this machine's, in milliseconds. */
  aheadMs: number;
  /** The issuer's time, in milliseconds since 1970. */
  now(): number;
}

export const SECRET = 'secret-of-the-test-0123456789';
export const CREDENTIALS = { clientId: 'client-1', clientSecret: SECRET };

/** Creates an issuer; its clock is right while the machine's may be corrected. */
export function createSimulatedIssuer(time: SimulatedTime): SimulatedIssuer {
  const requests: ReceivedRequest[] = [];
  let issuedCount = 0;
  const offset = time.now() - time.monotonic();
  let frozenMs = 0;
  const { freeze } = time;
  time.freeze = (milliseconds) => {
    frozenMs += milliseconds;
    freeze(milliseconds);
  };
  const issuer: SimulatedIssuer = {
    url: 'https://issuer.example.com/oauth2/token',
    requests,
    issued: () => issuedCount,
    faults: [],
    secrets: new Set([SECRET]),
    lifeSeconds: 3_600,
    latencyMs: 0,
    aheadMs: 0,
    now: () => offset + time.monotonic() + frozenMs + issuer.aheadMs,
    async fetch(input, init) {
      const form = Object.fromEntries(new URLSearchParams(String(init?.body)));
      requests.push({ url: String(input), form });
      const fault = Array.isArray(issuer.faults) ? issuer.faults.shift() : issuer.faults();
      const { signal } = init ?? {};
      if (fault === 'hang') return hang(signal);
      if (issuer.latencyMs > 0) await time.sleep(issuer.latencyMs, undefined);
      if (fault === 'reset') throw new TypeError('fetch failed', { cause: reset() });
      if (fault !== undefined) return answer(fault.status, fault.body, fault.headers);
      if (!issuer.secrets.has(form['client_secret'] ?? '')) {
        return answer(400, { error: 'invalid_client', error_description: 'invalid_client_secret' });
      }
      issuedCount++;
      return answer(200, {
        access_token: createToken(form),
        expires_in: issuer.lifeSeconds,
        token_type: 'Bearer',
      });
    },
  };

  function answer(status: number, body: unknown = '', headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const date = new Date(issuer.now()).toUTCString();
    return new Response(status === 204 ? null : text, { status, headers: { date, ...headers } });
  }

  function createToken({ client_id, scope, aws_client_metadata }: ReceivedRequest['form']) {
    const iat = Math.floor(issuer.now() / 1_000);
    const payload = { iat, exp: iat + issuer.lifeSeconds, client_id, scope, aws_client_metadata };
    return ['header', encode({ ...payload, jti: issuedCount }), 'signature'].join('.');
  }
  return issuer;
}

/** The claims of a token of the issuer. */
export function decode(token: string): { readonly [name: string]: string & number } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

function hang(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}

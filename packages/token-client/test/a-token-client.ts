import { createTokenClient, type TokenClient, type TokenClientOptions } from '../src/index.ts';
import { CREDENTIALS, createSimulatedIssuer, type SimulatedIssuer } from './simulated-issuer.ts';
import { createSimulatedTime, type SimulatedTime } from './simulated-time.ts';

/** A token client, its issuer and its clocks. */
export interface TokenClientWorld {
  readonly tokens: TokenClient;
  readonly issuer: SimulatedIssuer;
  readonly time: SimulatedTime;
  /** Gets a token while time goes on. */
  get(...call: Parameters<TokenClient['get']>): ReturnType<TokenClient['get']>;
}

/** Creates a client of a simulated issuer. */
export function aTokenClient(
  options: Partial<TokenClientOptions> = {},
  time = createSimulatedTime(),
): TokenClientWorld {
  const issuer = createSimulatedIssuer(time);
  const tokens = createTokenClient({
    endpoint: { tokenEndpoint: issuer.url },
    credentials: () => CREDENTIALS,
    fetch: issuer.fetch,
    time,
    ...options,
  });
  return { tokens, issuer, time, get: (...call) => time.run(tokens.get(...call)) };
}

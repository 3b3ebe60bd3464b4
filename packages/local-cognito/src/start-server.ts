import { readCommittedMeasurement } from './config/measured.ts';
import { openCertificate } from './http/certificate.ts';
import { createApp } from './http/create-app.ts';
import { listen } from './http/listen.ts';
import { type CognitoBehaviour, DEFAULT_BEHAVIOUR } from './model/behaviour.ts';
import type { Cleanup } from './model/cleanup.ts';
import { LocalCognitoError } from './model/errors.ts';
import { createJournal } from './model/journal.ts';
import { fail } from './model/outcome.ts';
import { createFaults } from './net/faults.ts';
import { createHostList } from './net/origin-guard.ts';
import type { KeyProvider } from './pools/signing-keys.ts';
import { type PoolRegistry, toIssuer, type UserPool } from './pools/user-pool.ts';
import type { LocalCognito, LocalPool, ServerOptions } from './start-options.ts';
import type { ClaimsSource, Core } from './tokens/core.ts';
import { openTrigger } from './trigger/open-trigger.ts';
import type { TriggerRunner } from './trigger/trigger-call.ts';
import type { TriggerInput } from './trigger/trigger-options.ts';

/** What a server serves. */
interface ServedPools {
  readonly name: string;
  readonly region: string;
  readonly registry: PoolRegistry;
  readonly keys: KeyProvider;
  readonly claims: ClaimsSource | undefined;
  /** The trigger of pools that name none; `null` for none. */
  readonly trigger: TriggerInput | null;
  /** Triggers by the name that pools refer to. */
  readonly triggers: { readonly [name: string]: TriggerInput };
  /** Resolves once everything that a token needs is there; triggers load meanwhile. */
  readonly ready: Promise<void>;
  /** Frees the port, if it was held for the server. */
  readonly releasePort: (() => Promise<void>) | undefined;
  /** What the server says about itself to callers on its own machine, in addition to its address and pools. */
  readonly about: object;
}

/** Makes a server listen. The clock may be moved while it runs. */
export async function startServer(
  served: ServedPools,
  options: ServerOptions,
  cleanup: Cleanup,
): Promise<LocalCognito> {
  // A failure of the triggers comes first, and nobody waits for this one then.
  served.ready.catch(() => undefined);
  const triggers = await openTriggers(served, options, cleanup);
  await served.ready;
  await Promise.all(triggers.opened.map(({ runner, place }) => checkLoad(runner, place)));
  const address = { url: '', publicUrl: options.publicUrl?.replace(/\/+$/, '') };
  const { host = '127.0.0.1', port = 0, allowedHosts = [] } = options;
  const hosts = [host, ...allowedHosts, ...publicHosts(options)];
  const opened = await openCertificate(options.tls, ['localhost', '127.0.0.1', '::1', ...hosts]);
  const isNamed = createHostList(allowedHosts);
  const scheme = opened === undefined ? 'http' : 'https';
  // Clients that use a name that was allowed for them read the same name in the issuer and in every address.
  const baseUrl = (requested?: string) =>
    address.publicUrl ?? (isNamed(requested) ? `${scheme}://${requested}` : address.url);
  const state = createServerState(served, options, triggers.of, baseUrl);
  const { core } = state;
  const describe = () => ({
    url: address.url,
    region: core.region,
    pools: core.directory.pools.map((pool) => toLocalPool(pool, core, baseUrl())),
    ...served.about,
  });
  const app = createApp(core, {
    allowedHosts: hosts,
    deployment: describe,
    certificate: opened?.certificate,
  });
  cleanup.add(() => app.fastify.close());
  await served.releasePort?.();
  address.url = `${scheme}://${await listen(app, host, port)}`;
  return {
    ...describe(),
    caFile: opened?.caFile,
    requests: () => core.journal.latest(),
    setBehaviour: state.setBehaviour,
    failNext: core.faults.add,
    clock: state.clock,
    close: () => cleanup.run(),
  };
}

/** What routes work on, and what a test may change of it while the server runs. */
function createServerState(
  { registry, name, region, keys, claims }: ServedPools,
  { logger, ...options }: ServerOptions,
  triggerOf: Core['triggerOf'],
  baseUrl: Core['baseUrl'],
) {
  let behaviour: CognitoBehaviour = {
    ...DEFAULT_BEHAVIOUR,
    ...readCommittedMeasurement()?.behaviour,
    ...options.behaviour,
  };
  const clock = createMovableClock(options.clock ?? Date.now);
  const core: Core = {
    ...registry,
    name,
    region,
    keys,
    claims,
    journal: createJournal(),
    faults: createFaults(options.quota?.tokensPerSecond),
    triggerOf,
    get behaviour() {
      return behaviour;
    },
    apiSecret: options.apiSecret,
    baseUrl,
    issuerOf: (pool, host) => toIssuer(pool, behaviour.issuerFormat, baseUrl(host)),
    clock: clock.now,
  };
  if (logger?.onRequest) core.journal.subscribe(logger.onRequest);
  const setBehaviour = (changed: Partial<CognitoBehaviour>) => {
    behaviour = { ...behaviour, ...changed };
  };
  return { core, clock, setBehaviour };
}

function publicHosts({ publicUrl }: ServerOptions): string[] {
  return publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
}

/** For a pool that the API gave a trigger, on a server without one: no token without the claims that the pool's owner expects. */
const MISSING_TRIGGER: TriggerRunner = {
  load: async () => undefined,
  close: async () => undefined,
  invoke: async () =>
    fail({
      kind: 'refused',
      message: 'This server has no trigger for the Lambda function of the pool',
    }),
};

/** Opens the triggers that the pools need. */
async function openTriggers(
  { trigger, triggers, region }: ServedPools,
  { triggerTimeoutMs, logger }: ServerOptions,
  cleanup: Cleanup,
) {
  const edges = { region, timeoutMs: triggerTimeoutMs, onLog: logger?.onTriggerLog };
  async function open(input: TriggerInput) {
    const opened = await openTrigger(input, edges);
    cleanup.add(() => opened.runner.close());
    return opened;
  }
  const standard = trigger === null ? undefined : await open(trigger);
  const named = new Map<string, Awaited<ReturnType<typeof open>>>();
  for (const [name, input] of Object.entries(triggers)) named.set(name, await open(input));
  return {
    opened: standard === undefined ? [...named.values()] : [standard, ...named.values()],
    of(pool: UserPool): TriggerRunner | undefined {
      if (pool.trigger === null) return undefined;
      const isMissing = pool.isCreated && pool.trigger === undefined && standard === undefined;
      if (isMissing) return MISSING_TRIGGER;
      return (pool.trigger === undefined ? standard : named.get(pool.trigger))?.runner;
    },
  };
}

const UNIT_MS: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function createMovableClock(base: () => number) {
  let offsetMs = 0;
  return {
    now: () => base() + offsetMs,
    advance(span: string | number) {
      const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(span)) ?? [];
      const addedMs =
        typeof span === 'number' ? span : Number(count) * (UNIT_MS[unit] ?? Number.NaN);
      if (!Number.isFinite(addedMs)) {
        throw new RangeError(
          `Expected a span such as "30s", "5m", "1h" or a number of milliseconds.`,
        );
      }
      offsetMs += addedMs;
    },
  };
}

function toLocalPool(pool: UserPool, core: Core, url: string): LocalPool {
  return {
    name: pool.name,
    userPoolId: pool.userPoolId,
    issuer: core.issuerOf(pool),
    jwksUri: `${url}/${pool.userPoolId}/.well-known/jwks.json`,
    tokenEndpoint: `${url}/${encodeURIComponent(pool.name)}/oauth2/token`,
    clients: pool.clients.map((client) => ({
      name: client.name,
      clientId: client.clientId,
      clientSecret: core.secrets.list(pool, client)[0]?.value ?? '',
    })),
  };
}

/**
 * Waits until a trigger is loaded.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_BUNDLE_INVALID` if it cannot be loaded: every token would fail for the same reason.
 */
async function checkLoad(runner: TriggerRunner, place: string): Promise<void> {
  const failure = await runner.load();
  if (failure === undefined) return;
  const message = `The trigger bundle ${place} cannot be loaded: ${failure.errorType}: ${failure.message}`;
  throw new LocalCognitoError('ERR_LOCAL_BUNDLE_INVALID', message);
}

import type { WatchSettings } from './environment.ts';
import type { Environment, Pool } from './normalised-environment.ts';

/** What the watcher must know of a pool. */
export type WatchedPool = Pick<
  Pool,
  'name' | 'plan' | 'domainPrefix' | 'existing' | 'userTrigger' | 'clientRegistration'
>;

/** What the watcher must know of an environment. Which clients were deployed is in the claims table. */
interface WatchedDeclaration extends Pick<Environment, 'name' | 'region' | 'isDisposable'> {
  readonly trigger: Pick<
    Environment['trigger'],
    'cacheSeconds' | 'maxStaleSeconds' | 'sizeBudgetBytes'
  >;
  readonly heal: WatchSettings['heal'];
  readonly everyMinutes: WatchSettings['everyMinutes'];
  /** `undefined` if no pool has a canary. */
  readonly canaryMinutes: WatchSettings['canaryMinutes'] | undefined;
  readonly pools: readonly WatchedPool[];
}

/** Writes what the watcher must know of an environment as JSON, for a variable of its function. */
export function toWatchedVariable(environment: Environment): string {
  const { name, region, isDisposable, trigger, watch, pools } = environment;
  const { cacheSeconds, maxStaleSeconds, sizeBudgetBytes } = trigger;
  const hasCanary = pools.some(({ canary }) => canary !== undefined);
  const watched: WatchedDeclaration = {
    name,
    region,
    isDisposable,
    trigger: { cacheSeconds, maxStaleSeconds, sizeBudgetBytes },
    heal: watch?.heal ?? [],
    everyMinutes: watch?.everyMinutes ?? 0,
    canaryMinutes: hasCanary ? watch?.canaryMinutes : undefined,
    pools: pools.map(toWatchedPool),
  };
  return JSON.stringify(watched);
}

/** The part of a pool that the watcher must know. */
export function toWatchedPool(pool: WatchedPool): WatchedPool {
  const { name, plan, domainPrefix, existing, userTrigger, clientRegistration } = pool;
  return { name, plan, domainPrefix, existing, userTrigger, clientRegistration };
}

/** A client as which the canary requests tokens. */
export interface CanaryDeclaration {
  readonly pool: string;
  readonly client: string;
  /** For an app client of the pool's owner: its ID and the entry in AWS Secrets Manager. */
  readonly clientId: string | undefined;
  readonly secretId: string | undefined;
  /** What it requests; empty for an app client of the pool's owner: then all its scopes. */
  readonly scopes: readonly string[];
}

/** Writes the canaries of an environment as JSON, for a variable of their function; nothing if there is none. */
export function toCanaryVariable({ pools }: Pick<Environment, 'pools'>): string | undefined {
  const canaries = pools.flatMap((pool): CanaryDeclaration[] => {
    const client = pool.clients.find(({ name }) => name === pool.canary);
    if (client === undefined) return [];
    const { name, clientId, secretId } = client;
    const scopes = clientId === undefined ? client.scopes : [];
    return [{ pool: pool.name, client: name, clientId, secretId, scopes }];
  });
  return canaries.length === 0 ? undefined : JSON.stringify(canaries);
}

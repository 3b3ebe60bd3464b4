import type { Environment, WatchSettings } from '@cognito-m2m/environment';
import type { DeclaredEnvironment, DeclaredPool } from './deployment-view.ts';

/** What the watcher knows of an environment file: the deploy writes it into the function's variables, the function reads it. */
export interface WatchedEnvironment extends DeclaredEnvironment {
  readonly region: string;
  readonly pools: readonly DeclaredPool[];
  readonly heal: WatchSettings['heal'];
}

/** The environment variables of the watcher. None is a secret. */
export const WATCH_VARIABLES = {
  /** {@link WatchedEnvironment} as JSON. */
  declared: 'WATCH_DECLARED',
  tableName: 'WATCH_TABLE_NAME',
  /** Left out where alarms go to no topic. */
  topicArn: 'WATCH_TOPIC_ARN',
  /** The published version that the deploy put behind the trigger's alias. */
  triggerVersion: 'WATCH_TRIGGER_VERSION',
} as const;

/** AWS Lambda takes 4 KB for all variables of a function; the others of the watcher need little. */
const MAX_DECLARED_BYTES = 3500;

/**
 * Writes what the watcher must know of an environment.
 *
 * @throws {RangeError} If there are more pools than a function's variables can name: about 40.
 */
export function toWatchedVariable(environment: Environment): string {
  const { name, region, isDisposable, trigger, watch, pools } = environment;
  const { cacheSeconds, maxStaleSeconds, sizeBudgetBytes } = trigger;
  const watched: WatchedEnvironment = {
    name,
    region,
    isDisposable,
    trigger: { cacheSeconds, maxStaleSeconds, sizeBudgetBytes },
    // Which clients were deployed is in the claims table.
    pools: pools.map((pool) => ({
      name: pool.name,
      plan: pool.plan,
      domainPrefix: pool.domainPrefix,
      existing: pool.existing,
      userTrigger: pool.userTrigger,
      clients: [],
    })),
    heal: watch?.heal ?? [],
  };
  const text = JSON.stringify(watched);
  if (Buffer.byteLength(text) <= MAX_DECLARED_BYTES) return text;
  throw new RangeError(
    `Environment "${name}" has too many pools to be watched: AWS Lambda takes 4 KB of variables. Split the environment, or remove "watch".`,
  );
}

/** Reads it back. @throws {SyntaxError} For anything that is not JSON. */
export function readWatchedVariable(text: string): WatchedEnvironment {
  // The deploy alone writes the variable.
  return JSON.parse(text) as WatchedEnvironment;
}

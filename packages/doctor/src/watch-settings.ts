import type { CanaryDeclaration, WatchSettings } from '@cognito-m2m/environment';
import type { DeclaredEnvironment, DeclaredPool } from './deployment-view.ts';

/** What the watcher knows of an environment file: the deploy writes it into the function's variables, the function reads it. */
export interface WatchedEnvironment extends DeclaredEnvironment {
  readonly region: string;
  readonly pools: readonly DeclaredPool[];
  readonly heal: WatchSettings['heal'];
  /** How often the watcher looks, in minutes. @default unknown */
  readonly everyMinutes?: number;
  /** How often a canary requests a token, in minutes. @default unknown */
  readonly canaryMinutes?: number;
}

/** The environment variables of the watcher and of the canary. None is a secret. */
export const WATCH_VARIABLES = {
  /** {@link WatchedEnvironment} as JSON. */
  declared: 'WATCH_DECLARED',
  tableName: 'WATCH_TABLE_NAME',
  /** Left out where alarms go to no topic. */
  topicArn: 'WATCH_TOPIC_ARN',
  /** The published version that the deploy put behind the trigger's alias. */
  triggerVersion: 'WATCH_TRIGGER_VERSION',
  /** The clients as which the canary requests tokens, as JSON. */
  canaries: 'WATCH_CANARIES',
} as const;

/** Reads what `toWatchedVariable` wrote. @throws {SyntaxError} For anything that is not JSON. */
export function readWatchedVariable(text: string): WatchedEnvironment {
  // Only the deploy writes the variable. Which clients were deployed is in the claims table.
  const { pools, ...declared }: WatchedEnvironment = JSON.parse(text);
  return { ...declared, pools: pools.map((pool) => ({ ...pool, clients: [] })) };
}

/** Reads what `toCanaryVariable` wrote. @throws {SyntaxError} For anything that is not JSON. */
export function readCanaryVariable(text: string): readonly CanaryDeclaration[] {
  return JSON.parse(text);
}

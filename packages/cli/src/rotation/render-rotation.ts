import { clientText } from '../deployment/find-pools.ts';
import type { Style } from '../frame/output/style.ts';
import { plainText } from '../frame/output/text.ts';
import { toIsoTime } from '../frame/time.ts';
import type { ReaderState } from './readers.ts';
import type { RotationStep, StepKind } from './rotation-view.ts';
import type { RotationPhase, RotationRun } from './run-rotation.ts';

const STEP_TEXTS: { readonly [kind in StepKind]: string } = {
  stage: 'stored a new secret in Secrets Manager (AWSPENDING)',
  add: 'added it to Amazon Cognito, next to the old one',
  promote: 'got a token with it and made it the current one (AWSCURRENT)',
  'start-grace': 'noted when the grace period ends',
  retire: 'got a token with the current secret and deleted the old one',
  close: 'got a token once more; the rotation is finished',
};

/** What a step did, in a few words. */
export function describeStep({ kind }: RotationStep): string {
  return STEP_TEXTS[kind];
}

/** The steps of a whole rotation, and in which phases each is done. */
const PROGRESS: readonly (readonly [text: string, doneFrom: RotationPhase])[] = [
  ['a new secret is stored in Secrets Manager', 'staged'],
  ['Amazon Cognito accepts it next to the old one', 'added'],
  ['a token has proved it, and services read it', 'current'],
  ['the grace period is noted', 'grace'],
  ['the old secret is deleted', 'retired'],
];
const PHASES: readonly RotationPhase[] = ['idle', 'staged', 'added', 'current', 'grace', 'retired'];

/** Where a rotation stands, and what comes next. */
export function renderRotation(
  json: RotateJson,
  ending: RotationRun['ending'] | 'seen',
  now: number,
  { colours }: Style,
): string {
  const title = colours.bold(`${json.pool} / ${clientText(json)}`);
  if (json.phase === 'idle') return `${title}: ${idleText(json, ending)}`;
  const reached = PHASES.indexOf(json.phase);
  const lines = PROGRESS.map(([text, from]) =>
    PHASES.indexOf(from) <= reached ? `  ${colours.green('✓')} ${text}` : `  · ${text}`,
  );
  return [
    `${title}: a rotation is under way.`,
    ...lines,
    ...secretLine('old', json.oldSecret),
    ...secretLine('new', json.newSecret),
    ...readerLines(json),
    ...(ending === 'refused' ? ['No further step was taken.'] : []),
    nextText(json, now),
  ].join('\n');
}

function idleText({ oldSecret }: RotateJson, ending: RotationRun['ending'] | 'seen'): string {
  const made = oldSecret ? ` The secret was created ${oldSecret.createdAt}.` : '';
  if (ending === 'finished') return `rotated.${made}`;
  if (ending === 'refused') return `nothing changed.${made}`;
  if (ending === 'young') return `not old enough to rotate.${made}`;
  return `no rotation is under way.${made}`;
}

function secretLine(role: string, secret: SecretJson | undefined): string[] {
  return secret ? [`  ${role} secret ${plainText(secret.id)}, created ${secret.createdAt}`] : [];
}

function readerLines({ readers = [] }: RotateJson): string[] {
  return readers.map(({ reader, hasCurrent, lastReadAt = 'not within 7 days' }) => {
    const state = hasCurrent ? 'has fetched the new secret' : 'is behind';
    return `  ${plainText(reader)} ${state}; last read: ${lastReadAt}`;
  });
}

function nextText({ phase, graceEndsAt, next }: RotateJson, now: number): string {
  const isEarly = phase === 'grace' && graceEndsAt !== undefined && graceEndsAt > toIsoTime(now);
  return isEarly ? `Next, after ${graceEndsAt}: ${next}` : `Next: ${next}`;
}

/** One secret, as `m2m rotate --json` shows it: never its value. */
interface SecretJson {
  readonly id: string;
  readonly createdAt: string;
}

/** The answer of `m2m rotate --json`. */
export interface RotateJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  /** True for an app client that the owner of an existing pool has: services of theirs may use the secret, too. */
  readonly isExisting: boolean;
  /** Where the rotation stands now; `idle` if none is under way, then the exit code is 0. */
  readonly phase: RotationPhase;
  /** The steps that this run took. */
  readonly steps: readonly StepKind[];
  /** The secret that is being replaced; the only one if none is. */
  readonly oldSecret?: SecretJson | undefined;
  readonly newSecret?: SecretJson | undefined;
  /** When the old secret may be deleted. */
  readonly graceEndsAt?: string | undefined;
  /** Who reads the secret; absent without `--wait-for-readers`, and before the new secret is current. */
  readonly readers?: readonly ReaderState[] | undefined;
  /** The command that goes on; absent if there is nothing to go on with. */
  readonly next?: string | undefined;
}

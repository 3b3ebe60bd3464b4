import type { Change, Fact } from '@cognito-m2m/doctor/watch-facts';
import { createWatchStore, type LastRun } from '@cognito-m2m/doctor/watch-store';
import type { Pool } from '@cognito-m2m/environment';
import { watchTableName } from '@cognito-m2m/environment/names';
import { awsClientsOf } from '../deployment/aws-target.ts';
import { declaredPools, deployCommand } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError, EXIT_CODES } from '../frame/errors.ts';
import type { Style } from '../frame/terminal.ts';
import { plainText } from '../frame/text.ts';

/** Input of `m2m watch`. */
interface WatchInput {
  /** @default all pools */
  readonly poolName: string | undefined;
  readonly isFollowing: boolean;
}

/** The answer of `m2m watch --json`. */
export interface WatchJson {
  readonly environment: string;
  readonly target: string;
  /** When the watcher looked last, and why it failed if it did; `null` if it never looked. */
  readonly lastLook: { readonly at: string; readonly problem: string | null } | null;
  /** True if the last look is older than three times the schedule. */
  readonly isLate: boolean;
  /** How the canary of each pool ended last; empty if no pool has one. */
  readonly canaries: readonly CanaryJson[];
  /** What differs from the declaration now, the newest first. */
  readonly open: readonly FactJson[];
  /** What was repaired in the last 30 days, the newest first. */
  readonly repaired: readonly FactJson[];
  /** Who changed what in the last 30 days, as AWS CloudTrail reported it, the newest first. */
  readonly changes: readonly Change[];
}

/** One canary, as `m2m watch --json` shows it. */
interface CanaryJson {
  readonly pool: string;
  readonly client: string;
  /** When it ran last; `null` if it never did. */
  readonly at: string | null;
  /** True if a real token was verified and is as declared. */
  readonly isProved: boolean;
  /** A code, or the names of what differs; `null` if nothing does. */
  readonly problem: string | null;
  /** True if it ran longer ago than three times its schedule. */
  readonly isLate: boolean;
}

/** One fact, as `m2m watch --json` shows it. */
type FactJson = Omit<Fact, 'state' | 'isTold' | 'isRepairTold' | 'fineAt'>;

/** How many changes the text shows; `--json` has all. */
const SHOWN_CHANGES = 10;
const FOLLOW_MS = 12 * 3_600_000;
const FOLLOW_PAUSE_MS = 10_000;
const MINUTE_MS = 60_000;

/** `m2m watch`: what the watcher of an environment knows. */
export const watch: Command<CommandContext, WatchInput> = async (context, input) => {
  const pools = new Set(declaredPools(context, input.poolName).map(({ name }) => name));
  const isShown = input.poolName === undefined ? () => true : isAbout(pools);
  const read = openMemory(context, pools, isShown);
  let json = await read();
  if (input.isFollowing) json = await follow(context, json, read);
  const isFine =
    json.open.length === 0 &&
    !json.isLate &&
    json.lastLook?.problem === null &&
    json.canaries.every(({ isProved }) => isProved);
  return {
    json,
    text: (style) => renderWatch(json, style),
    exitCode: isFine ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
};

/** Facts of one pool; those of the trigger and the table concern every pool. */
function isAbout(pools: ReadonlySet<string>): (fact: Fact) => boolean {
  return ({ subject }) => {
    const [, poolName] = /^(?:pool|client) ([^/]+)/.exec(subject) ?? [];
    return poolName === undefined || pools.has(poolName);
  };
}

function openMemory(
  context: CommandContext,
  pools: ReadonlySet<string>,
  isShown: (fact: Fact) => boolean,
) {
  const { environment, target, clock } = context;
  const clients = awsClientsOf(target);
  if (environment.watch === undefined || clients === undefined) throw notWatched(context);
  const { everyMinutes, canaryMinutes } = environment.watch;
  const tableName = watchTableName(environment.name);
  const store = createWatchStore({ client: clients.dynamoDb, tableName, clock });
  const canaries = environment.pools.filter(
    ({ name, canary }) => pools.has(name) && canary !== undefined,
  );
  const readCanary = async ({ name, canary = '' }: Pool): Promise<CanaryJson> => {
    const run = await store.readLastRun(`canary ${name}`);
    const isOld = isLate(run, canaryMinutes, clock());
    const problem = run?.problem ?? null;
    const isProved = run !== undefined && problem === null && !isOld;
    return { pool: name, client: canary, at: run?.at ?? null, isProved, problem, isLate: isOld };
  };
  return async (): Promise<WatchJson> => {
    const facts = (await store.readFacts()).filter(isShown);
    const lastLook = await store.readLastRun('look');
    const newestFirst = (first: { readonly since: string }, second: { readonly since: string }) =>
      Date.parse(second.since) - Date.parse(first.since);
    const those = (wanted: Fact['state']) =>
      facts
        .filter(({ state }) => state === wanted)
        .toSorted(newestFirst)
        .map(toJson);
    return {
      environment: environment.name,
      target: target.label,
      lastLook: lastLook ? { at: lastLook.at, problem: lastLook.problem ?? null } : null,
      isLate: isLate(lastLook, everyMinutes, clock()),
      canaries: await Promise.all(canaries.map(readCanary)),
      open: those('open'),
      repaired: those('repaired'),
      changes: (await store.readChanges()).toReversed(),
    };
  };
}

function isLate(lastLook: LastRun | undefined, everyMinutes: number, nowMs: number): boolean {
  const at = lastLook === undefined ? 0 : Date.parse(lastLook.at);
  return nowMs - at > 3 * everyMinutes * MINUTE_MS;
}

function toJson({
  state: _state,
  isTold: _told,
  isRepairTold: _end,
  fineAt: _fine,
  ...fact
}: Fact) {
  return fact;
}

function notWatched({ environment, target }: CommandContext): CliError {
  const message =
    environment.watch === undefined
      ? `Nothing watches environment "${environment.name}": its file has no "watch".`
      : `Nothing watches ${target.label}: only what is deployed to AWS is watched.`;
  const next =
    environment.watch === undefined
      ? `add watch: {} to the environment file, then ${deployCommand({ kind: 'aws' }, environment.name)}`
      : 'the same command with --aws';
  return new CliError('ERR_NOT_WATCHED', message, { next });
}

/** Shows what is new, until somebody stops it. */
async function follow(
  { output, clock, wait }: CommandContext,
  first: WatchJson,
  read: () => Promise<WatchJson>,
): Promise<WatchJson> {
  const endsAt = clock() + FOLLOW_MS;
  const seen = new Set<string>();
  const news = (json: WatchJson) =>
    [...linesOf(json.open, 'open'), ...linesOf(json.repaired, 'repaired'), ...changeLines(json)]
      .filter((line) => !seen.has(line))
      .map((line) => {
        seen.add(line);
        return line;
      });
  output.note(renderWatch(first, output.style));
  news(first);
  let json = first;
  while (clock() < endsAt) {
    await wait(FOLLOW_PAUSE_MS);
    json = await read();
    for (const line of news(json)) output.note(line);
  }
  return json;
}

function linesOf(facts: readonly FactJson[], state: string): string[] {
  return facts.map(({ since, subject, what }) =>
    plainText(`${since}  ${state}  ${subject}  ${what}`),
  );
}

function changeLines({ changes }: WatchJson): string[] {
  return changes.map(({ at, action, who, from }) =>
    plainText(`${at}  ${action}  ${who}  from ${from}`),
  );
}

function renderWatch(json: WatchJson, { colours }: Style): string {
  const { lastLook, isLate: late, open, repaired } = json;
  const { red, green, dim, bold } = colours;
  const changes = changeLines(json);
  return [
    lookLine(json, late ? red : dim),
    ...json.canaries.map((canary) => canaryLine(canary, canary.isProved ? green : red)),
    open.length === 0 && lastLook !== null && green('Nothing differs from the declaration.'),
    ...open.flatMap((fact) => renderFact(fact, red, bold)),
    ...section(bold('Repaired in the last 30 days'), linesOf(repaired, 'repaired')),
    ...section(bold('Changes'), changes.slice(0, SHOWN_CHANGES)),
    changes.length > SHOWN_CHANGES && dim(`… and ${changes.length - SHOWN_CHANGES} more: --json`),
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function lookLine({ lastLook, isLate: late }: WatchJson, paint: (text: string) => string): string {
  if (lastLook === null) return paint('The watcher has never looked.');
  const problem = lastLook.problem === null ? '' : ` It failed: ${plainText(lastLook.problem)}.`;
  return paint(`Last look: ${lastLook.at}.${late ? ' That is too long ago.' : ''}${problem}`);
}

function canaryLine(
  { pool, client, at, problem, isLate: late }: CanaryJson,
  paint: (text: string) => string,
): string {
  const place = `Canary ${pool} / ${client}`;
  if (at === null) return paint(plainText(`${place}: never ran.`));
  const result = problem === null ? 'token as declared' : problem;
  return paint(plainText(`${place}: ${result}, at ${at}.${late ? ' That is too long ago.' : ''}`));
}

function renderFact(
  { subject, check, since, what, why, how, change }: FactJson,
  red: (text: string) => string,
  bold: (text: string) => string,
): string[] {
  const who =
    change === undefined
      ? 'not reported by AWS CloudTrail yet'
      : `${change.who}, ${change.action} at ${change.at}, from ${change.from}`;
  return [
    `${red('OPEN')} ${bold(plainText(subject))}  ${check}`,
    `     ${plainText(what)}`,
    `     Effect: ${plainText(why)}`,
    `     Since: ${since}`,
    `     Who: ${plainText(who)}`,
    `     Repair: ${plainText(how)}`,
  ];
}

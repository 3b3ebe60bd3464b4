import type { CheckName, Finding } from './run-checks.ts';

/** A change of the environment that AWS CloudTrail reported. */
export interface Change {
  /** CloudTrail's own id: the same event may come more than once. */
  readonly id: string;
  /** ISO 8601, UTC; when it was made, which may be hours ago. */
  readonly at: string;
  /** `UpdateUserPool`, without the API version that AWS Lambda puts behind it. */
  readonly action: string;
  /** The ARN or the service that made it. */
  readonly who: string;
  /** The IP address or the service that it came from. */
  readonly from: string;
  /** The user pool that it is about; `undefined` for the trigger, the table and the rules. */
  readonly userPoolId: string | undefined;
  /** The app client that it is about, if it is about one. */
  readonly clientId: string | undefined;
}

/** The metrics that count open facts. */
export const FACT_METRICS = ['TriggerDetached', 'UnknownSecret', 'PoolChanged'] as const;

/** A metric that counts open facts. */
export type FactMetric = (typeof FACT_METRICS)[number];

/** How a finding of one check is watched. */
interface WatchedCheck {
  readonly metric: FactMetric;
  /** The calls that can bring it about, as AWS CloudTrail names them. */
  readonly causes: RegExp;
  /** True if a deploy causes it for a moment: it is reported only if it lasts. @default false */
  readonly isSettling?: true;
}

const UPDATE_POOL = /^(?:UpdateUserPool|SetUserPoolMfaConfig)$/;
const FUNCTION = /^(?:UpdateFunction|PublishVersion|PutFunctionConcurrency|DeleteFunction)/;
const TABLE =
  /^(?:DeleteTable|UpdateTable|UpdateContinuousBackups|PutResourcePolicy|DeleteResourcePolicy)$/;

/** The checks whose findings are facts; the others are for a nightly `m2m doctor`. */
const WATCHED: { readonly [check in CheckName]?: WatchedCheck } = {
  'trigger-attached': { metric: 'TriggerDetached', causes: UPDATE_POOL },
  'trigger-alias': {
    metric: 'TriggerDetached',
    causes: /Alias$|^DeleteFunction$/,
    isSettling: true,
  },
  'trigger-code': { metric: 'TriggerDetached', causes: /Alias$/, isSettling: true },
  'trigger-permission': {
    metric: 'TriggerDetached',
    causes: /^(?:Add|Remove)Permission$/,
    isSettling: true,
  },
  'trigger-state': { metric: 'TriggerDetached', causes: FUNCTION, isSettling: true },
  'trigger-concurrency': { metric: 'TriggerDetached', causes: FUNCTION },
  'trigger-table': { metric: 'TriggerDetached', causes: FUNCTION, isSettling: true },
  // IAM reports its calls in us-east-1 only.
  'trigger-role': { metric: 'TriggerDetached', causes: /Role/, isSettling: true },
  'table-exists': { metric: 'TriggerDetached', causes: TABLE },
  'table-status': { metric: 'TriggerDetached', causes: TABLE, isSettling: true },
  'secret-unknown': { metric: 'UnknownSecret', causes: /^AddUserPoolClientSecret$/ },
  'client-undeclared': {
    metric: 'PoolChanged',
    causes: /^CreateUserPoolClient$/,
    isSettling: true,
  },
  'orphan-records': { metric: 'PoolChanged', causes: /^DeleteUserPoolClient$/, isSettling: true },
  'pool-deployed': { metric: 'PoolChanged', causes: /^DeleteUserPool$/, isSettling: true },
  'pool-parameter': { metric: 'PoolChanged', causes: /^PutParameter$/, isSettling: true },
  'pool-plan': { metric: 'PoolChanged', causes: UPDATE_POOL },
  'pool-domain': { metric: 'PoolChanged', causes: /UserPoolDomain$/, isSettling: true },
  'pool-issuer': { metric: 'PoolChanged', causes: UPDATE_POOL },
  'pool-protection': { metric: 'PoolChanged', causes: UPDATE_POOL },
  'pool-sign-up': { metric: 'PoolChanged', causes: UPDATE_POOL },
  'pool-registration': { metric: 'PoolChanged', causes: UPDATE_POOL },
  'table-protection': { metric: 'PoolChanged', causes: TABLE, isSettling: true },
  'table-recovery': { metric: 'PoolChanged', causes: TABLE, isSettling: true },
  'records-valid': { metric: 'PoolChanged', causes: /^$/ },
};

/** How long a settling finding must last, in milliseconds: longer than a deploy needs between two steps. */
const SETTLING_MS = 120_000;
/** How far the clocks of AWS CloudTrail and of the watcher may be apart, in milliseconds. */
const SLACK_MS = 60_000;

/** Something that differs from what was declared. All times are ISO 8601 in UTC. */
export interface Fact {
  readonly check: CheckName;
  readonly metric: FactMetric;
  readonly subject: string;
  readonly what: string;
  readonly why: string;
  readonly how: string;
  readonly state: 'settling' | 'open' | 'repaired';
  /** When the watcher saw it first. */
  readonly since: string;
  /** When the watcher last saw it as declared; `undefined` if it never did. */
  readonly fineAt: string | undefined;
  /** The change that brought it about, as far as AWS CloudTrail has reported it. */
  readonly change: Change | undefined;
  readonly repairedAt: string | undefined;
  /** When the watcher put the trigger back. */
  readonly healedAt: string | undefined;
  /** True once the message of its beginning was handed over. */
  readonly isTold: boolean;
  /** True once the message of its end was handed over. */
  readonly isRepairTold: boolean;
}

/** What one look found. */
export interface Sighting {
  readonly findings: readonly Finding[];
  /** Changes of the last days, in any order. */
  readonly changes: readonly Change[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** When the look before this one ended well; `undefined` for the first one. */
  readonly lastLookAt: string | undefined;
  /** False if something could not be read: then nothing counts as repaired. */
  readonly isComplete: boolean;
  /** User pool ids by pool name. */
  readonly userPoolIds: ReadonlyMap<string, string>;
}

/** True if a finding of the check is a fact. */
export function isWatched({ check }: Pick<Finding, 'check'>): boolean {
  return WATCHED[check] !== undefined;
}

/** Names a fact. A second one of the same check and subject is the same fact, whatever it says. */
export function factKey({ check, subject }: Pick<Fact, 'check' | 'subject'>): string {
  return `${check}|${subject}`;
}

/**
 * Brings the known facts up to date with what a look found.
 *
 * Pure. A fact is reported once and its repair once, however often and in whatever order looks and events come.
 *
 * @param known - Those that are not repaired, and those whose repair was not told.
 */
export function reconcile(known: readonly Fact[], sighting: Sighting): Fact[] {
  const found = mergeFindings(sighting.findings.filter(isWatched));
  const current = known.filter(({ state }) => state !== 'repaired');
  const currentKeys = new Set(current.map(factKey));
  const fresh = [...found.values()].filter((finding) => !currentKeys.has(factKey(finding)));
  return [
    ...known.filter(({ state }) => state === 'repaired'),
    ...current.flatMap((fact) => follow(fact, found.get(factKey(fact)), sighting)),
    ...fresh.map((finding) => open(finding, sighting)),
  ];
}

// Several findings of one check about one subject are one fact, such as two open statements.
function mergeFindings(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const key = factKey(finding);
    const first = merged.get(key);
    merged.set(key, first ? { ...first, what: `${first.what} ${finding.what}` } : finding);
  }
  return merged;
}

function open(finding: Finding, sighting: Sighting): Fact {
  const { check, subject, what, why, how } = finding;
  const watched = WATCHED[check];
  const fact: Fact = {
    check,
    metric: watched?.metric ?? 'PoolChanged',
    subject,
    what,
    why,
    how,
    state: watched?.isSettling ? 'settling' : 'open',
    since: new Date(sighting.nowMs).toISOString(),
    fineAt: sighting.lastLookAt,
    change: undefined,
    repairedAt: undefined,
    healedAt: undefined,
    isTold: false,
    isRepairTold: false,
  };
  return withChange(fact, sighting);
}

function follow(fact: Fact, finding: Finding | undefined, sighting: Sighting): Fact[] {
  const { nowMs, isComplete } = sighting;
  if (finding !== undefined) {
    const { what, why, how } = finding;
    const hasSettled = nowMs - Date.parse(fact.since) >= SETTLING_MS;
    const state = fact.state === 'settling' && !hasSettled ? 'settling' : 'open';
    return [withChange({ ...fact, what, why, how, state }, sighting)];
  }
  if (!isComplete) return [fact];
  // A moment of a deploy: nobody was told, and nobody is.
  if (fact.state === 'settling') return [];
  return [{ ...fact, state: 'repaired', repairedAt: new Date(nowMs).toISOString() }];
}

/** Adds who brought it about: the newest change that can have, between the last look without it and the first with it. */
function withChange(fact: Fact, { changes, userPoolIds }: Sighting): Fact {
  if (fact.change !== undefined) return fact;
  const causes = WATCHED[fact.check]?.causes;
  const from = fact.fineAt === undefined ? 0 : Date.parse(fact.fineAt) - SLACK_MS;
  const to = Date.parse(fact.since) + SLACK_MS;
  const [, poolName = ''] = /^(?:pool|client) ([^/]+)/.exec(fact.subject) ?? [];
  const userPoolId = userPoolIds.get(poolName);
  const [change] = changes
    .filter(({ action, at }) => causes?.test(action) && isBetween(Date.parse(at), from, to))
    .filter((each) => each.userPoolId === undefined || each.userPoolId === userPoolId)
    .toSorted((first, second) => Date.parse(second.at) - Date.parse(first.at));
  return change === undefined ? fact : { ...fact, change };
}

function isBetween(timeMs: number, fromMs: number, toMs: number): boolean {
  return timeMs >= fromMs && timeMs <= toMs;
}

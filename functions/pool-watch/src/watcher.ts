import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import {
  applyRepair,
  type DeploymentClients,
  type DeploymentView,
  type Finding,
  gatherDeployment,
  type LocatedPool,
  runChecks,
} from '@cognito-m2m/doctor';
import { type Change, type Fact, isWatched, reconcile } from '@cognito-m2m/doctor/watch-facts';
import type { WatchedEnvironment } from '@cognito-m2m/doctor/watch-settings';
import type { WatchStore } from '@cognito-m2m/doctor/watch-store';
import {
  poolParameterNames,
  secretName,
  TRIGGER_ALIAS,
  triggerName,
} from '@cognito-m2m/environment/names';
import { readPoolParameters } from './edges.ts';
import { writeMessage } from './message.ts';

/** How a look ended. */
export type LookResult =
  /** Another one is under way, and looks once more. */
  | { readonly outcome: 'joined' }
  | {
      readonly outcome: 'looked';
      /** Every fact that is open now; `undefined` if the look failed. */
      readonly open: readonly Fact[] | undefined;
      /** What could not be read or reported; empty if nothing failed. */
      readonly problems: readonly string[];
    };

/** Looks at what is deployed now. */
export interface Watcher {
  /**
   * Looks once, and tells what is new.
   *
   * @param change - The change that the look is about; kept, so that facts have an author.
   */
  look(change?: Change): Promise<LookResult>;
}

/** How many looks follow each other when changes keep coming; after that, the schedule looks. */
const MAX_LOOKS = 3;
/** The least time from one look to the next, in milliseconds: Amazon Cognito takes few describe calls a second. */
const PAUSE_MS = 10_000;

/** Creates the watcher of one environment. */
export function createWatcher(edges: WatcherEdges): Watcher {
  const { store, wait } = edges;
  return {
    async look(change) {
      if (change !== undefined) await store.addChange(change);
      if (!(await store.begin())) return { outcome: 'joined' };
      let result = await lookOnce(edges, change);
      for (let count = 1; count < MAX_LOOKS; count += 1) {
        if (await store.end()) return result;
        await wait(PAUSE_MS);
        result = await lookOnce(edges, undefined);
      }
      await store.release();
      return result;
    },
  };
}

async function lookOnce(edges: WatcherEdges, change: Change | undefined): Promise<LookResult> {
  const { store, clock } = edges;
  const problems: string[] = [];
  const at = new Date(clock()).toISOString();
  let open: readonly Fact[] | undefined;
  try {
    open = await examine(edges, change, problems);
  } catch (error) {
    problems.push(problemOf(error));
  }
  const run = { at, problem: problems.length === 0 ? undefined : problems.join('; ') };
  await store.writeLastRun('look', run).catch((error: unknown) => problems.push(problemOf(error)));
  return { outcome: 'looked', open, problems };
}

/** The name of what AWS said: its text may quote a value. */
function problemOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

async function examine(
  edges: WatcherEdges,
  change: Change | undefined,
  problems: string[],
): Promise<readonly Fact[]> {
  const { store } = edges;
  const known = await store.readFacts();
  const lastLook = await store.readLastRun('look');
  const changes = await store.readChanges();
  const lookAgain = async (facts: readonly Fact[], lastLookAt: string | undefined) => {
    const view = await gather(edges, change?.clientId);
    problems.push(...view.notChecked);
    const found = runChecks(view, limitsOf(edges), (check) => isWatched({ check }));
    const findings = await dropUnattached(edges, view, found);
    const sighting = {
      findings,
      changes,
      nowMs: edges.clock(),
      lastLookAt,
      isComplete: view.notChecked.length === 0,
      userPoolIds: new Map(
        view.pools.map(({ declared, userPoolId }) => [declared.name, userPoolId]),
      ),
    };
    return { facts: reconcile(facts.filter(isUnfinished), sighting), findings };
  };
  const lastGoodAt = lastLook?.problem === undefined ? lastLook?.at : undefined;
  const first = await lookAgain(known, lastGoodAt);
  let facts = await tellAll(edges, known, first.facts, problems);
  const healed = await heal(edges, first.findings, facts, problems);
  if (healed.length > 0) {
    const second = await lookAgain(healed, lastGoodAt);
    facts = await tellAll(edges, healed, second.facts, problems);
  }
  return facts.filter(({ state }) => state === 'open');
}

/**
 * Leaves out existing pools to which the trigger was never attached: attaching it is a step that somebody takes after the deploy,
 * and not one that the watcher takes by healing.
 */
async function dropUnattached(
  { store, clock }: WatcherEdges,
  { pools }: DeploymentView,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const never = new Set<string>();
  for (const { declared, pool, attachment } of pools) {
    if (declared.existing === undefined || pool?.found === undefined) continue;
    const subject = `pool ${declared.name}`;
    const isDetached = findings.some(
      (finding) => finding.check === 'trigger-attached' && finding.subject === subject,
    );
    const seen = await store.readLastRun(`attached ${declared.name}`);
    if (isDetached && seen === undefined && attachment?.found === undefined) never.add(subject);
    if (!isDetached && seen === undefined) {
      const at = new Date(clock()).toISOString();
      await store.writeLastRun(`attached ${declared.name}`, { at, problem: undefined });
    }
  }
  return findings.filter(
    ({ check, subject }) => check !== 'trigger-attached' || !never.has(subject),
  );
}

function isUnfinished({ state, isRepairTold }: Fact): boolean {
  return state !== 'repaired' || !isRepairTold;
}

/** Only checks that need none of it are watched. */
function limitsOf({ watched, clock }: WatcherEdges) {
  return {
    now: Math.floor(clock() / 1000),
    rules: { contract: {}, sizeBudgetBytes: watched.trigger.sizeBudgetBytes },
    secretDays: Number.POSITIVE_INFINITY,
    expiryDays: 0,
  };
}

/** Writes what has changed, and sends the messages that are due; a fact is reported only once. */
async function tellAll(
  edges: WatcherEdges,
  known: readonly Fact[],
  facts: readonly Fact[],
  problems: string[],
): Promise<Fact[]> {
  const { store } = edges;
  const kept = new Set(facts.map(({ check, subject, since }) => `${check}|${subject}|${since}`));
  for (const fact of known.filter(isUnfinished)) {
    const { check, subject, since } = fact;
    if (!kept.has(`${check}|${subject}|${since}`)) await store.forgetFact(fact);
  }
  const told: Fact[] = [];
  for (const fact of facts) told.push(await tell(edges, fact, problems));
  return told;
}

async function tell(edges: WatcherEdges, fact: Fact, problems: string[]): Promise<Fact> {
  const { store, topicArn, clients, watched } = edges;
  const isDue = fact.state === 'open' ? !fact.isTold : fact.state === 'repaired';
  const after: Fact =
    fact.state === 'repaired'
      ? { ...fact, isTold: true, isRepairTold: true }
      : { ...fact, isTold: fact.state === 'open' };
  // Written first: who can't write this can't send it twice either.
  await store.writeFact(after);
  if (!isDue || topicArn === undefined) return after;
  const { subject, text } = writeMessage(watched.name, fact);
  try {
    const publish = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text });
    await clients.sns.send(publish);
    return after;
  } catch (error) {
    problems.push(`message: ${problemOf(error)}`);
    await store.writeFact(fact);
    return fact;
  }
}

/** Puts detached triggers back, where that is wanted. @returns The facts, those that were healed marked; none if nothing was. */
async function heal(
  edges: WatcherEdges,
  findings: readonly Finding[],
  facts: readonly Fact[],
  problems: string[],
): Promise<Fact[]> {
  const { watched, store, clients, clock } = edges;
  const healed = new Set<string>();
  if (!watched.heal.includes('trigger')) return [];
  for (const { check, subject, repair } of findings) {
    if (check !== 'trigger-attached' || repair === undefined) continue;
    if (!(await store.takeHeal(subject))) {
      problems.push(`heal: ${subject} was put back three times within an hour`);
      continue;
    }
    await applyRepair(clients, repair).then(
      () => healed.add(subject),
      (error: unknown) => problems.push(`heal: ${problemOf(error)}`),
    );
  }
  if (healed.size === 0) return [];
  const healedAt = new Date(clock()).toISOString();
  return facts.map((fact) =>
    fact.check === 'trigger-attached' && healed.has(fact.subject) ? { ...fact, healedAt } : fact,
  );
}

/** What a look is made with. */
interface WatcherEdges {
  readonly watched: WatchedEnvironment;
  /** The version that the deploy put behind the trigger's alias. */
  readonly triggerVersion: string | undefined;
  /** Where messages go; `undefined`: facts show in metrics and in `m2m watch` only. */
  readonly topicArn: string | undefined;
  readonly clients: DeploymentClients & { readonly ssm: SSMClient; readonly sns: SNSClient };
  readonly store: WatchStore;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** How many clients of a pool have their secrets listed in one look: 4 s at the quotas of Amazon Cognito. */
const SECRETS_PER_LOOK = 20;

/** Reads what is deployed now, as far as the checks of a look need it. */
async function gather(
  edges: WatcherEdges,
  namedClientId: string | undefined,
): Promise<DeploymentView> {
  const { watched, clients, triggerVersion, clock } = edges;
  const environment = watched.name;
  const located = await locatePools(edges);
  return gatherDeployment({
    environment: watched,
    pools: watched.pools.filter(({ name }) => located.has(name)),
    clients,
    commandLine: (words) => `m2m ${words} --env ${environment}`,
    deployCommand: `npx -y pnpm@12 cdktf deploy '${environment}-*'`,
    trigger: {
      functionName: triggerName(environment),
      alias: TRIGGER_ALIAS,
      version: triggerVersion,
    },
    findPool: async (name) => located.get(name),
    // Which clients were deployed is in the claims table.
    listClientIds: async () => new Map(),
    openLister: ({ tableName }) => createClaimsLister({ client: clients.dynamoDb, tableName }),
    secretName: (pool, client) => secretName(environment, pool, client),
    clientScope: {
      settings: 'none',
      secretsOf: (ids) => chooseClients(ids, namedClientId, clock()),
    },
    startProgress: () => ({ update: () => {}, end: () => {} }),
  });
}

/** Finds the pools that are deployed, and those that once were. One that is declared and not deployed yet is not missed. */
async function locatePools({ watched, clients, store, clock }: WatcherEdges) {
  const located = new Map<string, LocatedPool | undefined>();
  for (const { name } of watched.pools) {
    const pool = await locatePool(clients.ssm, watched.name, name);
    const seen = await store.readLastRun(`pool ${name}`);
    if (pool !== undefined || seen !== undefined) located.set(name, pool);
    if (pool !== undefined && seen === undefined) {
      const at = new Date(clock()).toISOString();
      await store.writeLastRun(`pool ${name}`, { at, problem: undefined });
    }
  }
  return located;
}

async function locatePool(
  ssm: SSMClient,
  environment: string,
  name: string,
): Promise<LocatedPool | undefined> {
  const names = poolParameterNames(environment, name);
  const values = await readPoolParameters(ssm, [names.userPoolId, names.tableName, names.issuer]);
  const userPoolId = values.get(names.userPoolId);
  const tableName = values.get(names.tableName);
  return userPoolId === undefined || tableName === undefined
    ? undefined
    : { name, userPoolId, tableName, issuer: values.get(names.issuer) };
}

/** The client that a change is about, and some of the others: each has its turn. */
export function chooseClients(
  ids: readonly string[],
  named: string | undefined,
  nowMs: number,
): ReadonlySet<string> {
  const rounds = Math.max(1, Math.ceil(ids.length / SECRETS_PER_LOOK));
  const round = Math.floor(nowMs / 60_000) % rounds;
  const turn = ids.filter((_, index) => index % rounds === round);
  return new Set(named !== undefined && ids.includes(named) ? [named, ...turn] : turn);
}

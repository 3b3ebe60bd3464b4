import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  applyRepair,
  type DeploymentView,
  describeRepair,
  type Finding,
  listAppClientIds,
  mergeRepairs,
  type Repair,
  runChecks,
  type UserTokenQuestions,
} from '@cognito-m2m/doctor';
import { RUNTIME_END_OF_SUPPORT } from '@cognito-m2m/environment';
import { keyAliasName, triggerName } from '@cognito-m2m/environment/names';
import { type AwsClients, createAwsClients } from '../deployment/aws-clients.ts';
import { awsClientsOf } from '../deployment/aws-target.ts';
import { declaredPools } from '../deployment/find-pools.ts';
import { gatherView } from '../deployment/gather-view.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError, EXIT_CODES, type ExitCode } from '../frame/errors.ts';
import { ALWAYS_YES, type Style } from '../frame/terminal.ts';
import { count, plainText } from '../frame/text.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { claimRulesOf } from '../prediction/client-records.ts';

/** More clients of a pool are described only with `--all-clients`: 20 s at the quotas of Amazon Cognito. */
const MAX_DESCRIBED = 100;

/** Input of `m2m doctor`. */
export interface DoctorInput {
  /** @default all pools */
  readonly poolName: string | undefined;
  readonly isFix: boolean;
  /** True to repair without asking. */
  readonly isConfirmed: boolean;
  /** True to describe every client of large pools. */
  readonly isAllClients: boolean;
  /** How old a client secret may be, in days. */
  readonly secretDays: number;
  /** How soon an override must end to show, in days. */
  readonly expiryDays: number;
}

/** `m2m doctor`: what is wrong with a deployment; with `--fix`, what is left after the repair. */
export const doctor: Command<CommandContext, DoctorInput> = async (context, input) => {
  const before = await examine(context, input);
  const { fix, repaired } = input.isFix
    ? await repair(context, before.findings, input)
    : UNREPAIRED;
  const { view, findings } = repaired.length > 0 ? await examine(context, input) : before;
  const json: DoctorJson = {
    environment: context.environment.name,
    target: context.target.label,
    findings: findings.map(({ repair: found, ...rest }) => ({
      ...rest,
      isFixable: found !== undefined,
    })),
    notChecked: view.notChecked,
    notAllowed: view.notAllowed,
    runtime: runtimeOf(view),
    fix,
    repaired,
  };
  return { json, text: (style) => renderDoctor(json, style), exitCode: exitCodeOf(json) };
};

function runtimeOf({ trigger }: Pick<DeploymentView, 'trigger'>): RuntimeJson | null {
  const name = trigger?.found?.runtime;
  if (name === undefined) return null;
  return { name, endOfSupport: RUNTIME_END_OF_SUPPORT[name] ?? null };
}

function exitCodeOf({ fix, findings, notAllowed }: DoctorJson): ExitCode {
  if (fix === 'refused') return EXIT_CODES.fault;
  // What this caller may not see may be wrong: a nightly job must not take it for health.
  const isWrong = findings.some(({ severity }) => severity !== 'notice');
  return isWrong || notAllowed.length > 0 ? EXIT_CODES.findings : EXIT_CODES.ok;
}

async function examine(
  context: CommandContext,
  { poolName, isAllClients, ...limits }: DoctorInput,
) {
  const { environment } = context;
  const clients = awsClientsOf(context.target);
  const hasReaders =
    clients !== undefined &&
    environment.pools.some((pool) => pool.clients.some(({ readers }) => readers.length > 0));
  const view = await gatherView(context, {
    pools: declaredPools(context, poolName),
    maxDescribed: isAllClients ? Number.POSITIVE_INFINITY : MAX_DESCRIBED,
    readKeyPolicy: hasReaders ? () => readKeyPolicy(context) : undefined,
    userTokens: askAboutUserTokens(context, clients),
  });
  const { secretDays, expiryDays } = limits;
  const now = toEpochSeconds(context.clock());
  const rules = claimRulesOf(environment);
  return { view, findings: runChecks(view, { now, rules, secretDays, expiryDays }) };
}

type Repaired = Pick<DoctorJson, 'fix' | 'repaired'>;

const UNREPAIRED: Repaired = { fix: 'not-asked', repaired: [] };

/** Repairs what can be repaired, if whoever is asked agrees; answers what was changed. */
async function repair(
  { prompt, target }: CommandContext,
  findings: readonly Finding[],
  { isConfirmed }: DoctorInput,
): Promise<Repaired> {
  const clients = awsClientsOf(target);
  if (clients === undefined) return { fix: 'not-available', repaired: [] };
  const repairs = mergeRepairs(findings.flatMap((finding) => finding.repair ?? []));
  if (repairs.length === 0) return { fix: 'nothing', repaired: [] };
  // Refuses credentials of another account.
  await target.readCaller();
  const lines = repairs.flatMap(describeRepair);
  const text = ['This will change:', ...lines.map((line) => `  ${line}`)].join('\n');
  const asker = isConfirmed ? ALWAYS_YES : prompt;
  if (!(await asker.confirm(text, `Repair on ${target.label}?`))) {
    return { fix: 'refused', repaired: [] };
  }
  await applyRepairs(clients, repairs);
  return { fix: 'done', repaired: lines };
}

/**
 * Applies repairs in their order.
 *
 * @throws {CliError} `ERR_REPAIR_FAILED`, which names what was applied before and what was not.
 */
async function applyRepairs(clients: AwsClients, repairs: readonly Repair[]): Promise<void> {
  for (const [index, each] of repairs.entries()) {
    await applyRepair(clients, each).catch((cause: unknown) => {
      throw repairFailed(repairs, index, cause);
    });
  }
}

function repairFailed(repairs: readonly Repair[], index: number, cause: unknown): CliError {
  const lines = (some: readonly Repair[], mark: string) =>
    some.flatMap(describeRepair).map((line) => `  ${mark} ${line}`);
  const reason = cause instanceof Error ? cause.name : 'unknown error';
  const message = [
    `A repair failed: ${reason}.`,
    ...lines(repairs.slice(0, index), 'applied:'),
    ...lines(repairs.slice(index, index + 1), 'failed:'),
    ...lines(repairs.slice(index + 1), 'not tried:'),
  ].join('\n');
  return new CliError('ERR_REPAIR_FAILED', message, { cause, next: { m2m: 'doctor' } });
}

/** One finding, as `m2m doctor --json` shows it. */
interface FindingJson extends Omit<Finding, 'repair'> {
  /** True if `--fix` repairs it. */
  readonly isFixable: boolean;
}

/**
 * How `--fix` ended: not given; without AWS to repair in; with nothing that it repairs; with an answer of no; done.
 */
type FixEnding = 'not-asked' | 'not-available' | 'nothing' | 'refused' | 'done';

/** What the trigger runs on. */
interface RuntimeJson {
  /** Such as `nodejs22.x`. */
  readonly name: string;
  /** When AWS Lambda ends its support, as `YYYY-MM-DD`; `null` for a runtime that this version does not know. */
  readonly endOfSupport: string | null;
}

/** The answer of `m2m doctor --json`. */
export interface DoctorJson {
  readonly environment: string;
  readonly target: string;
  /** What is wrong now; after `--fix`, what is left. */
  readonly findings: readonly FindingJson[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
  /** Those of them that this caller may not look at: with one, the exit code is 2. */
  readonly notAllowed: readonly string[];
  /** `null` where no trigger function was found. */
  readonly runtime: RuntimeJson | null;
  readonly fix: FixEnding;
  /** What `--fix` changed, a line for each setting. */
  readonly repaired: readonly string[];
}

/** What `--fix` says where it changed nothing. */
const FIX_SENTENCES: { readonly [ending in DoctorJson['fix']]?: string } = {
  refused: 'Nothing changed.',
  nothing: 'Nothing here can be repaired by --fix.',
  'not-available':
    'Nothing repaired: --fix changes user pools, triggers and tables on AWS, and a local Cognito has none. Restarting it writes its records again.',
};

/** The findings as text: what, why and how for each. */
export function renderDoctor(json: DoctorJson, { colours }: Style): string {
  const { findings, notChecked, runtime, fix, repaired } = json;
  const fixSentence = FIX_SENTENCES[fix];
  return [
    ...repaired.map((line) => colours.green(`Repaired: ${plainText(line)}`)),
    ...findings.map((finding) => renderFinding(finding, colours)),
    ...notChecked.map((text) => colours.dim(`Not checked: ${plainText(text)}`)),
    ...(runtime === null ? [] : [colours.dim(runtimeSentence(runtime))]),
    findings.length === 0 ? healthSentence(json, colours) : countSentence(json),
    ...(fixSentence === undefined ? [] : [fixSentence]),
  ].join('\n');
}

function runtimeSentence({ name, endOfSupport }: RuntimeJson): string {
  const end = endOfSupport ?? 'a date that this version does not know';
  return `Runtime of the trigger: ${plainText(name)}, which AWS Lambda supports until ${end}.`;
}

function healthSentence(
  { notChecked, notAllowed }: DoctorJson,
  { green, yellow }: Style['colours'],
): string {
  if (notChecked.length === 0) return green('Nothing is wrong.');
  const checked = 'Nothing is wrong in what was checked';
  if (notAllowed.length === 0) return green(`${checked}.`);
  const [verb, pronoun] = notAllowed.length === 1 ? ['was', 'it'] : ['were', 'them'];
  const others = `${count(notAllowed.length, 'thing')} ${verb} not`;
  return yellow(`${checked}; ${others}: this caller may not read ${pronoun}.`);
}

function countSentence({ findings }: DoctorJson): string {
  const fixable = findings.filter(({ isFixable }) => isFixable).length;
  return `${count(findings.length, 'finding')}, ${fixable} of them for m2m doctor --fix.`;
}

const LABELS = {
  error: ({ red }: Style['colours']) => red('ERROR'),
  warning: ({ yellow }: Style['colours']) => yellow('WARN '),
  notice: ({ dim }: Style['colours']) => dim('NOTE '),
};

function renderFinding(
  { severity, subject, check, what, why, how }: FindingJson,
  colours: Style['colours'],
): string {
  return [
    `${LABELS[severity](colours)} ${colours.bold(plainText(subject))}  ${check}`,
    `      ${plainText(what)}`,
    `      Why: ${plainText(why)}`,
    `      Fix: ${plainText(how)}`,
    '',
  ].join('\n');
}

/** Reads the policy of the key that encrypts an environment's client secrets, as JSON. */
async function readKeyPolicy({
  environment: { name, region },
}: Pick<CommandContext, 'environment'>): Promise<string | undefined> {
  const client = new KMSClient({ region });
  const alias = keyAliasName(name);
  // A policy is read by the ID of the key only.
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: alias }));
  const command = new GetKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId, PolicyName: 'default' });
  return (await client.send(command)).Policy;
}

const DAY_SECONDS = 86_400;

/** How far back refusals are counted, in days. */
const COUNTED_DAYS = 7;

/** Asks about the tokens of users: their issuers, and on AWS also the app clients of user pools and the trigger's metrics. */
function askAboutUserTokens(
  { environment, clock }: Pick<CommandContext, 'environment' | 'clock'>,
  clients: AwsClients | undefined,
): UserTokenQuestions {
  const { name, region } = environment;
  // Reads the keys of an issuer as the trigger does.
  const findKeysProblem: UserTokenQuestions['findKeysProblem'] = async (issuer) => {
    const trigger = await import('@cognito-m2m/pre-token-generation/verified-token');
    return trigger.findKeysProblem(issuer);
  };
  if (clients === undefined) return { findKeysProblem };
  return {
    findKeysProblem,
    listClientIds: (pool) => {
      const { cognito } = pool.region === region ? clients : createAwsClients(pool.region);
      return listAppClientIds(cognito, pool.userPoolId);
    },
    countWithoutToken: () =>
      countDenied(new CloudWatchClient({ region }), triggerName(name), clock()),
  };
}

/** Sums the metric `TokensDenied` with the reason that no user token was sent. */
async function countDenied(
  client: CloudWatchClient,
  service: string,
  nowMs: number,
): Promise<number> {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'CognitoM2mClaims',
      MetricName: 'TokensDenied',
      Dimensions: [
        { Name: 'service', Value: service },
        { Name: 'reason', Value: 'ERR_TOKEN_REQUIRED' },
      ],
      StartTime: new Date(nowMs - COUNTED_DAYS * DAY_SECONDS * 1000),
      EndTime: new Date(nowMs),
      Period: DAY_SECONDS,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

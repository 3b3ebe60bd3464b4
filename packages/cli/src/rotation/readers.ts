import { CloudTrailClient, type Event, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { PATIENT } from '../deployment/aws-clients.ts';
import type { FoundClient } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { toIsoTime, toIsoTimeOfMs } from '../frame/time.ts';

/** What a rotation waits for before the replaced secret goes. */
interface Readers {
  /** Says whether every reader has fetched a version; `undefined` to wait for the end of the grace period. */
  readonly hasEvery: ((versionId: string) => Promise<boolean>) | undefined;
  /** Waits until a moment, in epoch seconds, or for the next reader. */
  readonly wait: (context: CommandContext, until: number) => Promise<void>;
  /** What the last look found. */
  readonly seen: () => readonly ReaderState[] | undefined;
}

const NOBODY: Readers = { hasEvery: undefined, wait: waitForGrace, seen: () => undefined };

/**
 * Opens what a rotation waits for: the readers of the secret with `--wait-for-readers`, else the end of the grace period.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` where there is nothing that records readers, or nothing to wait for.
 */
export async function openReaders(
  context: CommandContext,
  { client, deployed, clientName }: FoundClient,
  input: { readonly isForReaders: boolean; readonly isGraceSkipped: boolean },
): Promise<Readers> {
  if (!input.isForReaders) return NOBODY;
  const { environment, target, output } = context;
  if (input.isGraceSkipped)
    throw invalid('--retire-now waits for nobody; got --wait-for-readers as well.');
  if (target.kind !== 'aws') {
    throw invalid('--wait-for-readers needs AWS CloudTrail; a local Cognito records no readers.');
  }
  const trail = new CloudTrailClient({ region: environment.region, ...PATIENT });
  const watch = createReaderWatch(context, trail, {
    secretName: target.secretEntryOf(deployed.name, clientName).secretId,
    declared: client?.readers ?? [],
    caller: await target.readCaller(),
  });
  let seen: readonly ReaderState[] | undefined;
  return {
    async hasEvery(versionId) {
      seen = await watch.look(versionId);
      const behind = seen.filter(({ hasCurrent }) => !hasCurrent);
      for (const { reader } of behind) output.note(`Waiting for ${reader}.`);
      // Nobody known is nobody to ask: the grace period decides.
      return seen.length > 0 && behind.length === 0;
    },
    wait: waitForReaders,
    seen: () => seen,
  };
}

function invalid(message: string): CliError {
  return new CliError('ERR_ARGUMENT_INVALID', message);
}

/** One reader of a secret and whether it has fetched the version that is current now. */
export interface ReaderState {
  /** The ARN of a role or a user; of another account, which AWS CloudTrail does not name further, `account <id>`. */
  readonly reader: string;
  readonly hasCurrent: boolean;
  /** When it last read the secret, as far as AWS CloudTrail goes back; absent if it has not. */
  readonly lastReadAt?: string | undefined;
}

/** Who has read a client's secret. */
interface ReaderWatch {
  /** Looks who has fetched a version since it became current. @throws {CliError} `ERR_ROTATION_READERS_UNKNOWN`. */
  look(versionId: string): Promise<readonly ReaderState[]>;
}

/** What is watched. */
interface Watched {
  readonly secretName: string;
  /** Roles of the environment file. */
  readonly declared: readonly string[];
  /** Who runs this command: it reads the secret as well, and uses it for nothing else. */
  readonly caller: string;
}

/** How far back readers that the file does not declare are looked for, in milliseconds. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;

/** The most events that are read: at two pages of 50 a second, 100 seconds. */
const MAX_EVENTS = 10_000;

/**
 * Watches the readers of a secret through AWS CloudTrail, which shows a call after some minutes.
 *
 * The readers are the roles of the environment file; where it declares none, whoever has read the secret within 7 days.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function createReaderWatch(
  { clock, commandLine }: Pick<CommandContext, 'clock' | 'commandLine'>,
  client: CloudTrailClient,
  watched: Watched,
): ReaderWatch {
  return {
    async look(versionId) {
      const StartTime = new Date(clock() - LOOK_BACK_MS);
      try {
        const [moves, reads] = [
          await lookUp(client, 'UpdateSecretVersionStage', StartTime),
          await lookUp(client, 'GetSecretValue', StartTime),
        ];
        return findReaders(watched, versionId, { moves, reads });
      } catch (error) {
        if (error instanceof CliError) throw error;
        const message = 'AWS CloudTrail does not show who has read the secret.';
        const next = `${commandLine('rotate')} without --wait-for-readers, or allow cloudtrail:LookupEvents`;
        throw new CliError('ERR_ROTATION_READERS_UNKNOWN', message, { cause: error, next });
      }
    },
  };
}

/** One call of AWS Secrets Manager, as AWS CloudTrail shows it. */
export interface SecretCall {
  readonly atMs: number;
  readonly identity: string;
  readonly secretId: string;
  readonly versionId: string | undefined;
  readonly versionStage: string | undefined;
}

/** Decides who has fetched the current version: a pure function of the calls. */
export function findReaders(
  { secretName, declared, caller }: Watched,
  versionId: string,
  {
    moves,
    reads,
  }: { readonly moves: readonly SecretCall[]; readonly reads: readonly SecretCall[] },
): ReaderState[] {
  const isAbout = ({ secretId }: SecretCall) => isSecret(secretId, secretName);
  const changes = moves.filter(isAbout).filter((move) => move.versionId === versionId);
  // Not shown yet: then nobody is known to have fetched it.
  const currentSinceMs = Math.max(...changes.map(({ atMs }) => atMs), Number.NEGATIVE_INFINITY);
  const ownReads = reads.filter(isAbout).filter(({ identity }) => identity !== roleOf(caller));
  const seen = [...new Set(ownReads.map(({ identity }) => identity))].sort();
  return (declared.length > 0 ? declared : seen).map((reader) => {
    const times = ownReads.filter(({ identity }) => isReader(identity, reader));
    const fetched = times.filter((read) => readsCurrent(read, versionId));
    const lastReadMs = Math.max(...times.map(({ atMs }) => atMs), 0);
    return {
      reader,
      hasCurrent: changes.length > 0 && fetched.some(({ atMs }) => atMs > currentSinceMs),
      lastReadAt: lastReadMs === 0 ? undefined : toIsoTimeOfMs(lastReadMs),
    };
  });
}

function readsCurrent({ versionId, versionStage }: SecretCall, current: string): boolean {
  if (versionId !== undefined) return versionId === current;
  return versionStage === undefined || versionStage === 'AWSCURRENT';
}

/** A name, or an ARN with or without its random end. */
function isSecret(secretId: string, secretName: string): boolean {
  // Both may be an ARN, which ends in a hyphen and six characters of its own.
  const names = [secretId, secretName].map((id) => /:secret:(.*)$/.exec(id)?.[1] ?? id);
  const [name = '', wanted = ''] = names;
  return name === wanted || name.replace(/-\w{6}$/, '') === wanted;
}

function isReader(identity: string, reader: string): boolean {
  return identity === reader || identity === `account ${reader.split(':')[4]}`;
}

/** The role behind a session, as AWS CloudTrail names it where it does not name the role's path. */
function roleOf(arn: string): string {
  return arn.replace(/:sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, ':iam::$1:role/$2');
}

async function lookUp(
  client: CloudTrailClient,
  name: string,
  StartTime: Date,
): Promise<SecretCall[]> {
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: name } as const];
  const pages = paginateLookupEvents({ client, pageSize: 50 }, { LookupAttributes, StartTime });
  const calls: SecretCall[] = [];
  let count = 0;
  for await (const { Events = [] } of pages) {
    calls.push(...Events.flatMap((event) => readCall(event) ?? []));
    count += Events.length;
    if (count < MAX_EVENTS) continue;
    const message = `AWS CloudTrail has more than ${MAX_EVENTS} calls of ${name} in 7 days; the readers cannot be determined from them.`;
    throw new CliError('ERR_ROTATION_READERS_UNKNOWN', message);
  }
  return calls;
}

/** Reads one event; `undefined` for a call that failed. */
export function readCall({ CloudTrailEvent = '{}' }: Event): SecretCall | undefined {
  const event = Object(JSON.parse(CloudTrailEvent));
  const { eventTime, errorCode, userIdentity = {}, requestParameters } = event;
  const { secretId, versionId, moveToVersionId, versionStage } = requestParameters ?? {};
  if (errorCode !== undefined || typeof secretId !== 'string') return undefined;
  const { arn, accountId, sessionContext } = userIdentity;
  return {
    atMs: Date.parse(eventTime),
    identity: sessionContext?.sessionIssuer?.arn ?? arn ?? `account ${accountId}`,
    secretId,
    versionId: versionId ?? moveToVersionId,
    versionStage,
  };
}

/** Looks again in a minute: readers come one after the other. */
async function waitForReaders({ clock, wait }: CommandContext, until: number): Promise<void> {
  await wait(Math.min(INTERVAL_MS, Math.max(0, until * 1000 - clock())));
}

/** A clock that jumps, or a machine that slept, is noticed within this. Milliseconds. */
const INTERVAL_MS = 60_000;

/** Waits until a moment, in epoch seconds, and shows how many minutes are left. */
async function waitForGrace({ clock, wait, output }: CommandContext, until: number): Promise<void> {
  output.note(`The old secret stays good until ${toIsoTime(until)}.`);
  const progress = output.startProgress('Minutes left of the grace period');
  for (let leftMs = until * 1000 - clock(); leftMs > 0; leftMs = until * 1000 - clock()) {
    progress.update(Math.ceil(leftMs / INTERVAL_MS));
    await wait(Math.min(leftMs, INTERVAL_MS));
  }
  progress.end();
}

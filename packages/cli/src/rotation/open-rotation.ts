import { DENIAL_MESSAGES, requiredMetadata } from '@cognito-m2m/claim-schema';
import type { RegisteredClient } from '@cognito-m2m/doctor';
import { CURRENT, PENDING, rotationOf } from '@cognito-m2m/doctor/rotation-names';
import { type FoundClient, findPools, requireClient } from '../deployment/find-pools.ts';
import { findRegistered } from '../deployment/registered-clients.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError, type NextStep } from '../frame/errors.ts';
import type { ClientCredentials, DeployedPool } from '../frame/target.ts';
import { toEpochSeconds, toIsoTimeOfMs } from '../frame/time.ts';
import { readClientRecords } from '../prediction/client-records.ts';
import { createTokenChecker, requestToken, type TokenAnswer } from '../token/request-token.ts';
import { openSecretServices, type StepEdges } from './apply-step.ts';
import type { RotationView } from './rotation-view.ts';
import type { BlockedReason, RotationEdges } from './run-rotation.ts';

/** What a rotation needs of the outside, but for whoever watches it. */
interface OpenRotation
  extends Omit<RotationEdges, 'confirm' | 'onStep' | 'hasEveryReader' | 'waitUntil'> {
  readonly found: FoundClient;
}

/** A client as the command line names it. */
interface NamedClient {
  readonly poolName: string;
  readonly clientName: string;
}

/**
 * Finds a client, and opens the two services that keep its secrets.
 *
 * @param input.graceSeconds - How long a grace period that begins now lasts.
 * @throws {CliError} `ERR_ROTATION_BLOCKED` for a client that registered itself, and those of finding a client.
 */
export async function openRotation(
  context: CommandContext,
  { graceSeconds, ...named }: NamedClient & { readonly graceSeconds: number },
): Promise<OpenRotation> {
  const { target, clock, wait } = context;
  const found = await findClient(context, named);
  // Refuses credentials of another account.
  await target.readCaller();
  const { deployed, clientName, clientId } = found;
  const { cognito, secretsManager } = await target.openSecretClients();
  const { userPoolId } = deployed;
  await refuseRegistered(context, deployed, clientName, (client) => client.clientId === clientId);
  const entry = target.secretEntryOf(deployed.name, clientName);
  const { secrets, versions } = openSecretServices(
    { cognito, secretsManager },
    { UserPoolId: userPoolId, ClientId: clientId },
    entry,
  );
  const command = context.commandLine(`rotate ${deployed.name} ${clientName}`);
  const place = { userPoolId, secretId: entry.secretId };
  return {
    found,
    secrets,
    versions,
    prove: createSecretProof(context, found, command),
    graceEnd: () => toEpochSeconds(clock()) + graceSeconds,
    statusCommand: context.commandLine(`rotate ${deployed.name} ${clientName} --status`),
    readView: async () => ({
      clientId,
      secrets: await secrets.list(),
      versions: await versions.list(),
    }),
    blockedError: (reason, view) => blockedError(place, reason, view),
    clock,
    wait,
  };
}

/** Finds the client. One that registered itself is in no file and no table, and has a reason of its own. */
async function findClient(
  context: CommandContext,
  { poolName, clientName }: NamedClient,
): Promise<FoundClient> {
  return requireClient(context, poolName, clientName).catch(async (error: unknown) => {
    if (error instanceof CliError && error.code === 'ERR_CLIENT_NOT_FOUND') {
      for (const { deployed } of await findPools(context, poolName)) {
        await refuseRegistered(context, deployed, clientName, ({ clientId, name }) =>
          [clientId, name].includes(clientName),
        );
      }
    }
    throw error;
  });
}

/**
 * Refuses a client that registered itself: Amazon Cognito has no operation that adds a secret to it or deletes one.
 *
 * @param named - What the command line says: the client's name in the environment file, its ID, or the name that it gave itself.
 * @throws {CliError} `ERR_ROTATION_BLOCKED`.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-dynamic-client-registration.html
 */
async function refuseRegistered(
  context: CommandContext,
  { userPoolId }: DeployedPool,
  named: string,
  isMeant: (client: RegisteredClient) => boolean,
): Promise<void> {
  const meant = (await findRegistered(context, userPoolId)).find(isMeant);
  if (meant === undefined) return;
  const { clientId } = meant;
  throw error(
    `Client "${named}" cannot be rotated: app client ${clientId} registered itself, and Amazon Cognito adds no second secret to such a client.`,
    'register a new client, move its service to that one, then delete the old one with aws cognito-idp delete-user-pool-client',
  );
}

/** What an error of a rotation names. */
interface RotationPlace {
  readonly userPoolId: string;
  /** The name of the entry in Secrets Manager. */
  readonly secretId: string;
}

/** Says why a rotation can neither begin nor go on, and what to do about it. */
function blockedError(
  { userPoolId, secretId }: RotationPlace,
  reason: BlockedReason,
  view: RotationView,
): CliError {
  const { clientId, secrets, versions } = view;
  const doctor = { m2m: 'doctor' };
  switch (reason) {
    case 'no-current-version':
      return error(`The secret "${secretId}" has no version ${CURRENT}.`, doctor);
    case 'no-secret':
      return error(`App client ${clientId} has no secret in Amazon Cognito.`, doctor);
    case 'second-secret': {
      const ids = secrets.map(({ id, createdAtMs }) => `${id} of ${toIsoTimeOfMs(createdAtMs)}`);
      const unused = findLeftover(view);
      const why =
        unused === undefined
          ? 'Only their users know which one is in use.'
          : `If nobody added one by hand, the newer one is left of two rotations at the same time, one of which was stopped: services read the older one.`;
      return error(
        `App client ${clientId} has more secrets than a rotation of m2m leaves: ${ids.join(', ')}. ${why}`,
        `aws cognito-idp delete-user-pool-client-secret --user-pool-id ${userPoolId} --client-id ${clientId} --client-secret-id ${unused ?? '<the one that nobody uses>'}, then the same command`,
      );
    }
    case 'other-pending-version': {
      const pending = versions.find(({ labels }) => labels.includes(PENDING));
      return error(
        `Something else rotates the secret "${secretId}": its version ${pending?.id} is ${PENDING}.`,
        `aws secretsmanager update-secret-version-stage --secret-id ${secretId} --version-stage ${PENDING} --remove-from-version-id ${pending?.id}, once that has ended`,
      );
    }
  }
}

/**
 * Finds the secret that a rotation added after another one had finished, and was stopped before it took it back.
 *
 * Both secrets have the value that services read, but Amazon Cognito shows no values: a person must say that nobody else
 * added one.
 *
 * @returns Its ID; `undefined` if the version that services read is of no rotation.
 */
export function findLeftover({ clientId, secrets, versions }: RotationView): string | undefined {
  const current = versions.find(({ labels }) => labels.includes(CURRENT));
  const [, newer, ...more] = secrets;
  const isOurs = current !== undefined && rotationOf(current.id, clientId) === 'own';
  return isOurs && more.length === 0 ? newer?.id : undefined;
}

function error(message: string, next: NextStep): CliError {
  return new CliError('ERR_ROTATION_BLOCKED', message, { next });
}

/** How long Amazon Cognito may take to know a secret that was just added, and how often it is asked. */
const PATIENCE_MS = 30_000;
const INTERVAL_MS = 1_000;

/**
 * Creates the proof of one client's secrets: a real token, verified as an API would.
 *
 * A denial by the trigger is a proof, too: the client has authenticated before the trigger is asked. So the secret of a
 * disabled client can be rotated.
 *
 * @param next - The command that goes on after a failure.
 */
function createSecretProof(
  context: CommandContext,
  found: FoundClient,
  next: string,
): StepEdges['prove'] {
  const { deployed, clientId } = found;
  return async (credentials) => {
    const answer = await ask(context, found, credentials).catch((error: unknown) => {
      throw asStandstill(error, next);
    });
    if (answer.isIssued) {
      const checker = await createTokenChecker(context, deployed);
      await checker.check(answer.accessToken, clientId);
    } else if (!(answer.code in DENIAL_MESSAGES)) {
      const message = `The token endpoint does not accept the secret: ${answer.code}. Nothing was deleted.`;
      throw new CliError('ERR_ROTATION_NOT_PROVEN', message, { next });
    }
  };
}

/** Asks for a token with all scopes and the metadata that is required, again and again while the secret is unknown. */
async function ask(
  context: CommandContext,
  found: FoundClient,
  credentials: ClientCredentials,
): Promise<TokenAnswer> {
  const { output, clock, wait } = context;
  const { baseline } = await readClientRecords(context, found);
  const required = requiredMetadata(baseline);
  const metadata = Object.keys(required).length === 0 ? undefined : required;
  const progress = output.startProgress('Waiting for Amazon Cognito to take the secret, seconds');
  const endsAt = clock() + PATIENCE_MS;
  try {
    for (;;) {
      const request = { scopes: [], metadata };
      const answer = await requestToken(found.deployed.tokenEndpoint, credentials, request);
      if (!isUnknownSecret(answer) || clock() >= endsAt) return answer;
      progress.update(Math.round((clock() - endsAt + PATIENCE_MS) / 1000));
      await wait(INTERVAL_MS);
    }
  } finally {
    progress.end();
  }
}

function isUnknownSecret(answer: TokenAnswer): boolean {
  return !answer.isIssued && answer.code === 'invalid_client';
}

/** A rotation that can't go on has lost nothing; the same command goes on later. */
function asStandstill(error: unknown, next: string): unknown {
  if (!(error instanceof CliError) || error.code !== 'ERR_TOKEN_REQUEST_FAILED') return error;
  const message = `${error.message} The rotation is paused; no secret was lost.`;
  return new CliError(error.code, message, { cause: error, next });
}

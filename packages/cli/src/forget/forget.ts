import { DescribeUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider';
import { ifFound } from '@cognito-m2m/doctor';
import { type FoundPool, findPools } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError, EXIT_CODES, readOnlyError } from '../frame/errors.ts';
import { count, plainText } from '../frame/text.ts';
import { revisionOf } from '../prediction/client-records.ts';

/** Input of `m2m forget`. */
interface ForgetInput {
  readonly poolName: string;
  /** Of the app client that is gone. */
  readonly clientId: string;
  /** True to delete without asking. */
  readonly isConfirmed: boolean;
}

/** `m2m forget`: deletes the override history of an app client that no longer exists. */
export const forget: Command<CommandContext, ForgetInput> = async (context, input) => {
  const { environment, target, prompt } = context;
  const { poolName, clientId, isConfirmed } = input;
  if (target.isReadOnly) throw readOnlyError('ERR_CHANGE_REFUSED');
  const [pool] = await findPools(context, poolName);
  // `findPools` throws if there is no such pool.
  if (pool === undefined) throw new CliError('ERR_POOL_UNKNOWN', `Unknown pool "${poolName}".`);
  const revisions = await readRevisions(context, pool, clientId);
  const what = `${count(revisions.length, 'revision')} of app client ${plainText(clientId)}`;
  const isDeleted =
    isConfirmed ||
    (await prompt.confirm(
      `App client ${plainText(clientId)} no longer exists.`,
      `Delete ${what} of pool ${poolName} from ${environment.name} on ${target.label}?`,
    ));
  if (isDeleted) {
    const { writer } = target.openClaims(pool.deployed);
    await writer.deleteRevisions(pool.deployed.userPoolId, clientId, revisions);
  }
  const json: ForgetJson = {
    environment: environment.name,
    target: target.label,
    pool: poolName,
    clientId,
    isDeleted,
    revisions,
  };
  return {
    json,
    exitCode: isDeleted ? EXIT_CODES.ok : EXIT_CODES.fault,
    text: () => (isDeleted ? `Deleted ${what}.` : 'Nothing changed.'),
  };
};

/**
 * Reads which revisions there are.
 *
 * @throws {CliError} `ERR_CHANGE_REFUSED` if the client is not gone; `ERR_CLIENT_NOT_FOUND` if nothing is kept of it.
 */
async function readRevisions(
  { target }: CommandContext,
  { deployed }: FoundPool,
  clientId: string,
): Promise<readonly number[]> {
  const { userPoolId, name } = deployed;
  const [history, named, exists] = await Promise.all([
    target.openClaims(deployed).lister.readHistory(userPoolId, clientId),
    target.listClientIds(name),
    doesExist(target, userPoolId, clientId),
  ]);
  const [clientName] = [...named].find(([, id]) => id === clientId) ?? [];
  if (clientName !== undefined || history.baseline !== undefined || exists) {
    const known = clientName ?? history.baseline?.clientName;
    const about = known === undefined ? '' : `, client "${known}"`;
    const message = `App client ${clientId} of pool "${name}" exists${about}: its history is in use. Nothing was deleted.`;
    const next =
      known === undefined ? { m2m: `doctor ${name}` } : { m2m: `history ${name} ${known}` };
    throw new CliError('ERR_CHANGE_REFUSED', message, { next });
  }
  const invalid = history.invalidItems.map(({ sortKey }) => revisionOf(sortKey));
  const revisions = [...history.revisions.map(({ revision }) => revision), ...invalid]
    .filter((revision) => revision > 0)
    .sort((first, second) => first - second);
  if (revisions.length > 0) return revisions;
  const message = `The claims table holds nothing of app client ${clientId} in pool "${name}".`;
  throw new CliError('ERR_CLIENT_NOT_FOUND', message, { next: { m2m: `plan ${name}` } });
}

async function doesExist(
  target: CommandContext['target'],
  UserPoolId: string,
  ClientId: string,
): Promise<boolean> {
  const { cognito } = await target.openSecretClients();
  const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
  return (await ifFound(cognito.send(command))) !== undefined;
}

/** The answer of `m2m forget --json`. */
interface ForgetJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly clientId: string;
  /** False if the answer was no. */
  readonly isDeleted: boolean;
  /** Oldest first. */
  readonly revisions: readonly number[];
}

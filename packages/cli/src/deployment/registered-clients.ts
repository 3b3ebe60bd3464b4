import {
  createOptionalReads,
  listRegisteredClients,
  type OptionalReads,
  type RegisteredClient,
} from '@cognito-m2m/doctor';
import type { CommandContext } from '../frame/command.ts';
import { awsClientsOf } from './aws-target.ts';

/**
 * Finds the app clients of a pool that registered themselves; none on a local Cognito, which serves only what the file declares.
 *
 * @param reads - Keeps what this caller may not read. @default forgotten
 */
export async function findRegistered(
  { target }: Pick<CommandContext, 'target'>,
  userPoolId: string,
  reads: OptionalReads = createOptionalReads(),
): Promise<readonly RegisteredClient[]> {
  const clients = awsClientsOf(target);
  if (clients === undefined) return [];
  const registered = listRegisteredClients(clients.cognito, userPoolId);
  return (await reads.read('clients that registered themselves', registered)) ?? [];
}

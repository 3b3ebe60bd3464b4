import type { CommandContext } from '../command.ts';
import type { FoundClient } from '../find-pools.ts';
import { clientSecretName } from '../target/parameter-names.ts';
import { toEpochSeconds } from '../tokens/time.ts';
import { openAppClientSecrets } from './app-client-secrets.ts';
import { blockedError } from './blocked-error.ts';
import { createSecretProof } from './prove-secret.ts';
import type { RotationEdges } from './run-rotation.ts';
import { openStoredVersions } from './stored-versions.ts';

/** What a rotation needs of the outside, but for whoever watches it. */
type OpenRotation = Omit<RotationEdges, 'confirm' | 'onStep' | 'waitUntil'>;

/**
 * Opens the two services that keep a client's secrets.
 *
 * @param graceSeconds - How long a grace period that begins now lasts.
 */
export async function openRotation(
  context: CommandContext,
  found: FoundClient,
  graceSeconds: number,
): Promise<OpenRotation> {
  const { environment, target, clock, wait } = context;
  const { deployed, clientName, clientId } = found;
  const { cognito, secretsManager } = await target.openSecretClients();
  const { userPoolId } = deployed;
  const secretName = clientSecretName(environment.name, deployed.name, clientName);
  const secrets = openAppClientSecrets(cognito, { UserPoolId: userPoolId, ClientId: clientId });
  const versions = openStoredVersions(secretsManager, secretName);
  const command = context.commandLine(`rotate ${deployed.name} ${clientName}`);
  const place = { userPoolId, secretName };
  return {
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

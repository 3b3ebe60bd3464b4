import { CliError, type NextStep } from '../errors.ts';
import { toEpochSeconds, toIsoTime } from '../tokens/time.ts';
import type { BlockedReason } from './find-standing.ts';
import { CURRENT, PENDING } from './labels.ts';
import type { RotationView } from './rotation-view.ts';

/** What an error of a rotation names. */
export interface RotationPlace {
  readonly userPoolId: string;
  /** Of the entry in Secrets Manager. */
  readonly secretName: string;
}

/** Says why a rotation can neither begin nor go on, and what to do about it. */
export function blockedError(
  { userPoolId, secretName }: RotationPlace,
  reason: BlockedReason,
  { clientId, secrets, versions }: RotationView,
): CliError {
  const doctor = { m2m: 'doctor' };
  switch (reason) {
    case 'no-current-version':
      return error(`The secret "${secretName}" has no version ${CURRENT}.`, doctor);
    case 'no-secret':
      return error(`Amazon Cognito keeps no secret of app client ${clientId}.`, doctor);
    case 'second-secret': {
      const ids = secrets.map(({ id, createdAtMs }) => `${id} of ${toTime(createdAtMs)}`);
      return error(
        `App client ${clientId} has secrets that no rotation of m2m made: ${ids.join(', ')}. Only their users know which one is in use.`,
        `aws cognito-idp delete-user-pool-client-secret --user-pool-id ${userPoolId} --client-id ${clientId} --client-secret-id <the one that nobody uses>`,
      );
    }
    case 'other-pending-version': {
      const pending = versions.find(({ labels }) => labels.includes(PENDING));
      return error(
        `Something else rotates the secret "${secretName}": its version ${pending?.id} is ${PENDING}.`,
        `aws secretsmanager update-secret-version-stage --secret-id ${secretName} --version-stage ${PENDING} --remove-from-version-id ${pending?.id}, once that has ended`,
      );
    }
  }
}

function error(message: string, next: NextStep): CliError {
  return new CliError('ERR_ROTATION_BLOCKED', message, { next });
}

function toTime(milliseconds: number): string {
  return toIsoTime(toEpochSeconds(milliseconds));
}

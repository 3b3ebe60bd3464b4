import type { OverrideRecord } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { CliError, type NextStep } from '../errors.ts';

/**
 * Writes a planned revision.
 *
 * @param next - The command to run after a lost race.
 * @throws {CliError} `ERR_STORE_LOST_RACE` if someone else wrote that revision meanwhile: nothing is lost, nothing is written.
 */
export async function applyChange(
  writer: ClaimsWriter,
  record: OverrideRecord,
  next: NextStep,
): Promise<void> {
  await writer.addOverride(record).catch((cause: unknown) => {
    if (!(cause instanceof StoreError) || cause.code !== 'ERR_STORE_LOST_RACE') throw cause;
    const message = `Someone else wrote revision ${record.revision} first; your change is not written.`;
    throw new CliError('ERR_STORE_LOST_RACE', message, { cause, next });
  });
}

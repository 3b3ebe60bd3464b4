import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { secretName } from '@cognito-m2m/environment/names';
import type { FoundClient } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import { waitForReaders } from './grace.ts';
import { createReaderWatch, type ReaderState } from './readers.ts';

/** Readers that a rotation waits for. */
interface WatchedReaders {
  readonly hasEvery: (versionId: string) => Promise<boolean>;
  readonly wait: typeof waitForReaders;
  /** What the last look found. */
  readonly seen: () => readonly ReaderState[] | undefined;
}

/**
 * Opens what `--wait-for-readers` needs.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` where there is nothing that records readers, or nothing to wait for.
 */
export async function openReaders(
  context: CommandContext,
  { client, deployed, clientName }: FoundClient,
  input: { readonly isForReaders: boolean; readonly isGraceSkipped: boolean },
): Promise<WatchedReaders | undefined> {
  if (!input.isForReaders) return undefined;
  const { environment, target, output } = context;
  if (input.isGraceSkipped)
    throw invalid('--retire-now waits for nobody; got --wait-for-readers as well.');
  if (target.kind !== 'aws') {
    throw invalid('--wait-for-readers needs AWS CloudTrail; a local Cognito records no readers.');
  }
  const trail = new CloudTrailClient({ region: environment.region });
  const watch = createReaderWatch(context, trail, {
    secretName: secretName(environment.name, deployed.name, clientName),
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

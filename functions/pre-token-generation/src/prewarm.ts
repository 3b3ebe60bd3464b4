import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import { readWithin } from './deadline.ts';
import { toMembers } from './json-members.ts';
import type { LineWriter } from './line-writer.ts';

/** Lambda allows 10 s for the whole start. */
const PREWARM_BUDGET_MS = 1000;

/** The prewarm reads a client that cannot exist: ids of Amazon Cognito contain no exclamation mark. */
const NOBODY = '!prewarm';

/**
 * Makes one read while the container starts, so that the first token finds an open connection and a loaded client.
 *
 * Never fails: a table that can't be read now may be readable when the first token comes.
 */
export async function prewarm(edges: {
  readonly reader: ClaimsReader;
  readonly logger: LineWriter;
}): Promise<void> {
  const { reader, logger } = edges;
  await readWithin(PREWARM_BUDGET_MS, (abortSignal) =>
    reader.readLayers(NOBODY, NOBODY, { abortSignal }),
  )
    .catch((error: unknown) => {
      const cause = error instanceof Error && 'code' in error ? error.code : 'unknown';
      logger.warn('trigger.prewarm_failed', toMembers({ cause }));
    })
    // If a warning cannot be written, the prewarm must not fail either.
    .catch(() => {});
}

import { mapConcurrently } from '@cognito-m2m/doctor';
import type { CommandContext } from '../../command.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { type FoundClient, findPools, requireClient } from '../../find-pools.ts';
import { reportError } from '../../report-error.ts';
import { testToken } from '../../token/test-token.ts';
import { createTokenChecker, type TokenChecker } from '../../token/verify-token.ts';
import { readClientRecords } from '../../tokens/client-records.ts';
import { requiredMetadata } from '../../tokens/token-requests.ts';
import type { TestedToken } from './token-json.ts';

/** Tokens asked for at once: far below the account's quota of 150 a second. */
const CONCURRENCY = 5;

/**
 * Tests a token of every client that the file declares, with all scopes and the metadata that it must send.
 *
 * A client that fails does not stop the others.
 *
 * @param poolName - One pool. @default all
 */
export async function testAllTokens(
  context: CommandContext,
  poolName: string | undefined,
): Promise<TestedToken[]> {
  const pools = await findPools(context, poolName);
  const jobs = await Promise.all(
    pools.map(async ({ declared, deployed }) => {
      const checker = await createTokenChecker(context, deployed);
      return declared.clients.map(({ name }) => ({ pool: declared.name, client: name, checker }));
    }),
  );
  const progress = context.output.startProgress('Testing tokens', jobs.flat().length);
  const test = (job: Job) => testOne(context, job);
  return mapConcurrently(jobs.flat(), CONCURRENCY, test, progress.update).finally(progress.end);
}

interface Job {
  readonly pool: string;
  readonly client: string;
  readonly checker: TokenChecker;
}

async function testOne(context: CommandContext, job: Job): Promise<TestedToken> {
  const { pool, client, checker } = job;
  try {
    const found = await requireClient(context, pool, client);
    return await testToken(context, found, await largestAllowed(context, found), checker);
  } catch (error) {
    const { exitCode, ...report } = reportError(error, {
      helpCommand: 'm2m token --help',
      commandLine: context.commandLine,
    });
    if (exitCode === EXIT_CODES.bug) throw error;
    return { ...EMPTY, pool, client, clientId: '', result: 'failed', error: report };
  }
}

const EMPTY = { scopes: [], claims: {}, diff: [], missingScopes: [], extraScopes: [] };

async function largestAllowed(context: CommandContext, found: FoundClient) {
  const { baseline } = await readClientRecords(context, found);
  const metadata = requiredMetadata(baseline);
  const hasMetadata = Object.keys(metadata).length > 0;
  return { scopes: found.client?.scopes ?? [], metadata: hasMetadata ? metadata : undefined };
}

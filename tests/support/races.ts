import type { IncomingMessage } from 'node:http';
import { forwardRequest, startServer, type TestServer } from './server.ts';

/**
 * Stands in front of a DynamoDB so that two writers meet: neither can write before both have read.
 *
 * Holds the first two `PutItem` requests until both have arrived, then passes them on one after the other; all others
 * pass at once.
 *
 * @param upstream - The address of the DynamoDB.
 */
export async function createWriteBarrier(upstream: string): Promise<TestServer> {
  const held: (() => void)[] = [];
  let isOpen = false;
  const meet = () =>
    new Promise<void>((pass) => {
      held.push(pass);
      isOpen = held.length === 2;
      if (isOpen) for (const release of held) release();
    });
  let turn: Promise<unknown> = Promise.resolve();
  return startServer(async (request, response) => {
    if (isWrite(request) && !isOpen) await meet();
    const answered = turn.then(() => forwardRequest(upstream, request));
    turn = answered.catch(() => {});
    const { status, headers, body } = await answered;
    response.writeHead(status, Object.fromEntries(headers)).end(body);
  });
}

function isWrite({ headers }: IncomingMessage): boolean {
  return String(headers['x-amz-target']).endsWith('.PutItem');
}

/** How one run of the binary ended, as far as a race looks at it. */
interface RacingRun {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** What two `m2m set --json` did whose writes met at a barrier. */
export interface Race<Run> {
  readonly winners: readonly Run[];
  readonly losers: readonly Run[];
  /** The loser's command once more, after the race. */
  readonly retry: Run;
}

/** Runs two `m2m set` at once, then that of the loser again. @param set - Runs `m2m set` with one claim. */
export async function raceSets<Run extends RacingRun>(
  claims: readonly [string, string],
  set: (claim: string) => Promise<Run>,
): Promise<Race<Run>> {
  const runs = await Promise.all(claims.map(set));
  const isWinner = ({ exitCode }: Run) => exitCode === 0;
  const lost = claims[runs.findIndex((run) => !isWinner(run))] ?? claims[0];
  return {
    winners: runs.filter(isWinner),
    losers: runs.filter((run) => !isWinner(run)),
    retry: await set(lost),
  };
}

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

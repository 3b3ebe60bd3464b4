/** What `m2m` tells the shell. */
export const EXIT_CODES = {
  /** Done, and nothing to report. */
  ok: 0,
  /** The caller's fault, or one of the deployment; the message names the next command. */
  fault: 1,
  /** The command worked and found differences or defects. */
  findings: 2,
  /** A bug in `m2m`. */
  bug: 70,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

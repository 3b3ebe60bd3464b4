import type { Contract } from '@cognito-m2m/claim-schema';
import type { Clock, Variables, Wait } from './command.ts';
import type { Repeat } from './output/waiting.ts';
import type { Prompt } from './prompt.ts';

/** Everything of the outside world that `m2m` touches, but for the network. */
export interface Edges {
  /** The claim contract of the team. */
  readonly contract: Contract;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Columns of the terminal; `undefined` for a pipe. */
  readonly width: number | undefined;
  /** True if stdout is a terminal that takes colours. */
  readonly hasColours: boolean;
  /** True if stderr is a terminal. */
  readonly isTerminal: boolean;
  readonly prompt: Prompt;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly repeat: Repeat;
  readonly variables: Variables;
}

import { findPnpm, withPnpm } from '../../support/pnpm.ts';
import { repositoryRoot } from '../../support/repository.ts';
import { type PageRun, runInShell } from './page-world.ts';

/** How a command that takes minutes is run in a moment. */
export interface ShortForm {
  /** What makes it short; it is otherwise run as printed. */
  readonly options: string;
  /** Exit codes of a run that did its work: whether so little of it reaches a target is chance. */
  readonly exitCodes: readonly number[];
  readonly prints: RegExp;
}

const REPORT = /^# .+\n[\s\S]*^\| /m;

/** Every command of the pages that takes minutes as printed, by its words after `npx -y pnpm@12`. */
export const SHORT_FORMS: { readonly [command: string]: ShortForm } = {
  soak: {
    options: '--invocations 500',
    exitCodes: [0, 1],
    prints: /^\| wrong answers \| 0 \|[\s\S]*^\| unhandled rejections \| 0 \|/m,
  },
  'soak:local': {
    options: '--requests 400',
    exitCodes: [0, 2],
    prints: /^# Local Cognito under load[\s\S]*^- Wrong answers: 0\./m,
  },
  mutate: {
    options: '--mutate packages/claim-schema/src/reserved-names.ts:37-44',
    exitCodes: [0],
    prints: /^ ?reserved-names\.ts +\|/m,
  },
  'bench:trigger': { options: '--rounds 1', exitCodes: [0, 2], prints: /^\| warm read/m },
  'bench:local': { options: '--rounds 1 --seconds 1', exitCodes: [0, 2], prints: REPORT },
  'bench:synth': { options: '--rounds 1 --clients 1', exitCodes: [0, 2], prints: REPORT },
  'bench:token-client': {
    options: '--callers 2 --minutes 1 --gets 1000',
    exitCodes: [0, 2],
    prints: REPORT,
  },
  'bench:verifier': {
    options: '--rounds 1 --verifications 1000',
    exitCodes: [0, 2],
    prints: /^\| ours ÷ bare, median pair \|/m,
  },
};

/** Commands that have no short form of their own: another command, which CI runs as printed, does the same with less. */
export const LESSER_COMMANDS: { readonly [command: string]: string } = {
  'adopt --full': 'npx -y pnpm@12 adopt',
};

/** Runs a command in its short form. @returns What was wrong; empty for nothing. */
export async function runShortForm(command: string, form: ShortForm): Promise<string> {
  const { NODE_OPTIONS: _fixtures, ...variables } = process.env;
  const text = `${await findPnpm()} ${command} ${form.options}`;
  const run = await runInShell(text, { cwd: repositoryRoot, env: await withPnpm(variables) });
  return findFault(form, run);
}

/** Judges the end of a run. */
export function findFault({ exitCodes, prints }: ShortForm, run: PageRun): string {
  if (exitCodes.includes(run.exitCode) && prints.test(run.stdout)) return '';
  return `exit code ${run.exitCode}\n${run.stdout}${run.stderr}`;
}

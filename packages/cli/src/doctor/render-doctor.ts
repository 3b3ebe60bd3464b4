import type { Finding } from '@cognito-m2m/doctor';
import type { Style } from '../frame/output/style.ts';
import { count, plainText } from '../frame/output/text.ts';

/** One finding, as `m2m doctor --json` shows it. */
interface FindingJson extends Omit<Finding, 'repair'> {
  /** True if `--fix` repairs it. */
  readonly isFixable: boolean;
}

/**
 * How `--fix` ended: not given; without AWS to repair in; with nothing that it repairs; with an answer of no; done.
 */
type FixEnding = 'not-asked' | 'not-available' | 'nothing' | 'refused' | 'done';

/** The answer of `m2m doctor --json`. */
export interface DoctorJson {
  readonly environment: string;
  readonly target: string;
  /** What is wrong now; after `--fix`, what is left. */
  readonly findings: readonly FindingJson[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
  /** Those of them that this caller may not look at: with one, the exit code is 2. */
  readonly notAllowed: readonly string[];
  readonly fix: FixEnding;
  /** What `--fix` changed, a line for each setting. */
  readonly repaired: readonly string[];
}

/** What `--fix` says where it changed nothing. */
const FIX_SENTENCES: { readonly [ending in DoctorJson['fix']]?: string } = {
  refused: 'Nothing changed.',
  nothing: 'Nothing here can be repaired by --fix.',
  'not-available':
    'Nothing repaired: --fix changes user pools, triggers and tables on AWS, and a local Cognito has none. Restarting it writes its records again.',
};

/** The findings as text: what, why and how for each. */
export function renderDoctor(json: DoctorJson, { colours }: Style): string {
  const { findings, notChecked, fix, repaired } = json;
  const fixSentence = FIX_SENTENCES[fix];
  return [
    ...repaired.map((line) => colours.green(`Repaired: ${plainText(line)}`)),
    ...findings.map((finding) => renderFinding(finding, colours)),
    ...notChecked.map((text) => colours.dim(`Not checked: ${plainText(text)}`)),
    findings.length === 0 ? healthSentence(json, colours) : countSentence(json),
    ...(fixSentence === undefined ? [] : [fixSentence]),
  ].join('\n');
}

function healthSentence(
  { notChecked, notAllowed }: DoctorJson,
  { green, yellow }: Style['colours'],
): string {
  if (notChecked.length === 0) return green('Nothing is wrong.');
  const checked = 'Nothing is wrong in what was checked';
  if (notAllowed.length === 0) return green(`${checked}.`);
  const [verb, pronoun] = notAllowed.length === 1 ? ['was', 'it'] : ['were', 'them'];
  const others = `${count(notAllowed.length, 'thing')} ${verb} not`;
  return yellow(`${checked}; ${others}: this caller may not read ${pronoun}.`);
}

function countSentence({ findings }: DoctorJson): string {
  const fixable = findings.filter(({ isFixable }) => isFixable).length;
  return `${count(findings.length, 'finding')}, ${fixable} of them for m2m doctor --fix.`;
}

const LABELS = {
  error: ({ red }: Style['colours']) => red('ERROR'),
  warning: ({ yellow }: Style['colours']) => yellow('WARN '),
  notice: ({ dim }: Style['colours']) => dim('NOTE '),
};

function renderFinding(
  { severity, subject, check, what, why, how }: FindingJson,
  colours: Style['colours'],
): string {
  return [
    `${LABELS[severity](colours)} ${colours.bold(plainText(subject))}  ${check}`,
    `      ${plainText(what)}`,
    `      Why: ${plainText(why)}`,
    `      Fix: ${plainText(how)}`,
    '',
  ].join('\n');
}

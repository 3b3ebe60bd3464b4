import { plainText } from '../../output/plain-text.ts';
import type { Style } from '../../output/style.ts';
import type { DoctorJson, FindingJson } from './doctor-json.ts';

/** The findings as text: what, why and how for each. */
export function renderDoctor(
  { findings, notChecked, repaired }: DoctorJson,
  { colours }: Style,
): string {
  const fixable = findings.filter(({ isFixable }) => isFixable).length;
  const sections = [
    ...repaired.map((line) => colours.green(`Repaired: ${plainText(line)}`)),
    ...findings.map((finding) => renderFinding(finding, colours)),
    ...notChecked.map((text) => colours.dim(`Not checked: ${plainText(text)}`)),
    findings.length === 0
      ? colours.green('Nothing is wrong.')
      : `${count(findings.length, 'finding')}, ${fixable} of them for m2m doctor --fix.`,
  ];
  return sections.join('\n');
}

function renderFinding(
  { severity, subject, check, what, why, how }: FindingJson,
  colours: Style['colours'],
): string {
  const paint = severity === 'error' ? colours.red : colours.yellow;
  return [
    `${paint(severity === 'error' ? 'ERROR' : 'WARN ')} ${colours.bold(plainText(subject))}  ${check}`,
    `      ${plainText(what)}`,
    `      Why: ${plainText(why)}`,
    `      Fix: ${plainText(how)}`,
    '',
  ].join('\n');
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

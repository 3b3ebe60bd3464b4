import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BEHAVIOUR_NAMES,
  BEHAVIOURS,
  type BehaviourName,
  describeBehaviourValues,
  readCommittedMeasurement,
} from '@cognito-m2m/local-cognito/behaviours';
import { listFiles } from '../house/source-tree.ts';
import { repositoryRoot } from '../support/repository.ts';

/** The page whose table of settings is generated, relative to the root of the repository. */
export const FIDELITY_FILE = 'docs/cognito-fidelity.md';

const START = '<!-- The table is generated: node --import tsx tests/docs/write-reference.ts -->';
const END = '<!-- End of the generated table. -->';
const SOURCE = 'packages/local-cognito/src/';

type Measured = ReturnType<typeof readCommittedMeasurement>;

/** The page with the table of today's settings. @throws If it has no place for the table. */
export async function renderFidelity(): Promise<string> {
  const page = await readFile(join(repositoryRoot, FIDELITY_FILE), 'utf8');
  const [before, rest] = page.split(START);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`No table in ${FIDELITY_FILE}.`);
  const table = renderSettings(readCommittedMeasurement(), await readTests());
  return `${before}${START}\n\n${table}\n\n${END}${after}`;
}

/**
 * The table of settings.
 *
 * @param measured - What a measurement of a real pool says; it goes before every other source.
 * @param tests - The text of each test file by its name.
 */
export function renderSettings(measured: Measured, tests: ReadonlyMap<string, string>): string {
  const rows = BEHAVIOUR_NAMES.map((name) => {
    const { what, source } = BEHAVIOURS[name];
    const value = measured?.behaviour[name] ?? BEHAVIOURS[name].initial;
    const initial = value === '' ? '(empty)' : `\`${value}\``;
    const sure = describeBasis(name, measured);
    const holding = [...tests].filter(([, text]) => new RegExp(`\\b${name}\\b`).test(text));
    const files = holding.map(([file]) => `\`${file}\``).join(', ');
    const expected = describeBehaviourValues(name);
    return [`\`${name}\``, what, initial, expected, sure, source || '–', files];
  });
  return alignTable([
    ['setting', 'what it is about', 'default', 'expected', 'how sure', 'source', 'tests'],
    ...rows,
  ]);
}

/** A table in Markdown as the formatter leaves it. */
function alignTable([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [heading, rule, ...rows].map(toLine).join('\n');
}

function describeBasis(name: BehaviourName, measured: Measured): string {
  if (measured?.behaviour[name] === undefined) return BEHAVIOURS[name].basis;
  const { date, region } = measured.measurement;
  return `measured on ${date} in ${region}`;
}

async function readTests(): Promise<Map<string, string>> {
  const files = await listFiles('packages/local-cognito/*.test.ts');
  const tests = files.filter((file) => file.startsWith(SOURCE)).sort();
  const texts = tests.map(
    async (file): Promise<[string, string]> => [
      file.slice(SOURCE.length),
      await readFile(join(repositoryRoot, file), 'utf8'),
    ],
  );
  return new Map(await Promise.all(texts));
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { listFiles } from './source-tree.ts';

/** A phrase that plain English does not use here, and what to write. */
interface AccentPhrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** The phrases that reviews of the text found again and again. */
const ACCENT_PHRASES: readonly AccentPhrase[] = [
  { pattern: /(?<!there )\b(?:is|are|was) no (?!longer\b|more\b|less\b)/gi, instead: 'is not a …' },
  { pattern: /\ba text\b(?! (?:file|editor|field|record))/gi, instead: 'a string' },
  // "leaves it alone" is plain English.
  { pattern: /(?<!\b(?:leave|leaves|left|leaving)\b[^.]{0,60})\balone\b/gi, instead: 'only' },
  { pattern: /(?<!_)\bblanks?\b(?! line)/gi, instead: 'space' },
  { pattern: /\banew\b/gi, instead: 'again' },
  { pattern: /\bfor ever\b/gi, instead: 'forever' },
  { pattern: /\bbesides?\b(?!\.md|\/)/gi, instead: 'next to, in addition to, apart from' },
  // Amazon Cognito writes "flow can not be selected".
  { pattern: /(?<!\bflow )\bcan not\b/gi, instead: 'cannot' },
  { pattern: /\b(?:is|are|be) told\b/gi, instead: 'receives' },
  { pattern: /\b(?:is|are|was|were) so already\b/gi, instead: 'already has these values' },
  { pattern: /\bmend(?:s|ed|ing|ings)?\b/gi, instead: 'repair, fix' },
  { pattern: /\boff the contract\b/gi, instead: 'violates the contract, not in the contract' },
  { pattern: /\b(?:good no longer|no longer good)\b/gi, instead: 'no longer valid' },
  { pattern: /\blook it over\b/gi, instead: 'review' },
  { pattern: /\bnobody is here\b/gi, instead: 'stdin is not a terminal' },
];

/** Where a phrase stands: `file:line "the phrase" (write: …)`. */
export function findPhrases(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      ACCENT_PHRASES.flatMap(({ pattern, instead }) =>
        (line.match(pattern) ?? []).map(
          (found) => `${path}:${index + 1} "${found.trim()}" (write: ${instead})`,
        ),
      ),
    );
}

/** Finds the phrases in source, help, comments, test names and documentation. */
export async function findPhrasesInRepository(): Promise<string[]> {
  const files = await listFiles(
    '*.ts',
    '*.mjs',
    '*.cjs',
    '*.js',
    '*.css',
    '*.html',
    '*.snap',
    '*.md',
    '*.json',
  );
  const read = files.filter((file) => !file.startsWith('tests/house/'));
  const found = await Promise.all(
    read.map(async (file) =>
      findPhrases(file, await readFile(join(repositoryRoot, file), 'utf8').catch(() => '')),
    ),
  );
  return found.flat();
}

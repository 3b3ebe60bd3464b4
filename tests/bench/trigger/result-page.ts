const PREFACE = `# The trigger's start and its warm path

Made by \`npx -y pnpm@12 bench:trigger\`, which measures with the \`node\` on the path and writes that version's section again.
Medians; each ratio is taken within a round. A verified token of a user has [a page of its own](user-token.md).
`;

/** What a section of the page begins with, the number of the major version apart. */
export const SECTION_HEADING = '## Node.js ';

/**
 * Puts one section in its place on the page of results.
 *
 * @param page - The page so far; may be empty.
 * @param section - Begins with the heading that names the major version of Node.js, and replaces the section of that name.
 * @param preface - What the page begins with. @default that of `trigger.md`
 * @returns The page with its sections in the order of the versions.
 */
export function putSection(page: string, section: string, preface: string = PREFACE): string {
  const others = page
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith(SECTION_HEADING) && versionOf(part) !== versionOf(section));
  const sections = [...others, section].sort((a, b) => versionOf(a) - versionOf(b));
  return [preface, ...sections.map((part) => `${part.trim()}\n`)].join('\n');
}

function versionOf(section: string): number {
  return Number.parseInt(section.slice(SECTION_HEADING.length), 10);
}

const PREFACE = `# The trigger's start and its warm path

Made by \`npx -y pnpm@12 bench:trigger\`, which measures with the \`node\` on the path and writes that version's section again.
Medians; each ratio is taken within a round.

The variants: \`bare\` gives the event back; \`hand-signed\` reads the table with one request signed by hand; \`middy-logger\` reads nothing and
writes a line with the fields of ours; \`user-token\` is ours in an environment with an issuer of users' tokens, with a verified RS256 token;
\`sdk-defaults\` reads the table with the SDK as it comes; \`naive\` has every convenience and no options. \`ours\` loads nothing of what verifies users'
tokens. jose and aws-jwt-verify parse the token too; the trigger also checks who issued it, when, for whom and for what, takes claims from it,
resolves them with the client's record, and writes its log line.
`;

/** What a section of the page begins with, the number of the major version apart. */
export const SECTION_HEADING = '## Node.js ';

/**
 * Puts one section in its place on the page of results.
 *
 * @param page - The page so far; may be empty.
 * @param section - Begins with the heading that names the major version of Node.js, and replaces the section of that name.
 * @returns The page with its sections in the order of the versions.
 */
export function putSection(page: string, section: string): string {
  const others = page
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith(SECTION_HEADING) && versionOf(part) !== versionOf(section));
  const sections = [...others, section].sort((a, b) => versionOf(a) - versionOf(b));
  return [PREFACE, ...sections.map((part) => `${part.trim()}\n`)].join('\n');
}

function versionOf(section: string): number {
  return Number.parseInt(section.slice(SECTION_HEADING.length), 10);
}

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Turns the changesets in .changeset into a version: npx -y pnpm@12 release
 *
 * Changesets raises the version of all published packages at once. That version is the product's: it becomes VERSION in the
 * code and the version of the repository, and what the changesets say becomes a section of CHANGELOG.md.
 */
const CHANGESETS = '@changesets/cli@2.31.1';
const FOLDER = '.changeset';
const CHANGELOG = 'CHANGELOG.md';
const TITLE = '# cognito-m2m-claims';
const HEADINGS = { major: 'What you have to do', minor: 'New', patch: 'Fixed' };

if (git('status', '--porcelain') !== '') {
  fail('There are uncommitted changes. Commit or stash them, then run the same command again.');
}
const changes = readChangesets();
if (changes.length === 0) {
  fail('There are no changesets. Describe a change first: npx -y pnpm@12 changeset');
}
execFileSync('pnpm', ['dlx', CHANGESETS, 'version'], { stdio: 'inherit' });

const { version } = JSON.parse(readFileSync('packages/claim-schema/package.json', 'utf8'));
replace('package.json', /"version": "[^"]+"/, `"version": "${version}"`);
replace('packages/claim-schema/src/version.ts', /VERSION = '[^']+'/, `VERSION = '${version}'`);
writeChangelog();
process.stdout.write(
  `This is version ${version}. Review the diff, then: git commit --all --message "chore: version ${version}" && git tag v${version}\n`,
);

/** Reads the changesets: the largest raise that each asks for, and its text. */
function readChangesets() {
  const files = readdirSync(FOLDER).filter(
    (file) => file.endsWith('.md') && file.toLowerCase() !== 'readme.md',
  );
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const [, raises = '', summary] = /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(text) ?? [];
    if (summary === undefined) fail(`${join(FOLDER, file)} is not a changeset.`);
    const raise = Object.keys(HEADINGS).find((each) => raises.includes(`: ${each}`));
    // An empty changeset says that a change needs no version.
    return raise === undefined ? [] : [{ raise, summary: summary.trim() }];
  });
}

function writeChangelog() {
  const older = existsSync(CHANGELOG)
    ? readFileSync(CHANGELOG, 'utf8').replace(TITLE, '').trim()
    : '';
  const sections = Object.entries(HEADINGS).flatMap(([raise, heading]) => {
    const lines = changes
      .filter((change) => change.raise === raise)
      .map(({ summary }) => `- ${summary.replaceAll('\n', '\n  ')}`);
    return lines.length === 0 ? [] : [`### ${heading}`, lines.join('\n')];
  });
  const text = [TITLE, `## ${version}`, ...sections, older].filter((part) => part !== '');
  writeFileSync(CHANGELOG, `${text.join('\n\n')}\n`);
}

function replace(file, pattern, text) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, text));
}

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/*
 * Turns the changesets in .changeset into a version: npx -y pnpm@12 release
 *
 * Changesets writes the version and the CHANGELOG.md of each package. The version of the command `m2m` is the product's: it
 * becomes VERSION in the code, the version of the repository, and its CHANGELOG.md becomes that of the repository.
 */
const CHANGESETS = '@changesets/cli@2.31.1';
const NAME = 'cognito-m2m-claims';
const CLI = 'packages/cli';

execFileSync('pnpm', ['dlx', CHANGESETS, 'version'], { stdio: 'inherit' });

const { name, version } = JSON.parse(readFileSync(`${CLI}/package.json`, 'utf8'));
replace('package.json', /"version": "[^"]+"/, `"version": "${version}"`);
replace('packages/claim-schema/src/version.ts', /VERSION = '[^']+'/, `VERSION = '${version}'`);
moveChanges();

/** Moves what is new in the CHANGELOG.md of the command to that of the repository. */
function moveChanges() {
  const file = `${CLI}/CHANGELOG.md`;
  if (!existsSync(file)) return;
  const changes = readFileSync(file, 'utf8').replace(`# ${name}\n`, '').trim();
  const older = existsSync('CHANGELOG.md')
    ? readFileSync('CHANGELOG.md', 'utf8').replace(`# ${NAME}\n`, '').trim()
    : '';
  writeFileSync('CHANGELOG.md', `${[`# ${NAME}`, changes, older].filter(Boolean).join('\n\n')}\n`);
  rmSync(file);
}

function replace(file, pattern, text) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, text));
}

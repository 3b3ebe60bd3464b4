import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/*
 * Renames the scope of all packages: npx -y pnpm@12 rename-scope @acme
 *
 * It rewrites every text file in git that names the scope: manifests, imports, documentation and the lock file.
 */
const [scope, ...rest] = process.argv.slice(2);
if (scope === undefined || rest.length > 0 || !/^@[a-z0-9][a-z0-9._-]*$/.test(scope)) {
  fail('Usage: npx -y pnpm@12 rename-scope <scope>, for example @acme');
}
const { name } = JSON.parse(readFileSync('packages/claim-schema/package.json', 'utf8'));
const current = name.slice(0, name.indexOf('/'));
if (scope === current) fail(`The scope is ${scope} already.`);
if (git('status', '--porcelain') !== '') {
  fail('There are uncommitted changes. Commit or stash them, then run the same command again.');
}

const named = new RegExp(`${current}(?=[/"'\`])`, 'g');
// -I leaves binary files out.
const files = git('grep', '--files-with-matches', '-I', '--fixed-strings', current).split('\n');
for (const file of files.filter((each) => each !== '')) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(named, scope));
}
execFileSync('pnpm', ['install', '--no-frozen-lockfile'], { stdio: 'inherit' });
// Imports and manifests are sorted by name.
execFileSync('pnpm', ['run', 'fix'], { stdio: 'inherit' });
process.stdout.write(`Renamed ${current} to ${scope}. Next: npx -y pnpm@12 check\n`);

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

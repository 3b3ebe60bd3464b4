import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/*
 * Renames the scope of all packages: npx -y pnpm@12 rename-scope @acme [--from @cognito-m2m]
 *
 * It rewrites every text file in git that names the scope: manifests, imports, documentation and the lock file.
 */
const [scope, flag, from, ...rest] = process.argv.slice(2);
const isScope = (text) => /^@[a-z0-9][a-z0-9._-]*$/.test(text ?? '');
if (
  !isScope(scope) ||
  rest.length > 0 ||
  (flag !== undefined && !(flag === '--from' && isScope(from)))
) {
  fail(
    'Usage: npx -y pnpm@12 rename-scope <scope> [--from <scope>], for example rename-scope @acme',
  );
}
const { name } = JSON.parse(readFileSync('packages/claim-schema/package.json', 'utf8'));
const current = from ?? name.slice(0, name.indexOf('/'));
if (scope === current) fail(`The packages are already in the scope ${scope}.`);
if (git('status', '--porcelain') !== '') {
  fail('There are uncommitted changes. Commit or stash them, then run the same command again.');
}

// -I leaves binary files out.
const files = git('grep', '--files-with-matches', '-I', '--fixed-strings', current).split('\n');
const named = new RegExp(`${current}(?![\\w-])`, 'g');
for (const file of files.filter((each) => each !== '')) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(named, scope));
}
// What was built names the old scope; the next command builds it again.
for (const manifest of git('ls-files', '*/package.json').trim().split('\n')) {
  for (const output of ['dist', 'dist-fixtures']) {
    rmSync(join(dirname(manifest), output), { recursive: true, force: true });
  }
}
execFileSync('pnpm', ['install', '--no-frozen-lockfile', '--prefer-offline'], { stdio: 'inherit' });
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

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/*
 * Merges a version of the product and keeps the team's files: npx -y pnpm@12 product:upgrade <tag, branch or commit>
 *
 * The team's files are those that .gitattributes marks with merge=ours. Git asks a merge driver only where both sides changed
 * a file; here a sample file that the product adds, or changes after the team deleted it, stays out as well.
 */
const [version, ...rest] = process.argv.slice(2);
if (version === undefined || version.startsWith('-') || rest.length > 0) {
  fail('Usage: npx -y pnpm@12 product:upgrade <tag, branch or commit of the product>');
}
if (isCommit('MERGE_HEAD')) {
  fail(
    'A merge is not finished. If it has conflicts, resolve them and run: git commit\n' +
      'If it was interrupted, run git merge --abort, then the same command again.',
  );
}
if (git('status', '--porcelain') !== '') {
  fail('There are uncommitted changes. Commit or stash them, then run the same command again.');
}
if (!isCommit(version)) {
  fail(`Unknown version "${version}". Fetch the product first: git fetch <remote> --tags`);
}
if (git('rev-list', '--count', `HEAD..${version}`).trim() === '0') {
  process.stdout.write(`${version} is merged already.\n`);
  process.exit(0);
}

merge();
keepTeamFiles();
const conflicts = lines(git('diff', '--name-only', '--diff-filter=U'));
if (conflicts.length > 0) {
  fail(
    `These files of the product were changed on both sides:\n${conflicts.map((file) => `  ${file}`).join('\n')}\n` +
      'Resolve them and run: git commit. To return to where you were: git merge --abort',
  );
}
git('commit', '--quiet', '--no-edit', '--message', `chore: merge ${version} of the product`);
process.stdout.write(`Merged ${version}. Next: npx -y pnpm@12 check && npx -y pnpm@12 test\n`);

/** Merges without a commit. Exit code 1 means conflicts, perhaps only in files of the team; without MERGE_HEAD nothing was merged. */
function merge() {
  const { status, signal } = spawnSync(
    'git',
    ['merge', '--no-commit', '--no-ff', '--quiet', version],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if ((status === 0 || status === 1) && isCommit('MERGE_HEAD')) return;
  const how = signal === null ? `failed with exit code ${status}` : `was ended by ${signal}`;
  fail(
    `git merge ${how}. Nothing was committed, and there were no uncommitted changes before it.\n` +
      'To return to where you were: git reset --hard HEAD',
  );
}

function keepTeamFiles() {
  const patterns = lines(readFileSync('.gitattributes', 'utf8'))
    .map((line) => /^(\S+) merge=ours$/.exec(line)?.[1])
    .filter((pattern) => pattern !== undefined);
  // A pattern names a file, or a folder with all that is in it.
  const isTeams = (file) =>
    patterns.some((pattern) =>
      pattern.endsWith('/**') ? file.startsWith(pattern.slice(0, -2)) : file === pattern,
    );
  const kept = lines(git('ls-tree', '-r', '--name-only', 'HEAD')).filter(isTeams);
  // ls-files lists a file once for each side of a conflict.
  const merged = new Set(lines(git('ls-files')).filter(isTeams));
  const unwanted = [...merged].filter((file) => !kept.includes(file));
  if (unwanted.length > 0) git('rm', '--quiet', '--force', '--', ...unwanted);
  git('checkout', 'HEAD', '--', ...kept);
}

function isCommit(name) {
  return spawnSync('git', ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]).status === 0;
}

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { runLine } from '../../test/run-line.ts';
import { definitions } from '../definitions.ts';
import { findCandidates } from './find-candidates.ts';

const context = {
  contract,
  environmentsDirectory: FIXTURE_ENVIRONMENTS,
  variables: {},
};

/** The words of a line, and the one in which `|` stands for the cursor. */
function queryOf(line: string) {
  const words = line.split(' ');
  const position = words.findIndex((word) => word.endsWith('|'));
  return {
    words: words.map((word) => word.replace(/\|$/, '')),
    position,
    definitions,
    context,
  };
}

test.each([
  ['ex|', ['explain']],
  ['compl|', ['completion']],
  ['help roll|', ['rollback']],
  ['nope --env |', []],
  ['list --env l|', ['local']],
  ['list -e l|', ['local']],
  ['list --env=l|', ['--env=local']],
  ['explain --env local pay|', ['payments']],
  ['explain --env=local pay|', ['payments']],
  ['explain --env local payments bill|', ['billing-worker']],
  ['explain payments b| --env local', ['billing-worker']],
  ['explain payments b| --scope orders/read --env=local', ['billing-worker']],
  ['explain payments --env local --scope orders/read rep|', ['report-viewer']],
  ['explain payments bill|', []],
  ['explain payments --scope b| --env local', []],
  ['who custom:role --env local --pool p|', ['payments']],
  ['who custom:role --pool=p| --env local', ['--pool=payments']],
  ['set --env local --yes payments billing-worker custom:r|', ['custom:role']],
  [
    'set payments dispatcher limits.b|',
    ['limits.burst', 'limits.burst.calls', 'limits.burst.seconds'],
  ],
  ['completion z|', ['zsh']],
  ['explain --sc|', ['--scope']],
  ['list --lo|', ['--local-url']],
  ['list --h|', ['--help']],
  ['list --env broken pay|', []],
])('"%s" offers %j', async (line, expected) => {
  expect(await findCandidates(queryOf(line))).toEqual(expected);
});

test('completion offers every command but the one that the scripts call', async () => {
  const offered = await findCandidates(queryOf('|'));

  expect(offered).toEqual(expect.arrayContaining(['list', 'completion', 'help']));
  expect(offered).not.toContain('complete');
});

test.each([
  [['--at', '2', '--', 'explain', 'payments', 'b', '--env', 'local'], ['billing-worker']],
  [['--', 'completion', 'z'], ['zsh']],
])('m2m complete %j answers in JSON', async (argv, candidates) => {
  const place = ['--json', '--environments', FIXTURE_ENVIRONMENTS];

  const { stdout } = await runLine(['complete', ...place, ...argv]);

  expect(JSON.parse(stdout)).toEqual({ candidates });
});

test.each(['bash', 'zsh', 'fish'])('completion prints the script of %s', async (shell) => {
  const { exitCode, stdout } = await runLine(['completion', shell]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain('m2m complete --at ');
});

test('another shell is an error', async () => {
  const { exitCode, stderr } = await runLine(['completion', 'csh']);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('bash, zsh, fish');
});

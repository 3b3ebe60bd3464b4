import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';
import { readCommandLine } from './command-line.ts';

const BENCH = { name: 'bench:example', description: 'Measures nothing.' };
const ROUNDS = { rounds: { description: 'how often', full: 21 } };

function run(script: string, ...words: string[]): string {
  const options = { cwd: repositoryRoot, encoding: 'utf8', stdio: 'pipe' } as const;
  return execFileSync(process.execPath, ['--import', 'tsx', script, ...words], options);
}

describe('the command line of a benchmark', () => {
  test('the command line of a benchmark has counts of its own, with which the run is a full one', () => {
    expect(readCommandLine(BENCH, ROUNDS, [])).toEqual({
      counts: { rounds: 21 },
      only: undefined,
      isFull: true,
    });
  });

  test('the command line of a benchmark takes a smaller count for a quick look, which does not count as a full run', () => {
    const { counts, isFull } = readCommandLine(BENCH, ROUNDS, ['--rounds', '3']);

    expect([counts, isFull]).toEqual([{ rounds: 3 }, false]);
  });

  test('the command line of a benchmark takes a part, which does not count as a full run', () => {
    const bench = { ...BENCH, parts: ['half'] };

    const { only, isFull } = readCommandLine(bench, ROUNDS, ['--only', 'half']);

    expect([only, isFull]).toEqual(['half', false]);
  });

  test('the command line of a benchmark explains itself without measuring anything', () => {
    expect(run('tests/bench/synth/run.ts', '--help')).toMatch(/^Usage: npx -y pnpm@12 bench:synth/);
  });

  test.each([
    ['--rounds', '0', "option '--rounds <count>' argument '0' is invalid"],
    ['--rounds', 'many', "option '--rounds <count>' argument 'many' is invalid"],
    ['--turns', '3', "unknown option '--turns'"],
  ])(
    'the command line of a benchmark is refused with what is wrong, and without a stack: %s %s',
    (option, value, message) => {
      expect(() => run('tests/bench/synth/run.ts', option, value)).toThrow(
        expect.objectContaining({
          status: 1,
          stderr: expect.stringMatching(
            new RegExp(`^error: ${message.replace(/[()]/g, '\\$&')}[^\\n]*\\n$`),
          ),
        }),
      );
    },
  );
});

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { flagsOf } from './completion/find-candidates.ts';
import { definitions } from './definitions.ts';
import type { CommandDefinition } from './frame/command.ts';
import { parseCommandLine } from './run.ts';

const ROOT = new URL('../../../', import.meta.url);
const DOCS = await readdir(new URL('docs/', ROOT));
const FILES = [
  'README.md',
  ...DOCS.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`),
];

/** Words of a line as a shell reads them: spaces apart, quotes off. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

function parse(argv: readonly string[]) {
  const silent = { write: () => {}, writeError: () => {} };
  return parseCommandLine(argv, definitions, silent, 100);
}

/** What a command receives from a line. */
function inputOf(line: string): unknown {
  const { definition, parsed } = parse(wordsOf(line));
  return definition.input(parsed);
}

const change = { poolName: 'payments', clientName: 'worker', reason: 'why', isConfirmed: false };
const client = { poolName: 'payments', clientName: 'worker' };

describe('a command line reaches its command', () => {
  test.each<[string, object]>([
    ['list', { poolName: undefined }],
    ['list payments', { poolName: 'payments' }],
    ['explain payments worker', { ...client, scopes: [], metadata: [], at: undefined }],
    [
      'explain payments worker -s a/b --scope c/d -m k=v --metadata l=w --at +2h',
      { ...client, scopes: ['a/b', 'c/d'], metadata: ['k=v', 'l=w'], at: '+2h' },
    ],
    ['who tier=free', { claim: 'tier=free', poolName: undefined }],
    ['who tier --pool payments', { claim: 'tier', poolName: 'payments' }],
    ['plan payments', { poolName: 'payments' }],
    [
      'set payments worker tier=free a=b --reason why',
      { ...change, claims: ['tier=free', 'a=b'], expiresIn: undefined },
    ],
    [
      'set payments worker tier=free --expires-in 2h -r why -y',
      { ...change, isConfirmed: true, claims: ['tier=free'], expiresIn: '2h' },
    ],
    ['unset payments worker tier a -r why', { ...change, names: ['tier', 'a'] }],
    ['history payments worker', client],
    ['rollback payments worker --to 3 --reason why', { ...change, to: '3' }],
    ['disable payments worker --reason why --yes', { ...change, isConfirmed: true }],
    ['enable payments worker --reason why', change],
    ['doctor', { isFix: false, isConfirmed: false, secretDays: 90, expiryDays: 7 }],
    [
      'doctor payments --fix --yes --secret-days 30 --expiry-days 14',
      { poolName: 'payments', isFix: true, isConfirmed: true, secretDays: 30, expiryDays: 14 },
    ],
    ['token payments worker', { ...client, isAll: false, scopes: [], metadata: [] }],
    ['token --all -s a/b -m k=v', { isAll: true, scopes: ['a/b'], metadata: ['k=v'] }],
    [
      'rotate payments worker',
      {
        ...client,
        isStatus: false,
        isWaiting: false,
        isForReaders: false,
        isConfirmed: false,
        graceSeconds: 86_400,
        isGraceSkipped: false,
        minimumAgeSeconds: 0,
      },
    ],
    [
      'rotate payments worker --status --wait --yes --grace-period 12h --older-than 90d',
      {
        isStatus: true,
        isWaiting: true,
        isForReaders: false,
        isConfirmed: true,
        graceSeconds: 43_200,
        minimumAgeSeconds: 7_776_000,
      },
    ],
    ['rotate payments worker --retire-now', { isGraceSkipped: true }],
    ['rotate payments worker --wait-for-readers', { isForReaders: true, isWaiting: false }],
    [
      'import a=eu-central-1_A eu-central-1_B --env x --out - --force --table t --owner o --default a=b --default c=d',
      {
        pools: ['a=eu-central-1_A', 'eu-central-1_B'],
        environmentName: 'x',
        file: '-',
        isForced: true,
        tableName: 't',
        owner: 'o',
        defaults: ['a=b', 'c=d'],
      },
    ],
    ['complete --at 1 -- list --env', { words: ['list', '--env'], position: '1' }],
  ])('%s', (line, expected) => {
    expect(inputOf(line)).toMatchObject(expected);
  });

  const onEnvironment = definitions.filter(({ needs }) => needs === 'environment');
  test.each(onEnvironment.map((definition) => [definition.name, definition] as const))(
    '%s takes the options that say where',
    (_name, definition) => {
      const place = wordsOf(
        '-e dev --local-url http://127.0.0.1:1 --environments folder --aws --json',
      );

      const { parsed } = parse([...shortestLine(definition), ...place]);

      const names = ['env', 'localUrl', 'environments'];
      expect(names.map(parsed.option)).toEqual(['dev', 'http://127.0.0.1:1', 'folder']);
      expect(['aws', 'json'].map(parsed.flag)).toEqual([true, true]);
    },
  );
});

/** The command with what it can't do without. */
function shortestLine({ name, arguments: positionals, options }: CommandDefinition): string[] {
  const required = options.filter(({ isRequired }) => isRequired);
  return [
    name,
    ...positionals.filter(({ syntax }) => syntax.startsWith('<')).map(() => 'a'),
    ...required.flatMap((option) => [flagsOf(option).at(-1) ?? '', '1']),
  ];
}

describe('what is written down can be run', () => {
  const examples = definitions.flatMap((definition) => definition.examples);

  test.each(examples.map(({ command }) => command))('the example %s', (command) => {
    const line = /m2m ([^")|>]*(?:"[^"]*"[^")|>]*)*)/.exec(command)?.[1] ?? '';

    expect(() => inputOf(line)).not.toThrow();
  });

  test.each(FILES)('every m2m line of %s', async (file) => {
    for (const line of await m2mLinesOf(file)) expect(() => inputOf(line)).not.toThrow();
  });

  test('there are such lines', async () => {
    const lines = await Promise.all(FILES.map(m2mLinesOf));

    expect(lines.flat().length).toBeGreaterThan(5);
  });
});

/** Lines of fenced blocks that call m2m; those with placeholders only show the syntax. */
async function m2mLinesOf(file: string): Promise<string[]> {
  const text = await readFile(fileURLToPath(new URL(file, ROOT)), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|text)\n([\s\S]*?)^```/gm)].map(
    ([, body = '']) => body,
  );
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .flatMap((line) => /^(?:.*\bpnpm@12 |node .*\/)?m2m(?:\.mjs)? (.*)$/.exec(line)?.[1] ?? [])
    .filter((line) => !/[<[…]/.test(line))
    .map((line) => line.replace(/\s+[#|>].*$/, ''));
}

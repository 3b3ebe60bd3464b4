import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFork, type Fork } from '../adopter/fork.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { findPnpm, withPnpm } from '../support/pnpm.ts';
import { repositoryRoot } from '../support/repository.ts';
import { requiredTools } from '../support/tools.ts';

/** A block of the tutorial: commands to run, lines to put into a file, or what the commands before it print. */
interface Step {
  readonly section: string;
  readonly kind: 'commands' | 'lines' | 'output';
  readonly text: string;
  /** The last TypeScript file that the page named before the block. */
  readonly file: string;
}

const STEP_TIMEOUT_MS = 480_000;

/** Where the page says that its lines go. */
const ANCHORS: { readonly [file: string]: string } = {
  'packages/contract/src/contract.ts': 'defineContract({\n',
  'infra/environments/local.ts': 'clients: {\n',
};

/** A trial as small as it gets: one pool, one client. */
const TRIAL: EnvironmentInput = {
  name: 'trial',
  region: 'eu-central-1',
  owner: 'platform',
  isDisposable: true,
  pools: {
    payments: {
      description: 'Services of the payments domain',
      domainPrefix: 'm2m-trial-{accountId}',
      resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read orders' } } },
      defaults: { claims: { environment: 'trial' } },
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read'],
          claims: { tier: 'premium' },
        },
      },
    },
  },
};

/** A carriage return, and the dots of which spinners are made. */
const FRAMES = /[\r\u2800-\u28ff]/;

const PAGE = await readFile(join(repositoryRoot, 'docs/tutorial.md'), 'utf8');
const STEPS = readSteps(PAGE);
const tools = await requiredTools();

// One life, in the order of the page, from a fresh clone to the destroyed environment.
(tools === undefined ? describe.skip : describe)('the tutorial', () => {
  let fork: Fork;
  let aws: LocalAws | undefined;
  let server: Running | undefined;
  let api: Running | undefined;
  /** What local Cognito printed at its start, and its address. */
  let started = '';
  let localUrl = '';

  beforeAll(async () => {
    fork = await createFork();
    await writeSample(fork.directory);
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all([server?.stop(), api?.stop()]);
    await aws?.close();
    await fork?.remove();
  }, STEP_TIMEOUT_MS);

  const step = (name: string, run: () => Promise<void>) => test(name, run, STEP_TIMEOUT_MS);
  const stepsOf = (section: string) => STEPS.filter((each) => each.section.startsWith(section));

  /** Runs commands of the page, each with what a person at a terminal adds. */
  async function runM2m(line: string): Promise<string> {
    const answer = /m2m (?:set|disable|enable) /.test(line) ? ['--yes'] : [];
    return fork.pnpm(...words(line), ...answer, '--local-url', localUrl);
  }

  step('1. the demo shows a token without and with its claims', async () => {
    await runInOrder(stepsOf('1.'), (line) => fork.pnpm(...words(line)));
  });

  step('2. a claim of the page becomes part of the contract', async () => {
    const [claim, ...others] = stepsOf('2.');
    await insert(fork.directory, claim);

    await runInOrder(others, (line) => fork.pnpm(...words(line)));

    const snapshot = await readFile(
      join(fork.directory, 'packages/contract/contract.snapshot.json'),
      'utf8',
    );
    expect(snapshot).toContain('cost_center');
  });

  step('3. a wrong value of the claim is refused with its place, a right one starts', async () => {
    const [client, start, refusal, ready] = stepsOf('3.');
    await insert(fork.directory, client, ["'cc-4711'", "'cc-47'"]);
    const refused = await fork
      .pnpm(...words(start?.text), '--port', '0')
      .catch((error: Error) => error.message);
    await replaceIn(fork.directory, client, ["'cc-47'", "'cc-4711'"]);
    server = await startProgram(await findPnpm(), [...words(start?.text), '--port', '0']);

    started = await server.waitFor(/Press Ctrl-C/);

    localUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(started)?.[0] ?? '';
    expectOutput(refusal, refused);
    expectOutput(ready, started.replaceAll(localUrl, 'http://127.0.0.1:8787'));
  });

  step('4. explain and a real token say the same', async () => {
    await runInOrder(stepsOf('4.'), runM2m);
  });

  step('5. an override changes the token, and a disabled client gets none', async () => {
    await runInOrder(stepsOf('5.'), runM2m);
  });

  step('6. an API reads the claim, and refuses a token that somebody has changed', async () => {
    const [code, start, ready, calls, answers] = stepsOf('6.');
    await writeFile(join(fork.directory, code?.file ?? ''), code?.text ?? '');
    const [issuer = ''] = /http:\/\/127\.0\.0\.1:\d+\/eu-central-1_\w+/.exec(started) ?? [];
    const [curl = ''] = /curl -X POST .*/.exec(started) ?? [];
    const port = String(await findFreePort());
    const [program = '', ...args] = (start?.text ?? '')
      .trim()
      .replace('<issuer>', issuer)
      .split(' ');
    api = await startProgram(program, [...args, port]);

    expectOutput(ready, await api.waitFor(/ready/));
    const script = (calls?.text ?? '')
      .replace('<the curl command>', curl)
      .replaceAll(':3000', `:${port}`);
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);

    expectOutput(answers, stdout);
  });

  step('7. a trial is deployed, planned and destroyed', async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    Object.assign(process.env, aws.env);

    await runInOrder(stepsOf('7.'), async (line) => {
      // The one command that needs a token endpoint of AWS; tests/cli-aws runs it against local Cognito.
      if (line.includes('m2m token')) return '';
      const isTerraform = line.includes('cdktf');
      const unattended = isTerraform ? ['--auto-approve', '--skip-provider-lock'] : [];
      const printed = await fork.pnpm(...words(line), ...unattended);
      // For a pipe: nothing draws over a line, as a spinner does on a terminal.
      expect(printed).toBe(stripVTControlCharacters(printed));
      expect(printed).not.toMatch(FRAMES);
      return printed;
    });
  });

  /** Starts what stays up, of its own process group, as a terminal starts it: so that Ctrl-C reaches all of it. */
  async function startProgram(program: string, args: readonly string[]): Promise<Running> {
    const { NODE_OPTIONS: _fixtures, ...variables } = process.env;
    const env = await withPnpm(variables);
    return run(spawn(program, args, { cwd: fork.directory, env, detached: true }));
  }
});

/** Runs the commands of a part in their order; what they print is compared with the block behind them. */
async function runInOrder(
  steps: readonly Step[],
  runLine: (line: string) => Promise<string>,
): Promise<void> {
  let printed = '';
  for (const each of steps) {
    if (each.kind === 'output') {
      expectOutput(each, printed);
      continue;
    }
    printed = '';
    for (const line of each.text.split('\n').filter(Boolean)) printed += await runLine(line);
  }
}

/** Every line of the block is a part of what was printed; how far columns are apart does not matter. */
function expectOutput(block: Step | undefined, printed: string): void {
  const plain = (text: string) => text.trim().replaceAll(/ +/g, ' ');
  const lines = (block?.text ?? '').split('\n').map(plain).filter(Boolean);
  const missing = lines.filter((line) => !plain(printed).includes(line));
  expect(lines).not.toEqual([]);
  expect({ missing, printed }).toEqual({ missing: [], printed });
}

/** A program that stays up. */
interface Running {
  /** Resolves with what it printed so far, once that holds the pattern. */
  waitFor(pattern: RegExp): Promise<string>;
  stop(): Promise<void>;
}

function run(child: ChildProcess): Running {
  let output = '';
  const look = (chunk: Buffer) => {
    output += chunk;
    child.emit('look');
  };
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  return {
    async waitFor(pattern) {
      while (!pattern.test(output)) {
        if (child.exitCode !== null) throw new Error(`It ended:\n${output}`);
        await Promise.race([once(child, 'look'), once(child, 'close')]);
      }
      return output;
    },
    async stop() {
      if (child.pid === undefined || child.exitCode !== null) return;
      process.kill(-child.pid, 'SIGINT');
      await once(child, 'close');
    },
  };
}

test('every command of the tutorial is followed by what it prints, but for the last of part 5', () => {
  const silent = STEPS.filter(
    ({ kind }, index) => kind === 'commands' && STEPS[index + 1]?.kind !== 'output',
  );

  expect(silent.map(({ section, text }) => [section.slice(0, 2), text.split(' ')[4]])).toEqual([
    ['5.', 'enable'],
  ]);
  expect(new Set(STEPS.map(({ section }) => section.slice(0, 2))).size).toBe(7);
});

function readSteps(page: string): Step[] {
  return page.split(/^## /m).flatMap((part) => {
    const section = part.slice(0, part.indexOf('\n'));
    let hasCommands = false;
    return [...part.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map((match) => {
      const [, language, text = ''] = match;
      hasCommands ||= language === 'sh';
      const named = part.slice(0, match.index).match(/(?:packages|infra)\/[\w/.-]+\.ts/g);
      const kind = language === 'sh' ? 'commands' : hasCommands ? 'output' : 'lines';
      return { section, kind, text, file: named?.at(-1) ?? '' } as const;
    });
  });
}

/** The words of a command line after `npx -y pnpm@12`, without quotes. */
function words(line = ''): string[] {
  const [, command = ''] = /npx -y pnpm@12 (.*)/.exec(line) ?? [];
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** The sample that the page was written for, whatever a team has put in its place. */
async function writeSample(directory: string): Promise<void> {
  const contract = join(repositoryRoot, 'packages/claim-schema/test/fixtures.ts');
  const source = (await readFile(contract, 'utf8')).replace(
    '../src/contract-definition.ts',
    '@cognito-m2m/claim-schema',
  );
  const types = `${source}\nexport type ContractClaims = ClaimsOf<typeof contract>;\n`;
  await writeFile(
    join(directory, 'packages/contract/src/contract.ts'),
    types.replace('{ defineContract }', '{ type ClaimsOf, defineContract }'),
  );
  const consumers = join(directory, 'packages/contract/consumers');
  await rm(consumers, { recursive: true, force: true });
  await rm(join(directory, 'packages/contract/contract.snapshot.json'));
  const environments = join(directory, 'infra/environments');
  for (const file of await readdir(environments)) await rm(join(environments, file));
  for (const file of ['_shared-defaults.ts', 'local.ts']) {
    await copyEnvironment(join(FIXTURE_ENVIRONMENTS, file), join(environments, file));
  }
  await writeFile(
    join(environments, 'trial.ts'),
    `import { defineEnvironment } from '@cognito-m2m/contract';\nexport default defineEnvironment(${JSON.stringify(TRIAL)});\n`,
  );
}

async function copyEnvironment(from: string, to: string): Promise<void> {
  const source = await readFile(from, 'utf8');
  await writeFile(
    to,
    source.replaceAll('@cognito-m2m/environment/fixtures', '@cognito-m2m/contract'),
  );
}

async function insert(
  directory: string,
  step: Step | undefined,
  [from, to]: readonly [string, string] = ['', ''],
): Promise<void> {
  const anchor = ANCHORS[step?.file ?? ''];
  if (step === undefined || anchor === undefined) throw new Error('The page names no file.');
  const lines = step.text.replace(from, to);
  await replaceIn(directory, step, [anchor, `${anchor}${lines}`]);
}

async function replaceIn(
  directory: string,
  step: Step | undefined,
  [from, to]: readonly [string, string],
): Promise<void> {
  const file = join(directory, step?.file ?? '');
  const source = await readFile(file, 'utf8');
  if (!source.includes(from)) throw new Error(`${step?.file} does not contain ${from}`);
  await writeFile(
    file,
    source.replace(from, () => to),
  );
}

/** A port that was free a moment ago. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFork, type Fork } from '../adopter/fork.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { findPnpm } from '../support/pnpm.ts';
import { repositoryRoot } from '../support/repository.ts';
import { requiredTools } from '../support/tools.ts';

/** A block of the tutorial: commands to run, or lines to put into a file. */
interface Step {
  readonly section: string;
  readonly language: string;
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

const PAGE = await readFile(join(repositoryRoot, 'docs/tutorial.md'), 'utf8');
const STEPS = readSteps(PAGE);
const tools = await requiredTools();

// One life, in the order of the page, from a fresh clone to the destroyed environment.
(tools === undefined ? describe.skip : describe)('the tutorial', () => {
  let fork: Fork;
  let aws: LocalAws | undefined;
  let server: ChildProcess | undefined;
  let localUrl = '';

  beforeAll(async () => {
    fork = await createFork();
    await writeSample(fork.directory);
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    if (server?.pid !== undefined) {
      process.kill(-server.pid, 'SIGINT');
      await once(server, 'close');
    }
    await aws?.close();
    await fork?.remove();
  }, STEP_TIMEOUT_MS);

  const step = (name: string, run: () => Promise<void>) => test(name, run, STEP_TIMEOUT_MS);
  const stepsOf = (section: string) => STEPS.filter((each) => each.section.includes(section));

  step('the demo shows a token without and with its claims', async () => {
    expect(await fork.pnpm(...words(stepsOf('1.')[0]?.text))).toContain('aws-jwt-verify');
  });

  step('a claim of the page becomes part of the contract', async () => {
    const [claim, check] = stepsOf('2.');
    await insert(fork.directory, claim);

    await fork.pnpm(...words(check?.text));

    const snapshot = await readFile(
      join(fork.directory, 'packages/contract/contract.snapshot.json'),
      'utf8',
    );
    expect(snapshot).toContain('cost_center');
  });

  step('a wrong value of the claim is refused with its place, a right one starts', async () => {
    const [client, start] = stepsOf('3.');
    await insert(fork.directory, client, ["'cc-4711'", "'cc-47'"]);
    const refused = await fork
      .pnpm(...words(start?.text), '--port', '0')
      .catch((error: Error) => error.message);
    await replaceIn(fork.directory, client, ["'cc-47'", "'cc-4711'"]);
    server = await startServer(fork.directory, words(start?.text));

    localUrl = await findUrl(server);

    expect(refused).toContain('price-updater.claims.cost_center');
  });

  step('each command of the page does what the page says', async () => {
    const shown = [...stepsOf('4.'), ...stepsOf('5.')];
    const lines = textOf(shown, 'sh');
    const outputs: string[] = [];
    for (const line of lines.filter((each) => each !== '')) {
      // A person at a terminal answers the question.
      const answer = /m2m (?:set|disable|enable) /.test(line) ? ['--yes'] : [];
      outputs.push(await fork.pnpm(...words(line), ...answer, '--local-url', localUrl));
    }

    const [list, explain, token, set, history, disable, denied, enable] = outputs;
    expect(list).toContain('price-updater');
    expect(explain).toContain('cc-4711');
    expect(token).toContain('cost_center');
    expect(set).toContain('cc-0001');
    expect(history).toContain('a test');
    expect(disable).toContain('ERR_CLIENT_DISABLED');
    expect(denied).toContain('ERR_CLIENT_DISABLED');
    expect(enable).toContain('cc-0001');
    const printed = outputs.join('\n').replaceAll(/ +/g, ' ');
    const expected = textOf(shown, 'text').map((line) => line.trim().replaceAll(/ +/g, ' '));
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.filter((line) => !printed.includes(line))).toEqual([]);
  });

  step('a trial is deployed, planned and destroyed', async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    Object.assign(process.env, aws.env);
    const commands = stepsOf('7.').flatMap(({ text }) => text.split('\n').filter(Boolean));
    const outputs: string[] = [];
    for (const command of commands) {
      // The one command that needs a token endpoint of AWS; tests/cli-aws runs it against local Cognito.
      if (command.includes('m2m token')) continue;
      const isTerraform = command.includes('cdktf');
      const unattended = isTerraform ? ['--auto-approve', '--skip-provider-lock'] : [];
      outputs.push(await fork.pnpm(...words(command), ...unattended));
    }

    expect(commands).toHaveLength(4);
    expect(outputs[0]).toContain('Apply complete');
    expect(outputs[1]).toContain('No changes');
    expect(outputs[2]).toMatch(/0 added, 0 changed, [1-9]\d* destroyed/);
  });
});

test('the tutorial has a command in each of its parts', () => {
  expect(STEPS.map(({ section }) => section.slice(0, 2))).toEqual([
    '1.',
    '2.',
    '2.',
    '3.',
    '3.',
    '4.',
    '4.',
    '5.',
    '5.',
    '7.',
  ]);
});

function readSteps(page: string): Step[] {
  return page.split(/^## /m).flatMap((part) => {
    const section = part.slice(0, part.indexOf('\n'));
    return [...part.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map((match) => ({
      section,
      language: match[1] ?? '',
      text: match[2] ?? '',
      file:
        part
          .slice(0, match.index)
          .match(/(?:packages|infra)\/[\w/.-]+\.ts/g)
          ?.at(-1) ?? '',
    }));
  });
}

/** The lines of the blocks in one language. */
function textOf(steps: readonly Step[], language: string): string[] {
  return steps.filter((step) => step.language === language).flatMap(({ text }) => text.split('\n'));
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

/** Starts what stays up, on a free port. */
async function startServer(cwd: string, command: readonly string[]): Promise<ChildProcess> {
  const { NODE_OPTIONS: _fixtures, ...env } = process.env;
  // Of its own process group, as a terminal starts it, so that Ctrl-C reaches all of it.
  return spawn(await findPnpm(), [...command, '--port', '0'], { cwd, env, detached: true });
}

async function findUrl(server: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer) => {
      output += chunk;
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      // The first address comes with the clients, once the server takes requests.
      if (url !== undefined && /curl /.test(output)) resolve(url);
    };
    server.stdout?.on('data', look);
    server.stderr?.on('data', look);
    server.once('close', () => reject(new Error(`start ended:\n${output}`)));
  });
}

import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { EnvironmentError } from '@cognito-m2m/environment';
import { anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { InfraError } from '../errors.ts';
import { type Operator, runCommand } from './run-command.ts';

/** The process imports CDKTF, which takes seconds on a busy machine. */
const RUN_TIMEOUT_MS = 120_000;

const started = process.cwd();
const root = realpathSync(mkdtempSync(join(tmpdir(), 'm2m-command-')));
const infra = join(root, 'infra');
const log = join(root, 'terraform.log');
const program = join(root, 'terraform');

/** Stands in for Terraform: writes down what it was asked for, and ends as `ENDS` says for a stack and command. */
const TERRAFORM = `#!${process.execPath}
const { appendFileSync, writeFileSync } = require('node:fs');
const { basename } = require('node:path');
const [command] = process.argv.slice(2);
const stack = basename(process.cwd());
appendFileSync(${JSON.stringify(log)}, stack + ' ' + process.argv.slice(2).join(' ') + '\\n');
const ending = JSON.parse(process.env.ENDS)[stack + ' ' + command];
if (command === 'plan') writeFileSync('m2m.tfplan', 'secret');
if (command === 'show') console.log(process.env.PLAN ?? '{}');
else if (command === 'output') console.log(process.env.OUTPUTS ?? '{}');
else console.log(command + ' begins\\n' + command + ' output of ' + stack);
if (typeof ending === 'string' && ending.startsWith('SIG')) process.kill(process.pid, ending);
else if (typeof ending === 'string') { console.error('Error: ' + ending); process.exitCode = 1; }
else process.exitCode = ending ?? (command === 'plan' ? 2 : 0);
`;

beforeAll(() => {
  mkdirSync(join(infra, 'environments'), { recursive: true });
  // Environment files are ES modules whatever the package.json above them says.
  writeFileSync(join(infra, 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(program, TERRAFORM, { mode: 0o755 });
  const theirs = (id: string) => ({ existing: { userPoolId: `eu-central-1_${id}` }, clients: {} });
  for (const [name, others] of [
    ['dev', {}],
    ['trial', {}],
    ['trial-two', {}],
    ['trial-theirs', { crm: theirs('Crm00001'), shop: theirs('Shop0002') }],
  ] as const) {
    const pools = {
      payments: aPool({ domainPrefix: `acme-${name}-payments` }),
      logistics: aPool({ domainPrefix: `acme-${name}-logistics` }),
      ...others,
    };
    const data = JSON.stringify(anEnvironment({ name, isDisposable: name !== 'dev', pools }));
    const text = `import { defineEnvironment } from '@cognito-m2m/contract';\nexport default defineEnvironment(${data});\n`;
    writeFileSync(join(infra, 'environments', `${name}.ts`), text);
  }
});
afterAll(() => {
  process.chdir(started);
  rmSync(root, { recursive: true });
});

const NOT_THERE = { 'x-amzn-errortype': 'ResourceNotFoundException' };
const empty = createServer((_request, response) => response.writeHead(404, NOT_THERE).end('{}'));
let emptyAws = '';
beforeAll(async () => {
  await new Promise<void>((listening) => empty.listen(0, '127.0.0.1', listening));
  emptyAws = `http://127.0.0.1:${(empty.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((closed) => empty.close(closed)));

interface World {
  readonly ends?: { readonly [stackAndCommand: string]: string | number | undefined };
  readonly plan?: string;
  /** The environment that may lose its protection. */
  readonly retired?: string;
  /** The address of AWS. @default one where nothing was deployed yet */
  readonly aws?: string;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: string[];
}

/** What the fake Terraform and the clients of AWS find. */
function variables({ ends = {}, plan = '{}', aws = emptyAws, retired }: World) {
  return {
    ...(retired && { M2M_RETIRE: retired }),
    TERRAFORM_BINARY_NAME: program,
    ENDS: JSON.stringify(ends),
    PLAN: plan,
    AWS_ENDPOINT_URL: aws,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_MAX_ATTEMPTS: '1',
  };
}

/** Runs the command in this process: its own would import CDKTF each time. */
async function run(words: readonly string[], world: World = {}): Promise<Ended> {
  rmSync(log, { force: true });
  delete process.env['M2M_RETIRE'];
  Object.assign(process.env, variables(world));
  process.chdir(root);
  const printed = { stdout: '', stderr: '' };
  const operator: Operator = {
    print: (line, isError) => {
      // Depends on today's date; held by the tests of `runtimeNotice`.
      if (!line.startsWith('Note: AWS Lambda ')) {
        printed[isError ? 'stderr' : 'stdout'] += `${line}\n`;
      }
    },
    confirm: async (question) => {
      throw new InfraError('ERR_INFRA_NOT_CONFIRMED', `Asked: ${question}`);
    },
    hasColors: false,
    stop: new AbortController().signal,
  };
  const exitCode = await runCommand(words, contract, operator).then(
    () => 0,
    (error: unknown) => {
      if (!(error instanceof EnvironmentError || error instanceof InfraError)) throw error;
      operator.print(error.message, true);
      return 1;
    },
  );
  return { exitCode, ...printed, calls: readCalls() };
}

/** Runs the command as the scripts do. */
function start(words: readonly string[], world: World = {}): Promise<Ended> {
  rmSync(log, { force: true });
  const command = fileURLToPath(new URL('cdktf.ts', import.meta.url));
  const argv = ['--import', createRequire(import.meta.url).resolve('tsx'), command, ...words];
  const env = { ...process.env, ...variables(world) };
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: root, env }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code ?? -1);
      const said = stderr.replace(/^Note: AWS Lambda .*\n/gm, '');
      resolve({ exitCode, stdout, stderr: said, calls: readCalls() });
    });
  });
}

function readCalls(): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

const step = (name: string, check: () => Promise<void>) => test(name, check, RUN_TIMEOUT_MS);
const planFile = (stack: string) =>
  join(infra, 'cdktf.out', 'trial', 'stacks', stack, 'm2m.tfplan');
const words = (calls: readonly string[]) =>
  calls.map((call) => call.split(' ').slice(0, 2).join(' '));

describe('the cdktf command', () => {
  step('synth writes each environment into a folder of its own', async () => {
    const { exitCode, stdout, stderr, calls } = await start(['synth', 'trial']);
    await run(['synth', 'trial-two']);

    const config = (name: string) =>
      join(infra, 'cdktf.out', name, 'stacks', `${name}-pool-payments`, 'cdk.tf.json');
    expect([config('trial'), config('trial-two')].map(existsSync)).toEqual([true, true]);
    expect(stdout).toMatch(/^Wrote 3 stacks to .*: trial-claims, trial-pool-payments, /);
    expect({ exitCode, stderr, calls }).toEqual({ exitCode: 0, stderr: '', calls: [] });
  });

  step('deploy that finds the state locked names who holds it and how to release it', async () => {
    const locked = [
      'Error acquiring the state lock',
      '\u2502 Lock Info:',
      '\u2502   ID:        6ba7b810-9dad-11d1-80b4-00c04fd430c8',
      '\u2502   Who:       ci@runner-7',
      '\u2502   Created:   2026-11-28 01:02:03.4 +0000 UTC',
    ].join('\n');

    const { exitCode, stderr } = await run(['deploy', 'trial-claims', '--auto-approve'], {
      ends: { 'trial-claims plan': locked },
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'A run of ci@runner-7 holds the lock of this state since 2026-11-28 01:02:03.4',
    );
    expect(stderr).toMatch(
      /terraform -chdir=\S*trial-claims force-unlock 6ba7b810-9dad-11d1-80b4-00c04fd430c8\n/,
    );
  });

  step('list prints the stacks and writes nothing', async () => {
    const { stdout, calls } = await run(['list', 'trial']);

    expect(stdout).toBe('trial-claims\ntrial-pool-payments\ntrial-pool-logistics\n');
    expect(calls).toEqual([]);
  });

  step('deploy applies the checked plan of each stack, the claims stack first', async () => {
    const { exitCode, stdout, stderr, calls } = await run([
      ...['deploy', 'trial-pool-payments', 'trial-claims', '--auto-approve'],
    ]);

    expect(words(calls)).toEqual([
      ...['init', 'plan', 'show', 'apply'].map((command) => `trial-claims ${command}`),
      ...['init', 'output', 'plan', 'show', 'apply'].map(
        (command) => `trial-pool-payments ${command}`,
      ),
    ]);
    expect(calls.at(-1)).toMatch(/ apply -input=false -no-color m2m\.tfplan$/);
    expect(stdout).toContain('apply output of trial-claims');
    expect(stdout).not.toContain('[ERROR]');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(existsSync(planFile('trial-claims'))).toBe(false);
  });

  step('deploy applies nothing where the plan is empty', async () => {
    const ends = { 'trial-claims plan': 0 };

    const { exitCode, calls } = await run(['deploy', 'trial-claims', '--auto-approve'], { ends });

    expect(words(calls)).not.toContain('trial-claims apply');
    expect(exitCode).toBe(0);
  });

  for (const [command, signal] of [
    ['init', 'SIGKILL'],
    ['plan', 'SIGSEGV'],
    ['apply', 'SIGKILL'],
    ['apply', 'SIGTERM'],
  ]) {
    step(`deploy fails and names the stack when ${signal} ends ${command}`, async () => {
      const ends = { [`trial-claims ${command}`]: signal };

      const { exitCode, stderr, calls } = await run(['deploy', 'trial-*', '--auto-approve'], {
        ends,
      });

      expect(exitCode).toBe(1);
      expect(stderr).toContain(`${command} of trial-claims was ended by ${signal}.`);
      expect(stderr).toContain('Not started: trial-pool-payments, trial-pool-logistics.');
      expect(calls.filter((call) => call.includes('trial-pool-'))).toEqual([]);
      expect(existsSync(planFile('trial-claims'))).toBe(false);
    });
  }

  step('deploy starts no other pool after one that failed', async () => {
    const ends = { 'trial-pool-payments apply': 'SIGKILL' };
    const words = ['deploy', 'trial-*', '--auto-approve', '--parallelism', '1'];

    const { exitCode, stderr } = await start(words, { ends });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('apply of trial-pool-payments was ended by SIGKILL.');
    expect(stderr).toContain('Deployed: trial-claims. Not started: trial-pool-logistics.');
  });

  step('destroy fails when a signal ends Terraform, and leaves the claims stack', async () => {
    const ends = { 'trial-pool-payments apply': 'SIGKILL' };

    const { exitCode, stderr, calls } = await run(['destroy', 'trial-*', '--auto-approve'], {
      ends,
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('apply of trial-pool-payments was ended by SIGKILL.');
    expect(calls.filter((call) => call.startsWith('trial-claims'))).toEqual([]);
  });

  step(
    'destroy needs M2M_RETIRE for an environment that is not disposable, in the deploy before it too',
    async () => {
      const all = ['dev-*', '--auto-approve'];

      const refused = await run(['destroy', ...all]);
      const deployed = await run(['deploy', ...all], { retired: 'dev' });
      const destroyed = await run(['destroy', ...all], { retired: 'dev' });

      expect(refused).toMatchObject({ exitCode: 1, calls: [] });
      expect(refused.stderr).toContain(
        "M2M_RETIRE=dev npx -y pnpm@12 cdktf deploy 'dev-*', then M2M_RETIRE=dev npx -y pnpm@12 cdktf destroy 'dev-*'",
      );
      for (const { exitCode, calls } of [deployed, destroyed]) {
        expect(exitCode).toBe(0);
        expect(words(calls)).toContain('dev-claims apply');
      }
      expect(destroyed.calls).toContainEqual(
        expect.stringMatching(/^dev-claims plan .* -destroy /),
      );
    },
  );

  step('deploy refuses a plan that would replace an app client, and applies nothing', async () => {
    const plan = JSON.stringify({
      resource_changes: [
        {
          type: 'aws_cognito_user_pool_client',
          address: 'x',
          index: 'worker',
          change: { actions: ['delete', 'create'], before: {} },
        },
      ],
    });

    const { exitCode, stderr, calls } = await run(
      ['deploy', 'trial-pool-payments', '--auto-approve'],
      { plan },
    );

    expect(exitCode).toBe(1);
    expect(stderr).toContain('It would replace app client "worker"');
    expect(words(calls)).not.toContain('trial-pool-payments apply');
  });

  step('deploy says where the way out of a secret that waits for its deletion is', async () => {
    const ends = { 'trial-claims apply': 'You cannot: already scheduled for deletion.' };

    const { stderr } = await run(['deploy', 'trial-claims', '--auto-approve'], { ends });

    expect(stderr).toContain('failed with exit code 1.\nA secret of that name is waiting');
  });

  step('deploy asks before it applies, and cannot without a terminal', async () => {
    const { exitCode, stderr, calls } = await start(['deploy', 'trial-claims']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'Cannot ask for confirmation: stdin is not a terminal. Pass --auto-approve.',
    );
    expect(words(calls)).not.toContain('trial-claims apply');
  });

  step('diff plans, and applies nothing', async () => {
    const { exitCode, stdout, calls } = await run(['diff', 'trial-pool-payments']);

    expect(stdout).toContain('plan output of trial-pool-payments');
    expect(words(calls)).toEqual(
      ['init', 'output', 'plan', 'show'].map((command) => `trial-pool-payments ${command}`),
    );
    expect(exitCode).toBe(0);
  });

  step('an unknown environment is refused with the known ones', async () => {
    const { exitCode, stdout, stderr } = await start(['deploy', 'prdo-*']);

    expect(stderr).toContain('Got prdo-*; known: dev, trial, trial-theirs, trial-two');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  step('--help prints the usage, wherever it stands', async () => {
    const { exitCode, stdout, stderr } = await start(['deploy', '--help']);

    expect(stdout).toMatch(/^Usage: .*\n(?:.*\n)+ {2}synth .*(?:.*\n)+ {2}destroy /);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  step('no command at all prints the usage and exits with 1', async () => {
    const { exitCode, stdout, stderr } = await start([]);

    expect(stderr).toMatch(/^Usage: /);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});

describe('pools of another owner', () => {
  const TRIGGER =
    'arn:aws:lambda:eu-central-1:111111111111:function:m2m-trial-theirs-pre-token-generation';
  const ATTACHED = {
    UserPool: {
      LambdaConfig: {
        PreTokenGenerationConfig: { LambdaArn: `${TRIGGER}:live`, LambdaVersion: 'V3_0' },
      },
    },
  };
  const DETACHED = {
    UserPool: { LambdaConfig: { PreTokenGeneration: 'arn:aws:lambda:::function:users' } },
  };
  const GONE = { __type: 'ResourceNotFoundException' };
  const REFUSED = { __type: 'AccessDeniedException', message: 'no' };

  /** Runs the command while Amazon Cognito says this of each pool, and AWS Lambda that these may call the trigger. */
  async function runWith(
    answers: { readonly [id: string]: object },
    words: string[],
    { plan, deployed = {} }: { plan?: string; deployed?: { readonly [pool: string]: string } } = {},
  ) {
    const asked: string[] = [];
    const Policy = JSON.stringify({ Statement: Object.entries(deployed).map(aStatement) });
    const server = createServer(async (request, response) => {
      if (request.url?.endsWith('/policy?Qualifier=live'))
        return void response.end(JSON.stringify({ Policy }));
      // The discovery document, which this API does not have.
      if (request.method === 'GET') return void response.writeHead(404, NOT_THERE).end('{}');
      const { UserPoolId } = JSON.parse(await text(request));
      asked.push(UserPoolId);
      const answer = answers[UserPoolId.replace(/^.*_/, '')] ?? {};
      response.writeHead('__type' in answer ? 400 : 200).end(JSON.stringify(answer));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const ended = await run(words, { aws: `http://127.0.0.1:${port}`, ...(plan && { plan }) });
    server.close();
    return { ...ended, asked };
  }

  /** What a pool's stack adds to the policy of the trigger's alias. */
  function aStatement([pool, id]: [pool: string, id: string]) {
    const SourceArn = `arn:aws:cognito-idp:eu-central-1:111111111111:userpool/eu-central-1_${id}`;
    return {
      Sid: `pool-${pool}`,
      Effect: 'Allow',
      Principal: { Service: 'cognito-idp.amazonaws.com' },
      Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
    };
  }

  const DESTROY = ['destroy', '--auto-approve'];

  step(
    'destroy is refused while a pool calls the trigger, and Terraform does not run',
    async () => {
      const answers = { Crm00001: DETACHED, Shop0002: ATTACHED };

      const { exitCode, stderr, calls, asked } = await runWith(answers, [
        ...DESTROY,
        'trial-theirs-*',
      ]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain('- eu-central-1_Shop0002: m2m detach shop --env trial-theirs');
      expect(stderr).toContain('--break-tokens shop');
      expect(stderr).not.toContain('Crm00001');
      expect(asked).toEqual(['eu-central-1_Crm00001', 'eu-central-1_Shop0002']);
      expect(calls).toEqual([]);
    },
  );

  step(
    'destroy of the claims stack asks every pool, and that of a pool only this one',
    async () => {
      const answers = { Crm00001: ATTACHED, Shop0002: ATTACHED };

      const claims = await runWith(answers, [...DESTROY, 'trial-theirs-claims']);
      const shop = await runWith(answers, [...DESTROY, 'trial-theirs-pool-shop']);
      const own = await runWith(answers, [...DESTROY, 'trial-theirs-pool-payments']);

      expect(claims.stderr).toContain('--break-tokens crm --break-tokens shop');
      expect(shop.asked).toEqual(['eu-central-1_Shop0002']);
      expect({ exitCode: own.exitCode, asked: own.asked }).toEqual({ exitCode: 0, asked: [] });
    },
  );

  step('destroy goes on once nothing calls the trigger, or the pool is gone', async () => {
    const answers = { Crm00001: DETACHED, Shop0002: GONE };

    const { exitCode, calls } = await runWith(answers, [...DESTROY, 'trial-theirs-*']);

    expect(exitCode).toBe(0);
    expect(words(calls)).toContain('trial-theirs-pool-shop apply');
  });

  step('destroy is refused where a pool cannot be asked', async () => {
    const refused = await runWith({ Shop0002: REFUSED }, [...DESTROY, 'trial-theirs-pool-shop']);
    const unreachable = await run([...DESTROY, 'trial-theirs-pool-shop'], {
      aws: 'http://127.0.0.1:9',
    });

    for (const { exitCode, stderr, calls } of [refused, unreachable]) {
      expect(exitCode).toBe(1);
      expect(stderr).toContain('did not say whether user pool eu-central-1_Shop0002');
      expect(stderr).toContain('cognito-idp:DescribeUserPool');
      expect(calls).toEqual([]);
    }
    expect(refused.stderr).toContain('AccessDeniedException');
  });

  step('destroy goes on with --break-tokens, and only for the pool that it names', async () => {
    const answers = { Crm00001: ATTACHED, Shop0002: ATTACHED };
    const shop = ['--break-tokens', 'shop'];

    const named = await runWith(answers, [...DESTROY, 'trial-theirs-pool-shop', ...shop]);
    const all = await runWith(answers, [...DESTROY, 'trial-theirs-*', ...shop]);

    expect({ exitCode: named.exitCode, asked: named.asked }).toEqual({ exitCode: 0, asked: [] });
    expect(all.stderr).toContain('- eu-central-1_Crm00001:');
    expect(all.stderr).not.toContain('Shop0002');
  });

  step('deploy is refused while the pool that another one replaces calls the trigger', async () => {
    const sourceArn = (id: string) =>
      `arn:aws:cognito-idp:eu-central-1:111111111111:userpool/eu-central-1_${id}`;
    const plan = JSON.stringify({
      resource_changes: [
        {
          type: 'aws_lambda_permission',
          address: 'x',
          change: {
            actions: ['delete', 'create'],
            before: { source_arn: sourceArn('Former03') },
            after: { source_arn: sourceArn('Shop0002') },
          },
        },
      ],
    });
    const deploy = ['deploy', 'trial-theirs-pool-shop', '--auto-approve'];

    const attached = await runWith({ Former03: ATTACHED }, deploy, { plan });
    const detached = await runWith({ Former03: DETACHED }, deploy, { plan });

    expect(attached.stderr).toContain(
      '- eu-central-1_Former03: m2m detach shop --env trial-theirs',
    );
    expect(words(attached.calls)).not.toContain('trial-theirs-pool-shop apply');
    expect(detached.exitCode).toBe(0);
  });

  describe('that left the environment file', () => {
    const left = { shop: 'Shop0002', desk: 'Desk0005', blog: 'Blog0006', own: 'Own00007' };
    const tags = { application: 'cognito-m2m-claims', environment: 'trial-theirs' };
    const OWN = { UserPool: { ...ATTACHED.UserPool, UserPoolTags: tags } };

    for (const command of ['deploy', 'diff', 'destroy']) {
      step(`${command} is refused while one of them calls the trigger`, async () => {
        const answers = { Desk0005: ATTACHED, Blog0006: DETACHED, Own00007: OWN };
        const words = [command, 'trial-theirs-claims', '--auto-approve'];

        const { exitCode, stderr, calls } = await runWith(answers, words, { deployed: left });

        expect(exitCode).toBe(1);
        expect(stderr).toContain(
          '- eu-central-1_Desk0005: declare pool "desk" again, m2m detach desk --env trial-theirs, then destroy trial-theirs-pool-desk',
        );
        expect(stderr).toContain('--break-tokens desk');
        expect(stderr).not.toMatch(/Blog0006|Own00007/);
        expect(calls).toEqual([]);
      });
    }

    step('deploy goes on once none calls the trigger, with --break-tokens too', async () => {
      const answers = { Desk0005: ATTACHED, Blog0006: GONE, Own00007: OWN };
      const deploy = ['deploy', 'trial-theirs-claims', '--auto-approve', '--break-tokens', 'desk'];

      const { exitCode, asked } = await runWith(answers, deploy, { deployed: left });

      expect(exitCode).toBe(0);
      expect(asked).toEqual(['eu-central-1_Blog0006', 'eu-central-1_Own00007']);
    });

    step('deploy of a pool asks about no other', async () => {
      const deploy = ['deploy', 'trial-theirs-pool-shop', '--auto-approve'];

      const { exitCode, asked } = await runWith({ Desk0005: ATTACHED }, deploy, { deployed: left });

      expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: [] });
    });

    step('deploy is refused where AWS Lambda or a pool cannot be asked', async () => {
      const deploy = ['deploy', 'trial-theirs-claims', '--auto-approve'];

      const unreachable = await run(deploy, { aws: 'http://127.0.0.1:9' });
      const refused = await runWith({ Desk0005: REFUSED }, deploy, { deployed: left });

      expect(unreachable.stderr).toContain('credentials that may call lambda:GetPolicy');
      expect(refused.stderr).toContain('did not say whether user pool eu-central-1_Desk0005');
      for (const { exitCode, calls } of [unreachable, refused])
        expect({ exitCode, calls }).toEqual({ exitCode: 1, calls: [] });
    });
  });
});

test.each(['cdktf', 'synth', 'deploy', 'diff', 'destroy'])(
  '%s is a script at the root and in infra',
  async (name) => {
    const manifests = ['../../package.json', '../../../package.json'].map(async (path) =>
      JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')),
    );

    for (const { scripts } of await Promise.all(manifests)) expect(scripts).toHaveProperty(name);
  },
);

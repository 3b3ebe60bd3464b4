import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { LocalCognito } from '@cognito-m2m/local-cognito';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';
import {
  claimsOf,
  type InstalledPackage,
  installPackage,
  startCommand,
  startProgram,
} from './installed-package.ts';

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 120_000);
afterAll(() => installed.remove());

const PAGE = join(repositoryRoot, 'docs/local-cognito.md');
const REFERENCE = join(repositoryRoot, 'docs/reference/local-cognito.md');

/** The code of a recipe of the documentation, by its heading. */
async function readRecipe(heading: string, language = 'js'): Promise<string> {
  const page = await readFile(PAGE, 'utf8');
  const [, section = ''] = page.split(`### ${heading}\n`);
  const [, code = ''] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section) ?? [];
  return code;
}

describe('what is installed', () => {
  test('the installed package is small: at most 15 MB and 60 packages', async () => {
    const folder = join(installed.directory, 'node_modules');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map(async (file) => (await stat(join(file.parentPath, file.name))).size),
    );

    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const packages = files.filter(({ name }) => name === 'package.json').length;
    expect(bytes).toBeGreaterThan(1_000_000);
    expect(bytes).toBeLessThan(15_000_000);
    expect(packages).toBeLessThanOrEqual(60);
  });

  test('the installed package has a JSON schema and the licences of what is inside', async () => {
    const folder = join(installed.directory, 'node_modules/@cognito-m2m/local-cognito');
    const schema = JSON.parse(
      await readFile(join(folder, 'dist/local-cognito.schema.json'), 'utf8'),
    );
    const licences = await readFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');

    expect(schema).toMatchObject({ type: 'object', required: ['pools'] });
    expect(licences).toMatch(/^fastify \d.* \(MIT\)$/m);
  });

  test('the installed package has types for both module formats', async () => {
    const program = `
import { startLocalCognito, type LocalCognito } from '@cognito-m2m/local-cognito';
export const cognito: Promise<LocalCognito> = startLocalCognito({
  pools: { notes: { clients: { worker: { scopes: ['notes/read'] } } } },
  trigger: (event: { version: string }) => event,
});
// @ts-expect-error no scopes
export const wrong = startLocalCognito({ pools: { notes: { clients: { worker: {} } } } });
`;
    await installed.write('service.mts', program);
    await installed.write('service.cts', program);
    const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    const flags = '--noEmit --strict --module nodenext --target es2022 --lib es2023,dom';

    const output = await installed.run(process.execPath, [
      compiler,
      ...flags.split(' '),
      '--types',
      '',
      'service.mts',
      'service.cts',
    ]);

    expect(output).toBe('');
  }, 60_000);
});

describe('a test of another team', () => {
  test('a test of another team runs in Jest', async () => {
    await installed.write('worker.test.js', await readRecipe('Jest'));
    const jest = join(repositoryRoot, 'node_modules/jest/bin/jest.js');

    const output = await installed.run(process.execPath, [
      jest,
      '--rootDir',
      installed.directory,
      'worker.test.js',
    ]);

    expect(output).toMatch(/Tests: +1 passed/);
  }, 120_000);

  test('a test of another team runs in Vitest', async () => {
    await installed.write('clock.spec.mjs', await readRecipe('Vitest'));
    const vitest = await installed.link('vitest');

    const output = await installed.run(process.execPath, [
      join(vitest, 'vitest.mjs'),
      'run',
      '--root',
      installed.directory,
      'clock.spec.mjs',
    ]);

    expect(output).toMatch(/Tests.*1 passed/);
  }, 120_000);

  test.each([
    [
      'an ECMAScript module',
      'node.mjs',
      "import test from 'node:test'; import { startLocalCognito } from '@cognito-m2m/local-cognito';",
    ],
    [
      'a CommonJS module',
      'node.cjs',
      "const test = require('node:test'); const { startLocalCognito } = require('@cognito-m2m/local-cognito');",
    ],
  ])(
    'a test of another team runs in node:test from %s',
    async (_name, file, imports) => {
      await installed.write(
        file,
        `${imports}
test('a wrong scope is refused', async (t) => {
  const cognito = await startLocalCognito({ pools: { notes: { clients: { worker: { scopes: ['notes/read'] } } } } });
  t.after(() => cognito.close());
  const [pool] = cognito.pools;
  const [{ clientId, clientSecret }] = pool.clients;
  const response = await fetch(pool.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'notes/none' }),
  });
  t.assert.deepEqual(await response.json(), { error: 'invalid_scope' });
});
`,
      );

      const output = await installed.run(process.execPath, ['--test', file]);

      expect(output).toMatch(/pass 1\b/);
    },
    60_000,
  );
});

describe('the command', () => {
  test('the command says what a data folder needs where the optional dependency is not installed', async () => {
    const pool = ['--client', 'worker', '--scope', 'notes/read'];

    await expect(startCommand(installed, ...pool, '--data', 'state')).rejects.toThrow(
      'Install it with: npm install classic-level',
    );
  }, 60_000);

  test('the command serves one pool at once, and stops at SIGTERM, SIGINT and SIGHUP', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const running = await startCommand(installed, '--client', 'worker', '--scope', 'notes/read');
      const health = await fetch(`${running.cognito.url}/health`);

      expect(health.status).toBe(200);
      expect(await running.stop(signal)).toBe(0);
    }
  }, 120_000);

  test('the command runs a trigger from its own folder, with files relative to it and variables of a file', async () => {
    await mkdir(join(installed.directory, 'built'), { recursive: true });
    await installed.write('built/tier.txt', 'gold');
    await installed.write('trigger.env', 'TEAM=notes\n');
    await installed.write(
      'built/trigger.cjs',
      `const { readFileSync } = require('node:fs');
exports.entry = async (event) => {
  const claimsToAddOrOverride = { tier: readFileSync('tier.txt', 'utf8'), team: process.env.TEAM, extra: process.env.EXTRA };
  event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } } };
  return event;
};`,
    );
    const pool = ['--client', 'worker', '--scope', 'notes/read', '--client-secret', 'known_secret'];
    const trigger = ['--trigger', 'built/trigger.cjs', '--handler', 'entry'];
    const variables = ['--env-file', 'trigger.env', '--env', 'EXTRA=1'];
    const running = await startCommand(installed, ...pool, ...trigger, ...variables);
    const [served] = running.cognito.pools;

    const response = await fetch(served?.tokenEndpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: served?.clients[0]?.clientId ?? '',
        client_secret: 'known_secret',
      }),
    });
    const { access_token = '' } = (await response.json()) as { access_token?: string };
    await running.stop();

    const payload = JSON.parse(
      Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(payload).toMatchObject({ tier: 'gold', team: 'notes', extra: '1' });
  }, 60_000);

  test('the command says what to pass when there is nothing to serve', async () => {
    await expect(startCommand(installed)).rejects.toThrow(
      'Pass --client <name> --scope <scope>, or --config <file>.',
    );
  }, 60_000);
});

describe('Python', () => {
  test('a program in Python starts the command as the recipe does, and gets a token', async () => {
    await installed.write('child.py', await readRecipe('Any language, as a child process', 'py'));

    await expect(installed.run('python3', ['child.py'])).resolves.toContain('Bearer 3600');
  }, 60_000);

  test('a program in Python is the trigger, served as the recipe does', async () => {
    await installed.write(
      'lambda.py',
      await readRecipe('Your own Lambda function in Python', 'py'),
    );
    const server = await startProgram(installed, 'python3', ['lambda.py']);
    const endpoint = `http://127.0.0.1:${server.firstLine}`;

    const running = await startCommand(
      installed,
      ...['--client', 'worker', '--scope', 'notes/read', '--trigger-endpoint', endpoint],
    );
    const claims = await claimsOf(running);
    await running.stop();
    await server.stop();

    expect(claims).toMatchObject({ tier: 'gold' });
  }, 60_000);
});

describe('the documentation', () => {
  test('the documentation names every option of both commands', async () => {
    const page = await readFile(REFERENCE, 'utf8');
    const start = join(repositoryRoot, 'packages/local-cognito/bin/start.cjs');
    const helps = [
      await installed.run('node_modules/.bin/local-cognito', ['--help']),
      await installed.run(process.execPath, [start, '--help']),
    ];

    const options = new Set(helps.flatMap((help) => help.match(/(?<=^ +)--[a-z-]+/gm) ?? []));

    expect(options.size).toBeGreaterThan(30);
    expect([...options].filter((option) => !page.includes(`\`${option}`))).toEqual([]);
  }, 60_000);

  test('the documentation names every member of the configuration', async () => {
    const page = await readFile(REFERENCE, 'utf8');
    const schema = JSON.parse(await installed.run('node_modules/.bin/local-cognito', ['--schema']));
    const pool = schema.properties.pools.additionalProperties;
    const [, trigger] = schema.properties.trigger.anyOf;
    const members = [schema, pool, pool.properties.clients.additionalProperties, trigger].flatMap(
      ({ properties }) => Object.keys(properties),
    );

    expect(members.length).toBeGreaterThan(30);
    expect(members.filter((member) => !page.includes(member))).toEqual([]);
  }, 60_000);
});

/** There is no Docker on every machine, so the steps of its files run in an empty folder. */
test('the steps of Dockerfile and compose file lead from an empty folder to a token for the worker', async () => {
  const files = join(repositoryRoot, 'packages/local-cognito/docker');
  const read = (file: string) => readFile(join(files, file), 'utf8');
  const [dockerfile, compose] = [await read('Dockerfile'), await read('compose.yaml')];
  const step = (pattern: RegExp) => pattern.exec(dockerfile)?.[1] ?? '';
  const directory = await mkdtemp(join(tmpdir(), 'image-'));
  const image = { directory };
  const inImage = (command: string, args: readonly string[]) =>
    promisify(execFile)(command, args, {
      cwd: directory,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  // The package comes from its archive, because nothing is published for this test.
  const install = step(/^RUN npm (.*)$/m).replace('@cognito-m2m/local-cognito', installed.tarball);
  await inImage('npm', [...install.split(' '), '--offline', '--omit=optional']);
  const copied = step(/^COPY (\S+) \.\/$/m);
  await copyFile(join(files, copied), join(directory, copied));
  const [command = '', ...args] = JSON.parse(step(/^CMD (\[.*\])$/m)) as string[];

  const server = await startProgram(image, command, [...args, '--json', '--port=0']);

  const { url, pools } = JSON.parse(server.firstLine) as LocalCognito;
  const { port } = new URL(url);
  const toThis = (text: string) => text.replaceAll('8787', port);
  const [probe = '', ...probeArgs] = JSON.parse(
    step(/^HEALTHCHECK .*? CMD (\[.*\])$/m),
  ) as string[];
  const health = await inImage(probe, probeArgs.map(toThis));
  const [, asked = ''] = /command: >-\n([\s\S]+)$/.exec(compose) ?? [];
  const worker = await inImage('curl', [
    ...['--silent', '--resolve', `cognito:${port}:127.0.0.1`],
    ...toThis(asked).trim().split(/\s+/),
  ]);
  await server.stop();
  await rm(directory, { recursive: true });
  const token = String(JSON.parse(worker.stdout).access_token);
  const [, payload = ''] = token.split('.');
  expect(health.stderr).toBe('');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    client_id: 'notes_worker',
    iss: `http://cognito:${port}/${pools[0]?.userPoolId}`,
  });
}, 120_000);

test('a trigger behind the Lambda Invoke API adds claims, refuses, and is missed', async () => {
  // What sam local start-lambda answers, for a function in any language.
  const server = createServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    if (event.request.clientMetadata?.refuse) {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorMessage: 'Not you.', errorType: 'ValueError' }));
      return;
    }
    const accessTokenGeneration = { claimsToAddOrOverride: { from: request.url } };
    event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
    response.end(JSON.stringify(event));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const running = await startCommand(
    installed,
    ...['--client', 'worker', '--scope', 'notes/read'],
    ...['--trigger-endpoint', endpoint, '--trigger-function', 'PreToken'],
  );
  const [pool] = running.cognito.pools;
  const [client] = pool?.clients ?? [];
  const ask = async (metadata?: object) => {
    const response = await fetch(pool?.tokenEndpoint ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client?.clientId ?? '',
        client_secret: client?.clientSecret ?? '',
        ...(metadata === undefined ? {} : { aws_client_metadata: JSON.stringify(metadata) }),
      }),
    });
    return (await response.json()) as { access_token?: string; error?: string };
  };

  const issued = await ask();
  const refused = await ask({ refuse: 'yes' });
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  const missed = await ask();
  await running.stop();

  const [, payload = ''] = (issued.access_token ?? '').split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
    from: '/2015-03-31/functions/PreToken/invocations',
  });
  expect(refused.error).toMatch(/^PreTokenGeneration failed with error Not you\.\./);
  expect(missed.error).toMatch(/cannot be reached \(ECONNREFUSED\)/);
}, 60_000);

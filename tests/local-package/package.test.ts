import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';
import { type InstalledPackage, installPackage, startCommand } from './installed-package.ts';

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 120_000);
afterAll(() => installed.remove());

const PAGE = join(repositoryRoot, 'docs/local-cognito.md');

/** The code of a recipe of the documentation, by its heading. */
async function readRecipe(heading: string): Promise<string> {
  const page = await readFile(PAGE, 'utf8');
  const [, section = ''] = page.split(`### ${heading}\n`);
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(section) ?? [];
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

/** The steps of the Dockerfile: there is no Docker on every machine, so they run in an empty folder. */
test('the steps of the Dockerfile lead to a server that another host name reaches', async () => {
  const folder = join(repositoryRoot, 'packages/local-cognito/docker');
  const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8');
  const [, install = ''] = /^RUN npm install (.*)$/m.exec(dockerfile) ?? [];
  const [, copied = ''] = /^COPY (\S+) \.\/$/m.exec(dockerfile) ?? [];
  const [command = '', ...args] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]');
  expect(install).toContain('@cognito-m2m/local-cognito');
  expect(command).toBe('node_modules/.bin/local-cognito');
  await installed.write(copied, await readFile(join(folder, copied), 'utf8'));

  const running = await startCommand(installed, ...args);

  const [pool] = running.cognito.pools;
  const { port } = new URL(running.cognito.url);
  const status = await installed.run('curl', [
    '--silent',
    '--output',
    '/dev/null',
    '--write-out',
    '%{http_code}',
    '--resolve',
    `cognito:${port}:127.0.0.1`,
    '--user',
    'notes_worker:a_secret_for_tests_only',
    '--data',
    'grant_type=client_credentials',
    `http://cognito:${port}/notes/oauth2/token`,
  ]);
  await running.stop();
  expect(status).toBe('200');
  expect(pool?.issuer).toMatch(/^http:\/\/cognito:8787\//);
}, 60_000);

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

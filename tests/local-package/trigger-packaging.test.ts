import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import {
  claimsOf,
  type InstalledPackage,
  installPackage,
  startCommand,
  startProgram,
} from './installed-package.ts';

/** How teams package a function for Lambda, each run by the packed command from another folder than its own. */
let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 120_000);
afterAll(() => installed.remove());

const POOL = ['--client', 'worker', '--scope', 'notes/read'];

/** Adds the content of a file that it opens by a relative path, where Lambda says that it is, and what its packaging is called. */
const BODY = `
  const claimsToAddOrOverride = {
    tier: readFileSync('data/tier.txt', 'utf8'),
    kind: KIND,
    'is-root': process.cwd() === process.env.LAMBDA_TASK_ROOT,
    handler: process.env._HANDLER,
  };
  event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride } } };
  return event;
`;
const ESM = `import { readFileSync } from 'node:fs';\nexport const handler = async (event) => {${BODY}};\n`;
const CJS = `const { readFileSync } = require('node:fs');\nexports.handler = async (event) => {${BODY}};\n`;

async function writeAll(folder: string, files: { readonly [file: string]: string }): Promise<void> {
  for (const [file, text] of Object.entries({ 'data/tier.txt': 'gold', ...files })) {
    await mkdir(join(installed.directory, folder, dirname(file)), { recursive: true });
    await installed.write(join(folder, file), text);
  }
}

async function claimsFrom(...args: string[]) {
  const running = await startCommand(installed, ...POOL, ...args);
  const claims = await claimsOf(running).finally(running.stop);
  return claims;
}

describe('the command runs a trigger that is', () => {
  test('a CommonJS file', async () => {
    await writeAll('cjs', { 'index.cjs': CJS.replace('KIND', '"cjs"') });

    const claims = await claimsFrom('--trigger', 'cjs/index.cjs');

    expect(claims).toMatchObject({
      tier: 'gold',
      kind: 'cjs',
      'is-root': true,
      handler: 'index.handler',
    });
  }, 60_000);

  test('an ECMAScript module', async () => {
    await writeAll('esm', { 'app.mjs': ESM.replace('KIND', '"esm"') });

    const claims = await claimsFrom('--trigger', 'esm/app.mjs', '--handler', 'app.handler');

    expect(claims).toMatchObject({
      tier: 'gold',
      kind: 'esm',
      'is-root': true,
      handler: 'app.handler',
    });
  }, 60_000);

  test('bundled by esbuild out of TypeScript', async () => {
    await writeAll('bundled', {
      'src/kind.ts': "export const KIND: string = 'bundled';\n",
      'src/index.ts': `import { KIND } from './kind.ts';\n${ESM.replace('(event)', '(event: any)')}`,
    });
    const folder = join(installed.directory, 'bundled');
    buildSync({
      entryPoints: [join(folder, 'src/index.ts')],
      outfile: join(folder, 'out.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
    });
    await installed.write('bundled/package.json', '{"type":"commonjs"}');

    const claims = await claimsFrom('--trigger', 'bundled/out.js');

    expect(claims).toMatchObject({ tier: 'gold', kind: 'bundled', 'is-root': true });
  }, 60_000);

  test('a folder with its node_modules', async () => {
    await writeAll('folder', {
      'package.json': '{"type":"commonjs"}',
      'index.js': `const { KIND } = require('kinds');\n${CJS}`,
      'node_modules/kinds/package.json': '{"name":"kinds","main":"main.js"}',
      'node_modules/kinds/main.js': "exports.KIND = 'folder';\n",
    });

    const claims = await claimsFrom('--trigger', 'folder');

    expect(claims).toMatchObject({
      tier: 'gold',
      kind: 'folder',
      'is-root': true,
      handler: 'index.handler',
    });
  }, 60_000);

  test('an unpacked archive whose handler lies in a sub folder', async () => {
    await writeAll('unpacked', { 'dist/token/app.mjs': ESM.replace('KIND', '"unpacked"') });

    const claims = await claimsFrom('--trigger', 'unpacked', '--handler', 'dist/token/app.handler');

    expect(claims).toMatchObject({
      tier: 'gold',
      kind: 'unpacked',
      'is-root': true,
      handler: 'dist/token/app.handler',
    });
  }, 60_000);

  test('Python behind a server of the Lambda Invoke API', async () => {
    await installed.write('trigger.py', TRIGGER_IN_PYTHON);
    await installed.write('invoke.py', INVOKE_SERVER);
    const server = await startProgram(installed, 'python3', ['invoke.py']);
    const endpoint = `http://127.0.0.1:${server.firstLine}`;

    const running = await startCommand(
      installed,
      ...[...POOL, '--trigger-endpoint', endpoint, '--trigger-function', 'PreToken'],
    );
    const claims = await claimsOf(running);
    const refused = await claimsOf(running, { tenant: 'unknown' }).catch((error: Error) => error);
    await running.stop();
    await server.stop();

    expect(claims).toMatchObject({ tier: 'gold', language: 'python', function: 'PreToken' });
    expect(String(refused)).toContain('PreTokenGeneration failed with error No such tenant.');
  }, 60_000);
});

test('a folder without the module of the handler is refused with what to pass', async () => {
  await writeAll('empty', {});

  await expect(startCommand(installed, ...POOL, '--trigger', 'empty')).rejects.toThrow(
    'has no module index with one of the endings .js, .mjs, .cjs. Name it with the handler',
  );
}, 60_000);

test('the library gives each of two triggers its own folder', async () => {
  await writeAll('one', { 'index.mjs': ESM.replace('KIND', '"one"') });
  await writeAll('two', {
    'index.mjs': ESM.replace('KIND', '"two"'),
    'data/tier.txt': 'silver',
  });
  await installed.write(
    'two-triggers.mjs',
    `import { startLocalCognito } from '@cognito-m2m/local-cognito';
const clients = { worker: { scopes: ['notes/read'] } };
const cognito = await startLocalCognito({
  pools: { first: { clients }, second: { clients, trigger: 'two' } },
  trigger: './one/index.mjs',
  triggers: { two: './two/index.mjs' },
});
for (const { tokenEndpoint, clients: [{ clientId, clientSecret }] } of cognito.pools) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
  const { access_token } = await (await fetch(tokenEndpoint, { method: 'POST', body })).json();
  const { tier, kind, 'is-root': isRoot } = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url'));
  console.log(kind, tier, isRoot);
}
await cognito.close();
`,
  );

  const output = await installed.run(process.execPath, ['two-triggers.mjs']);

  expect(output).toBe('one gold true\ntwo silver true\n');
}, 60_000);

const TRIGGER_IN_PYTHON = `
def handler(event, context):
    metadata = event["request"].get("clientMetadata") or {}
    if "tenant" in metadata:
        raise ValueError("No such tenant")
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {
        "claimsToAddOrOverride": {"tier": "gold", "language": "python", "function": context["function"]}}}}
    return event
`;

/** What sam local start-lambda answers, for one function. */
const INVOKE_SERVER = `
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from trigger import handler

class Invoke(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        function = self.path.split("/")[3]
        try:
            answer, failed = handler(event, {"function": function}), False
        except Exception as error:
            answer, failed = {"errorMessage": str(error), "errorType": type(error).__name__}, True
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        if failed:
            self.send_header("x-amz-function-error", "Unhandled")
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Invoke)
print(server.server_port, flush=True)
server.serve_forever()
`;

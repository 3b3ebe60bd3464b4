import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { expect, test } from '@jest/globals';
import { ownAddress, testFromElsewhere } from '../../test/from-elsewhere.ts';
import { spawnStart } from '../../test/spawn-start.ts';
import { PUPPET_BUNDLE } from '../../test/start-server.ts';
import { createStartCommand } from './start-environment.ts';

const PUPPET = fileURLToPath(PUPPET_BUNDLE);

/** A process takes a second to start, and longer next to other tests. */
const TIMEOUT_MS = 120_000;

test(
  'start prints a curl command that works as it is printed',
  async () => {
    const start = spawnStart('--port', '0', '--trigger', PUPPET);
    const command = await start.waitFor(/^ +curl /);

    const { stdout } = await promisify(execFile)('sh', ['-c', command]);

    expect(JSON.parse(stdout)).toMatchObject({ token_type: 'Bearer', expires_in: 1800 });
    start.child.kill('SIGINT');
    await expect(start.finished).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  },
  TIMEOUT_MS,
);

test(
  'start finishes the request under way when it is stopped, and takes no other one',
  async () => {
    const start = spawnStart('--json', '--port', '0', '--trigger', PUPPET);
    const { pools, url } = JSON.parse(await start.waitFor(/^\{/));
    const body = toForm(pools[0].clients[0], { logThenWait: '700' });

    const answer = fetch(pools[0].tokenEndpoint, { method: 'POST', body });
    // What the trigger logs is the sign that it has begun.
    await once(start.child.stderr as Readable, 'data');
    start.child.kill('SIGTERM');

    await expect(refusal(url)).resolves.toBe('ECONNREFUSED');
    expect((await answer).status).toBe(200);
    await expect(start.finished).resolves.toMatchObject({ exitCode: 0, stderr: 'begun\n' });
  },
  TIMEOUT_MS,
);

test(
  "start shows the log of a team's own trigger, apart from the JSON",
  async () => {
    const start = spawnStart('--json', '--port', '0', '--trigger', PUPPET);
    const { pools } = JSON.parse(await start.waitFor(/^\{/));
    const body = toForm(pools[0].clients[0], { log: 'a line of the trigger' });

    await fetch(pools[0].tokenEndpoint, { method: 'POST', body });

    start.child.kill('SIGTERM');
    const { stdout, stderr } = await start.finished;
    expect(stderr).toBe('a line of the trigger\n');
    expect(stdout.trim().split('\n')).toHaveLength(1);
  },
  TIMEOUT_MS,
);

test(
  'start serves environment files of a folder elsewhere, whatever the package.json there says of modules',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'm2m-start-'));
    const data = JSON.stringify(anEnvironment({ name: 'elsewhere' }));
    await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
    await writeFile(
      join(folder, 'elsewhere.ts'),
      `import { defineEnvironment } from '@cognito-m2m/contract';\nexport default defineEnvironment(${data});\n`,
    );
    const start = spawnStart(
      ...['--json', '--port', '0', '--trigger', PUPPET],
      ...['--environments', folder, '--env', 'elsewhere'],
    );
    const { environment } = JSON.parse(await start.waitFor(/^\{/));

    start.child.kill('SIGTERM');
    await start.finished;
    await rm(folder, { recursive: true });

    expect(environment).toBe('elsewhere');
  },
  TIMEOUT_MS,
);

test(
  'start says that it is open where its output is JSON, and serves the environment that it is given',
  async () => {
    const host = ['--host', '0.0.0.0', '--env', 'dev'];
    const start = spawnStart('--json', '--port', '0', '--trigger', PUPPET, ...host);
    const { environment } = JSON.parse(await start.waitFor(/^\{/));

    start.child.kill('SIGTERM');
    const { stderr } = await start.finished;

    expect(environment).toBe('dev');
    expect(stderr).toMatch(/open to every machine that reaches 0\.0\.0\.0/);
  },
  TIMEOUT_MS,
);

testFromElsewhere(
  'start listens on loopback only, and says so',
  async () => {
    const start = spawnStart('--port', '0', '--trigger', PUPPET);
    const line = await start.waitFor(/Ctrl-C/);
    const port = /:(\d+) /.exec(line)?.[1];

    const answer = fetch(`http://${ownAddress}:${port}/payments/.well-known/jwks.json`);

    await expect(answer).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(line).toContain('(on this machine only)');
    start.child.kill('SIGINT');
    await start.finished;
  },
  TIMEOUT_MS,
);

testFromElsewhere(
  'start announces that it lets others in, and shows them no page',
  async () => {
    const host = ['--host', '0.0.0.0', '--allow-host', String(ownAddress)];
    const start = spawnStart('--port', '0', '--trigger', PUPPET, ...host);
    const line = await start.waitFor(/Ctrl-C/);
    const url = `http://${ownAddress}:${/:(\d+) /.exec(line)?.[1]}`;

    const [keys, page] = await Promise.all([
      fetch(`${url}/payments/.well-known/jwks.json`),
      fetch(url),
    ]);

    expect(line).toContain('open to every machine that reaches 0.0.0.0');
    expect({ keys: keys.status, page: page.status }).toEqual({ keys: 200, page: 403 });
    expect(await page.text()).toContain('is available only on the machine that runs the server');
    start.child.kill('SIGINT');
    await start.finished;
  },
  TIMEOUT_MS,
);

test(
  'start says which port is in use and how to take another one',
  async () => {
    const blocker = createServer();
    await new Promise<void>((listening) => blocker.listen(0, '127.0.0.1', listening));
    const { port } = blocker.address() as AddressInfo;

    const { exitCode, stderr } = await spawnStart('--port', String(port), '--trigger', PUPPET)
      .finished;

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`Port ${port} .*--port`));
    blocker.close();
  },
  TIMEOUT_MS,
);

test(
  'start lists the known environments for an unknown one',
  async () => {
    const { exitCode, stderr } = await spawnStart('--env', 'nowhere').finished;

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/No environment "nowhere".*known: .*local/);
  },
  TIMEOUT_MS,
);

test('start explains its options', () => {
  expect(createStartCommand().helpInformation()).toMatchSnapshot();
});

/** The form of a token request that makes the puppet act. */
function toForm(
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  metadata: object,
): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    aws_client_metadata: JSON.stringify(metadata),
  });
}

/** Connects until a connection is refused: the signal takes a moment to arrive. */
async function refusal(url: string): Promise<string> {
  for (;;) {
    try {
      await fetch(url, { headers: { connection: 'close' } });
    } catch (error) {
      const { code } = (error as Error).cause as { code: string };
      // The system had taken this connection before the server stopped listening; the next one is refused.
      if (code !== 'ECONNRESET') return code;
    }
  }
}

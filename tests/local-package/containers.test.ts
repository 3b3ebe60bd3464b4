import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mustRun } from '../support/must-run.ts';
import {
  type InstalledPackage,
  installPackage,
  type RunningCommand,
  startProgram,
} from './installed-package.ts';

/**
 * Two network namespaces stand for two containers: each has its own loopback, and one wire joins them. The server runs in one, its
 * clients in the other, where a hosts file names it as a compose network would.
 */
const SERVER = `m2m-server-${process.pid}`;
const CLIENT = `m2m-client-${process.pid}`;
const [SERVER_IP, CLIENT_IP] = ['10.231.77.1', '10.231.77.2'];
const API_SECRET = 'a_secret_for_other_containers';

/** @returns Why there can be no namespaces here; `undefined` if there can. */
function findObstacle(): string | undefined {
  try {
    ip('netns', 'add', SERVER);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : 'ip fails';
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

const obstacle = findObstacle();
if (obstacle !== undefined && mustRun) {
  throw new Error(`Network namespaces must be possible here: ${obstacle}`);
}
if (obstacle !== undefined) console.log(`skipped: no network namespaces here: ${obstacle}`);
const describeContainers = obstacle === undefined ? describe : describe.skip;

describeContainers('from another container', () => {
  let installed: InstalledPackage;
  let cognito: RunningCommand['cognito'];
  let stop: () => Promise<unknown> = async () => undefined;
  beforeAll(async () => {
    installed = await installPackage();
    joinNamespaces();
    await mkdir(`/etc/netns/${CLIENT}`, { recursive: true });
    await writeFile(`/etc/netns/${CLIENT}/hosts`, `127.0.0.1 localhost\n${SERVER_IP} cognito\n`);
    const program = await startProgram(installed, 'ip', [
      ...['netns', 'exec', SERVER, 'node_modules/.bin/local-cognito', '--json', '--port=8787'],
      ...['--host', '0.0.0.0', '--allow-host', 'cognito', '--tls', '--api-secret', API_SECRET],
      ...['--client', 'worker', '--scope', 'notes/read'],
    ]);
    cognito = JSON.parse(program.firstLine);
    stop = program.stop;
  }, 120_000);
  afterAll(async () => {
    await stop();
    ip('netns', 'delete', CLIENT);
    await rm(`/etc/netns/${CLIENT}`, { recursive: true });
    await installed.remove();
  });

  /** Runs a program in the container of the clients. */
  function run(command: string, ...args: string[]): Promise<string> {
    return installed.run('ip', ['netns', 'exec', CLIENT, command, ...args]);
  }

  function clientOf() {
    const [pool] = cognito.pools;
    const [client] = pool?.clients ?? [];
    if (!pool || !client) throw new Error('The command serves no client.');
    return { pool, client };
  }

  test('a token is verified by the address that it names, which is that of the compose service', async () => {
    const { pool, client } = clientOf();
    await installed.link('aws-jwt-verify');
    await installed.write('verify.mjs', VERIFY);

    const output = await run(
      'env',
      `NODE_EXTRA_CA_CERTS=${cognito.caFile}`,
      ...[process.execPath, 'verify.mjs', pool.userPoolId, client.clientId, client.clientSecret],
    );

    expect(JSON.parse(output)).toEqual({
      issuer: `https://cognito:8787/${pool.userPoolId}`,
      clientId: client.clientId,
    });
  }, 60_000);

  test('the AWS API answers who signs with the secret chosen for it, and nobody else', async () => {
    const { pool, client } = clientOf();
    const call = (secretKey: string) =>
      run('python3', '-c', DESCRIBE, secretKey, cognito.caFile ?? '', pool.userPoolId);

    const described = await call(API_SECRET);

    expect(described.trim()).toBe(`local ${client.clientId}`);
    await expect(call('another_secret_of_somebody')).rejects.toThrow('InvalidSignatureException');
  }, 60_000);

  test.each(['/.local-cognito/deployment', '/'])(
    'nobody reads secrets at %s',
    async (path) => {
      const { client } = clientOf();
      const output = await run(
        'curl',
        ...['--silent', '--cacert', cognito.caFile ?? '', '--write-out', '%{http_code}'],
        `https://cognito:8787${path}`,
      );

      expect(output).toMatch(/(?:403|404)$/);
      expect(output).not.toContain(client.clientSecret);
    },
    60_000,
  );

  test('a name that was not allowed is refused', async () => {
    const output = await run(
      'curl',
      ...['--silent', '--insecure', '--write-out', '%{http_code}'],
      `https://${SERVER_IP}:8787/health`,
    );

    expect(output).toMatch(/403$/);
  }, 60_000);
});

// The namespace of the server was made when this file asked whether it could be.
afterAll(() => {
  if (obstacle === undefined) ip('netns', 'delete', SERVER);
});

/** Lays a wire from one namespace to the other. */
function joinNamespaces(): void {
  ip('netns', 'add', CLIENT);
  const [serverEnd, clientEnd] = [`m2ms${process.pid}`, `m2mc${process.pid}`];
  ip('link', 'add', serverEnd, 'netns', SERVER, 'type', 'veth', 'peer', clientEnd, 'netns', CLIENT);
  for (const [namespace, end, address] of [
    [SERVER, serverEnd, SERVER_IP],
    [CLIENT, clientEnd, CLIENT_IP],
  ] as const) {
    ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', end);
    ip('-n', namespace, 'link', 'set', end, 'up');
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
}

const VERIFY = `
import { JwtVerifier } from 'aws-jwt-verify';
const [userPoolId, clientId, secret] = process.argv.slice(2);
const address = 'https://cognito:8787/' + userPoolId;
const { issuer, token_endpoint, jwks_uri } = await (await fetch(address + '/.well-known/openid-configuration')).json();
const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
const { access_token } = await (await fetch(token_endpoint, { method: 'POST', body })).json();
const verifier = JwtVerifier.create({ issuer, audience: null, jwksUri: jwks_uri });
const { iss, client_id } = await verifier.verify(access_token);
console.log(JSON.stringify({ issuer: iss, clientId: client_id }));
`;

const DESCRIBE = `
import sys, boto3
secret, ca, pool = sys.argv[1:]
cognito = boto3.client("cognito-idp", endpoint_url="https://cognito:8787", region_name="eu-central-1",
    aws_access_key_id="container", aws_secret_access_key=secret, verify=ca)
name = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]["Name"]
print(name, cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"])
`;

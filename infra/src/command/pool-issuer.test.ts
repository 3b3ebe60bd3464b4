import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { issuerArguments } from './pool-issuer.ts';

const POOL_ID = 'eu-central-1_AbC123xyZ';
const ORIGINAL = `https://cognito-idp.eu-central-1.amazonaws.com/${POOL_ID}`;
const UPDATED = `https://issuer-cognito-idp.eu-central-1.amazonaws.com/${POOL_ID}`;
const OURS = { region: 'eu-central-1', existingId: undefined };
const THEIRS = { region: 'eu-central-1', existingId: POOL_ID };

let directory: string;
let server: Server;
let asked: string[];
/** What the discovery document says; `undefined` for no document. */
let document: object | undefined;

const documentOf = (issuer: string, keysOf = issuer) => ({
  issuer,
  jwks_uri: `${keysOf}/.well-known/jwks.json`,
});

beforeEach(async () => {
  asked = [];
  document = undefined;
  directory = mkdtempSync(join(tmpdir(), 'm2m-issuer-'));
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['TERRAFORM_BINARY_NAME'] = join(directory, 'terraform');
  deployed({});
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
  for (const name of ['AWS_ENDPOINT_URL', 'TERRAFORM_BINARY_NAME']) delete process.env[name];
});

/** Makes Terraform say that these are the outputs of the stack. */
function deployed(outputs: { readonly [name: string]: string }): void {
  const values = Object.entries(outputs).map(([name, value]) => [name, { value }]);
  const answer = JSON.stringify(JSON.stringify(Object.fromEntries(values)));
  const program = `#!${process.execPath}\nif (process.argv.slice(2).join(' ') === 'output -json') console.log(${answer});\n`;
  writeFileSync(join(directory, 'terraform'), program, { mode: 0o755 });
}

/** What Terraform receives, and what is said. */
async function run(pool: Parameters<typeof issuerArguments>[0]) {
  const said: string[] = [];
  const print = (line: string) => void said.push(line);
  const stop = new AbortController().signal;
  const given = await issuerArguments(pool, { stack: 'test-pool', directory, print, stop });
  return { given, said: said.join('\n') };
}

describe('a pool that exists', () => {
  test.each([
    ['original', ORIGINAL],
    ['updated', UPDATED],
  ])('the issuer is the one of the discovery document, in the %s form', async (_form, issuer) => {
    deployed({ 'deployed-user-pool-id': POOL_ID, 'deployed-issuer': ORIGINAL });
    document = documentOf(issuer);

    expect(await run(OURS)).toEqual({ given: [`-var=issuer=${issuer}`], said: '' });
    expect(asked).toEqual([`/${POOL_ID}/.well-known/openid-configuration`]);
  });

  test('the ID of a pool of another owner comes from the environment file', async () => {
    document = documentOf(UPDATED, ORIGINAL);

    expect(await run(THEIRS)).toEqual({ given: [`-var=issuer=${UPDATED}`], said: '' });
  });

  test('the ID of a pool that is imported comes from its import block', async () => {
    const blocks = `import {\n  to = aws_cognito_user_pool.pool_9DD5A6E2\n  id = "${POOL_ID}"\n}\n`;
    writeFileSync(join(directory, 'imports.tf'), blocks);
    document = documentOf(UPDATED);

    expect(await run(OURS)).toEqual({ given: [`-var=issuer=${UPDATED}`], said: '' });
  });
});

test('a pool that does not exist yet is not asked for', async () => {
  expect(await run(OURS)).toEqual({ given: [], said: '' });
  expect(asked).toEqual([]);
});

describe('a discovery document that cannot be used', () => {
  const other = ORIGINAL.replace(POOL_ID, 'eu-central-1_Other0001');

  test.each<[string, object | undefined, RegExp]>([
    ['is not there', undefined, /status 404/],
    ['names another pool', documentOf(other), /its issuer is not the pool that was asked/],
    ['names a host that only looks alike', documentOf(`${ORIGINAL}x`), /its issuer is not/],
    ['names no issuer', {}, /its issuer is not/],
    ['has keys elsewhere', documentOf(UPDATED, other), /its keys lie at another address/],
  ])('the issuer stays as deployed if it %s', async (_what, answer, reason) => {
    document = answer;
    for (const issuer of [ORIGINAL, UPDATED]) {
      deployed({ 'deployed-user-pool-id': POOL_ID, 'deployed-issuer': issuer });

      const { given, said } = await run(OURS);

      expect(given).toEqual([`-var=issuer=${issuer}`]);
      expect(said).toContain(`user pool ${POOL_ID}. The parameter "issuer" stays ${issuer}.`);
      expect(said).toMatch(reason);
    }
  });

  test('the issuer stays as deployed if nobody answers', async () => {
    deployed({ 'deployed-user-pool-id': POOL_ID, 'deployed-issuer': UPDATED });
    await new Promise((closed) => server.close(closed));

    const { given, said } = await run(OURS);

    expect(given).toEqual([`-var=issuer=${UPDATED}`]);
    expect(said).toMatch(/no answer \(ECONNREFUSED\)/);
  });

  test('the issuer is the original form where none was deployed, or that of another pool', async () => {
    expect(await run(THEIRS)).toMatchObject({ given: [`-var=issuer=${ORIGINAL}`] });

    deployed({ 'deployed-user-pool-id': POOL_ID, 'deployed-issuer': other });

    expect(await run(OURS)).toMatchObject({ given: [`-var=issuer=${ORIGINAL}`] });
  });
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { parseMeasurement } from '@cognito-m2m/probe';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { allowClientToken, type ProbeJson, probe } from './probe.ts';

const SCOPES = ['probe/b', 'probe/c', 'probe/a'];
const PROBE_ENVIRONMENT = anEnvironment({
  isDisposable: true,
  probe: true,
  pools: {
    probe: aPool({
      resourceServers: { probe: { name: 'Probe', scopes: { a: 'A', b: 'B', c: 'C' } } },
      clients: {
        asked: aClient({ scopes: SCOPES, claims: {} }),
        plain: aClient({ scopes: SCOPES, claims: {} }),
      },
    }),
  },
});

let deployment: TestDeployment;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'm2m-probe-'));
  deployment = await startDeployment(PROBE_ENVIRONMENT, {
    triggerBundle: import.meta.resolve('@cognito-m2m/probe-trigger/bundle'),
    triggerTimeoutMs: 1_000,
    allowsClientTokenAuth: true,
  });
});

afterAll(async () => {
  await deployment.close();
  await rm(folder, { recursive: true });
});

test('probe writes what it found, and answers with ids and secrets replaced', async () => {
  const answered = await probe(deployment.context(), { folder, isConfirmed: true });

  const json = answered.json as ProbeJson;
  const file = join(folder, '2026-06-01-eu-central-1.json');
  expect(json.file).toBe(file);
  const text = await readFile(file, 'utf8');
  expect(parseMeasurement(text, file).behaviours).toEqual(json.behaviours);
  expect(json.behaviours).toMatchObject({
    repeatedParameters: { outcome: 'found', value: 'refuse' },
    clientTokenTriggerSource: { outcome: 'found', value: 'TokenGeneration_ClientCredentials' },
    // Here every client may use GetClientToken.
    clientTokenAuthException: { outcome: 'unknown', shown: 'a token was issued' },
  });
  for (const client of ['asked', 'plain']) {
    expect(text).not.toContain(deployment.clientId('probe', client));
  }
  expect(answered.text(createStyle({ hasColours: false }))).toMatch(
    /repeatedParameters +refuse[\s\S]+Next: npx -y pnpm@12 cdktf destroy 'test-\*'$/,
  );
});

test('probe leaves no file when its requests fail', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'm2m-probe-'));
  const wait = async () => {
    throw new Error('the connection is gone');
  };

  const run = probe({ ...deployment.context(), wait }, { folder: empty, isConfirmed: true });

  await expect(run).rejects.toThrow('the connection is gone');
  expect(await readdir(empty)).toEqual([]);
  await rm(empty, { recursive: true });
});

test('probe tells nothing of a pool whose trigger does not do what a probe asks', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'm2m-probe-'));
  const other = await startDeployment(PROBE_ENVIRONMENT, { allowsClientTokenAuth: true });

  const run = probe(other.context(), { folder: empty, isConfirmed: true }).finally(other.close);

  await expect(run).rejects.toMatchObject({
    code: 'ERR_PROBE_NOT_READY',
    message: expect.stringMatching(/status 200, a token without its event/),
  });
  expect(await readdir(empty)).toEqual([]);
  await rm(empty, { recursive: true });
});

test('probe shows the cost, and sends nothing without a yes', async () => {
  const shown: string[] = [];
  const prompt = {
    async confirm(text: string) {
      shown.push(text);
      return false;
    },
  };
  const before = deployment.cognito.requests().length;

  const { json } = await probe(deployment.context({ prompt }), { folder, isConfirmed: false });

  expect(json).toMatchObject({ file: null, behaviours: {} });
  expect(shown.join('\n')).toMatch(/token requests, at most 5 per second: about \$0\.\d\d on AWS/);
  expect(deployment.cognito.requests()).toHaveLength(before);
});

test('probe names the folder that it cannot write to', async () => {
  const run = probe(deployment.context(), { folder: '/dev/null/measured', isConfirmed: true });

  await expect(run).rejects.toMatchObject({ code: 'ERR_FILE_UNWRITABLE' });
});

test.each([
  [
    'an environment that is not a probe',
    { ...PROBE_ENVIRONMENT, probe: false },
    /not a probe environment/,
  ],
  [
    'a pool with one client',
    anEnvironment({
      isDisposable: true,
      probe: true,
      pools: { probe: aPool({ clients: { only: aClient() } }) },
    }),
    /expected two clients/,
  ],
])('probe refuses %s', async (_what, input, message) => {
  const other = await startDeployment(input);

  const run = probe(other.context(), { folder, isConfirmed: true }).finally(() => other.close());

  await expect(run).rejects.toMatchObject({
    code: 'ERR_ARGUMENT_INVALID',
    message: expect.stringMatching(message),
  });
});

test('allowClientToken changes the flows only, and puts them back', async () => {
  const described = {
    ClientId: 'c',
    ClientName: 'asked',
    ClientSecret: 's',
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    AccessTokenValidity: 5,
    CallbackURLs: undefined,
  };
  const sent: object[] = [];
  const cognito = {
    send: async (command: object) => {
      if (command instanceof DescribeUserPoolClientCommand) return { UserPoolClient: described };
      sent.push((command as { input: object }).input);
      return {};
    },
  };

  const restore = await allowClientToken(
    cognito as never,
    {
      userPoolId: 'p',
      client: { clientId: 'c', clientSecret: 's' },
    } as never,
  );
  await restore();

  const kept = { UserPoolId: 'p', ClientId: 'c', ClientName: 'asked', AccessTokenValidity: 5 };
  expect(sent).toEqual([
    { ...kept, ExplicitAuthFlows: ['ALLOW_CLIENT_TOKEN_AUTH'] },
    { ...kept, ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] },
  ]);
});

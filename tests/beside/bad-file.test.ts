import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { runM2m } from '../support/m2m.ts';
import { createOpened } from '../support/opened.ts';
import { startServer, type TestServer } from '../support/server.ts';

const functionArn = (region: string, name: string) =>
  `arn:aws:lambda:${region}:111111111111:function:${name}:live`;
const existing = (id: string) => ({ userPoolId: `eu-central-1_${id}` });
const users = (arn: string) => ({ functionArn: arn, eventVersion: 'V2_0' as const });
const client = { description: 'Bills', claims: { environment: 'trial' as const } };

/** One pool for each thing that cannot be; the IDs of `second` are in another file as well. */
const BAD_FILE = {
  name: 'trial',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' as const },
  isDisposable: true,
  pools: {
    elsewhere: {
      existing: existing('AbC123Xy1'),
      userTrigger: users(functionArn('us-east-1', 'user-claims')),
      clients: {},
    },
    itself: {
      existing: existing('AbC123Xy2'),
      userTrigger: users(functionArn('eu-central-1', 'm2m-trial-pre-token-generation')),
      clients: {},
    },
    twice: {
      existing: existing('AbC123Xy3'),
      clients: {
        first: { ...client, clientId: '1example23456789' },
        second: { ...client, clientId: '1example23456789' },
      },
    },
    foreign: {
      existing: existing('AbC123Xy4'),
      domainPrefix: 'acme',
      clients: { worker: { ...client, clientId: '2example23456789', scopes: ['orders/read'] } },
    },
    shared: { existing: existing('AbC123Xy5'), clients: {} },
  },
};

const FAULTS = [
  /pools\.elsewhere\.userTrigger\.functionArn.*in another Region/,
  /pools\.itself\.userTrigger\.functionArn.*this environment's own trigger/,
  /pools\.twice\.clients\.second\.clientId.*is also at pools\.twice\.clients\.first/,
  /pools\.foreign\.domainPrefix.*belongs to the owner/,
  /pools\.foreign\.clients\.worker\.scopes.*belongs to the owner/,
];

const opened = createOpened();
let aws: TestServer;
let requests = 0;
let deployment: Deployment;

beforeAll(async () => {
  const listening = startServer((_request, response) => {
    requests += 1;
    response.writeHead(500).end();
  });
  aws = await opened.add(listening, (server) => server.close());
  const place = { env: { AWS_ENDPOINT_URL: aws.url }, providerMirror: '' };
  deployment = await opened.add(createDeployment(place, 'trial'), (created) => created.remove());
});

afterAll(() => opened.close());

/** Runs a command on the files. */
async function attach(pool: string, environment = 'trial') {
  const { environmentsDirectory } = deployment;
  const { exitCode, stdout, stderr } = await runM2m(
    ['attach', pool, '--env', environment, '--environments', environmentsDirectory, '--yes'],
    { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
  );
  return { exitCode, text: stdout + stderr };
}

describe('an environment file with everything that cannot be of another owner’s pool', () => {
  test('the file is refused by attach with every fault, before AWS is asked anything', async () => {
    await deployment.declare(BAD_FILE);

    const { exitCode, text } = await attach('shared');

    expect(exitCode).toBe(1);
    for (const fault of FAULTS) expect(text).toMatch(fault);
    expect(requests).toBe(0);
  });

  test('the file is refused by a deploy with every fault, before AWS is asked anything', async () => {
    const output = await deployment.cdktfAsPeopleDo('deploy', 'trial-*', '--auto-approve').then(
      () => 'deployed',
      ({ message }: Error) => message,
    );

    for (const fault of FAULTS) expect(output).toMatch(fault);
    expect(requests).toBe(0);
  });
});

test('a pool that a second environment file names too is refused, with the name of that file', async () => {
  const { shared } = BAD_FILE.pools;
  await deployment.declare({ ...BAD_FILE, pools: { shared } });
  const second = { ...BAD_FILE, name: 'test', isDisposable: false, pools: { other: shared } };
  await writeFile(
    join(deployment.environmentsDirectory, 'test.ts'),
    `export default ${JSON.stringify(second)};\n`,
  );

  const { exitCode, text } = await attach('shared');

  expect(exitCode).toBe(1);
  expect(text).toContain('eu-central-1_AbC123Xy5');
  expect(text).toContain('test.ts declares the same user pool');
  expect(requests).toBe(0);
});

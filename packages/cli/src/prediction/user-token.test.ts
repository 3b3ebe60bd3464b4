import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { globalAgent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anEnvironment, aPool, aTokenClient } from '@cognito-m2m/environment/fixtures';
import { startUserIssuer, type UserIssuer } from '@cognito-m2m/pre-token-generation/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { type DoctorJson, doctor } from '../doctor/doctor.ts';
import { explain } from '../explain/explain.ts';
import { createStyle } from '../frame/terminal.ts';
import { list } from '../list/list.ts';
import { overrideCommands } from '../override/commands.ts';
import { who } from '../who/who.ts';

const { set } = overrideCommands;

let deployment: TestDeployment;
let issuer: UserIssuer;
let folder: string;

beforeAll(async () => {
  issuer = await startUserIssuer();
  globalAgent.options.ca = issuer.certificate;
  folder = await mkdtemp(join(tmpdir(), 'user-token-'));
  const tokenIssuers = {
    staff: { issuer: issuer.issuer, clientIds: ['user-client'], tokenUse: 'access' as const },
  };
  const clients = { agent: aTokenClient() };
  deployment = await startDeployment(
    anEnvironment({ pools: { payments: aPool({ tokenIssuers, clients }) } }),
  );
});

afterAll(async () => {
  delete globalAgent.options.ca;
  await Promise.all([issuer.close(), deployment.close(), rm(folder, { recursive: true })]);
});

async function explainWith(metadata: readonly string[]) {
  const context = deployment.context({ nowMs: Date.now() });
  const input = { poolName: 'payments', clientName: 'agent', scopes: [], at: undefined };
  const { json, text } = await explain(context, { ...input, metadata });
  return { json, text: text(createStyle({ hasColours: false })) };
}

async function write(token: string): Promise<string> {
  const file = join(folder, 'token');
  await writeFile(file, `${token}\n`);
  return `user_token=@${file}`;
}

describe('explain', () => {
  test('explain shows what was taken from a good user token, and never the token', async () => {
    const token = issuer.sign();

    const { json, text } = await explainWith([await write(token)]);

    expect(json).toMatchObject({
      token: 'issued',
      userToken: { key: 'user_token', issuer: 'staff', result: 'verified', ageSeconds: 60 },
    });
    expect(text).toMatch(/on_behalf_of +"user-1" +token staff\/user_token/);
    expect(text).toContain('User token "user_token" of issuer "staff": verified, issued 60 s ago');
    expect(text).toContain(
      'Checks passed: form, algorithm, issuer, signature, expiry, start, age, token use, app client, claims',
    );
    expect(JSON.stringify(json) + text).not.toContain(token.slice(-20));
  });

  test('explain shows why a user token is refused', async () => {
    const { json, text } = await explainWith([await write(issuer.sign({ exp: 1 }))]);

    expect(json).toMatchObject({
      token: 'ERR_TOKEN_EXPIRED',
      userToken: { result: 'ERR_TOKEN_EXPIRED' },
    });
    expect(text).toContain('refused (ERR_TOKEN_EXPIRED)');
    expect(text).toContain('Checks passed: form, algorithm, issuer, signature\n');
  });

  test('explain says how to send a user token that is required', async () => {
    const { json, text } = await explainWith([]);

    expect(json).toMatchObject({ token: 'ERR_TOKEN_REQUIRED' });
    expect(text).toContain('--metadata user_token=@file');
  });

  test('explain refuses a file that cannot be read', async () => {
    await expect(explainWith(['user_token=@/no/such/file'])).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
      message: 'Cannot read /no/such/file for --metadata user_token.',
    });
  });
});

test('list names the issuer of the users for whom a client acts', async () => {
  const { json, text } = await list(deployment.context(), { poolName: undefined });

  expect(json).toMatchObject({
    pools: [{ clients: [{ client: 'agent', token: 'issued', onBehalfOf: 'staff' }] }],
  });
  expect(text(createStyle({ hasColours: false }))).toContain('issued for users of staff');
});

test('who finds a client that acts on behalf of users by the claim, and names their issuer', async () => {
  const input = { claim: 'on_behalf_of', poolName: undefined };

  const { json, text } = await who(deployment.context(), input);

  expect(json).toMatchObject({
    carriers: [{ client: 'agent', layer: 'token', onBehalfOf: 'staff' }],
  });
  expect(text(createStyle({ hasColours: false }))).toContain('every token for users of staff');
});

test('set refuses a claim that only a verified user token can set', async () => {
  const change = set(deployment.context(), {
    poolName: 'payments',
    clientName: 'agent',
    claims: ['on_behalf_of=admin'],
    reason: 'a test',
    isConfirmed: true,
    expiresIn: undefined,
  });

  await expect(change).rejects.toMatchObject({
    message: expect.stringContaining('only a verified user token can set "on_behalf_of"'),
  });
});

test('doctor finds an issuer whose keys cannot be read, and no fault in a client that requires a user token', async () => {
  const input = {
    poolName: undefined,
    isFix: false,
    isConfirmed: false,
    isAllClients: false,
    secretDays: 90,
    expiryDays: 14,
  };
  const findings = async () => {
    const { json } = await doctor(deployment.context(), input);
    return (json as DoctorJson).findings.map(({ check, what }) => [check, what]);
  };
  expect(await findings()).toEqual([]);
  await issuer.setFault({ kind: 'status', status: 404 });

  expect(await findings()).toEqual([
    ['token-issuers', 'The keys of issuer "staff" cannot be read: status 404.'],
  ]);
  await issuer.setFault(undefined);
});

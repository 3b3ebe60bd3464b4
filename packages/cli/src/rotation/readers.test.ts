import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createReaderWatch, findReaders, readCall, type SecretCall } from './readers.ts';

const BILLING = 'arn:aws:iam::111111111111:role/service/billing';
const OPS = 'arn:aws:iam::222222222222:role/ops';
const CALLER = 'arn:aws:sts::111111111111:assumed-role/deployer/me';
const NAME = 'm2m/prod/payments/billing-worker/credentials';
const ARN = `arn:aws:secretsmanager:eu-central-1:111111111111:secret:${NAME}-AbCdEf`;
const VERSION = 'version-new';

function aCall(changes: Partial<SecretCall> = {}): SecretCall {
  const call = { atMs: 2_000, identity: BILLING, secretId: NAME };
  return { ...call, versionId: undefined, versionStage: undefined, ...changes };
}

const promoted = aCall({ atMs: 1_000, versionId: VERSION, versionStage: 'AWSCURRENT' });
const watched = { secretName: NAME, declared: [BILLING, OPS], caller: CALLER };
const statesOf = (reads: SecretCall[], moves = [promoted], declared = watched.declared) =>
  findReaders({ ...watched, declared }, VERSION, { moves, reads }).map(({ reader, hasCurrent }) => [
    reader,
    hasCurrent,
  ]);

describe('a reader', () => {
  test.each<[string, Partial<SecretCall>]>([
    ['by the name', {}],
    ['by the ARN', { secretId: ARN }],
    ['by the ARN without its end', { secretId: ARN.slice(0, -7) }],
    ['by the label', { versionStage: 'AWSCURRENT' }],
    ['by the version', { versionId: VERSION }],
  ])('a reader that has read the secret since then has the current version: %s', (_, changes) => {
    expect(statesOf([aCall(changes)])).toEqual([
      [BILLING, true],
      [OPS, false],
    ]);
  });

  test.each<[string, Partial<SecretCall>]>([
    ['before it became current', { atMs: 999 }],
    ['the version before', { versionStage: 'AWSPREVIOUS' }],
    ['another version', { versionId: 'version-old' }],
    ['another secret', { secretId: `${NAME}-2` }],
    ['as somebody else', { identity: OPS.replace('ops', 'other') }],
  ])('a reader is behind that has read %s', (_, changes) => {
    expect(statesOf([aCall(changes)])[0]).toEqual([BILLING, false]);
  });

  test('a reader of another account counts by its account, which is all that AWS CloudTrail names', () => {
    expect(statesOf([aCall({ identity: 'account 222222222222' })])).toEqual([
      [BILLING, false],
      [OPS, true],
    ]);
  });

  test('a reader is behind while AWS CloudTrail does not show the change yet', () => {
    expect(statesOf([aCall()], [])[0]).toEqual([BILLING, false]);
  });

  test('a reader is whoever has read the secret, where the file declares none, but not who rotates', () => {
    const deployer = 'arn:aws:iam::111111111111:role/deployer';
    const reads = [aCall({ atMs: 5 }), aCall({ identity: deployer }), aCall({ identity: OPS })];

    expect(statesOf(reads, [promoted], [])).toEqual([
      [BILLING, false],
      [OPS, true],
    ]);
  });
});

describe('an event', () => {
  const event = (changes: object) => ({
    CloudTrailEvent: JSON.stringify({
      eventTime: '2026-11-28T01:00:00Z',
      userIdentity: {
        arn: 'arn:aws:sts::111111111111:assumed-role/billing/i-1',
        sessionContext: { sessionIssuer: { arn: BILLING } },
      },
      requestParameters: { secretId: ARN },
      ...changes,
    }),
  });

  test('an event names the role of a session', () => {
    expect(readCall(event({}))).toEqual({
      atMs: Date.parse('2026-11-28T01:00:00Z'),
      identity: BILLING,
      secretId: ARN,
      versionId: undefined,
      versionStage: undefined,
    });
  });

  test.each([
    ['that failed', { errorCode: 'AccessDenied' }],
    ['without parameters', { requestParameters: null }],
  ])('%s is not a read', (_, changes) => {
    expect(readCall(event(changes))).toBeUndefined();
  });

  test('an event of another account has an account only', () => {
    const userIdentity = { type: 'AWSAccount', accountId: '222222222222' };

    expect(readCall(event({ userIdentity }))).toHaveProperty('identity', 'account 222222222222');
  });
});

describe('AWS CloudTrail', () => {
  let close = (): void => undefined;
  afterEach(() => close());

  async function startTrail(answer: (name: string) => [status: number, body: object]) {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { LookupAttributes } = JSON.parse(body);
      const [status, json] = answer(LookupAttributes[0].AttributeValue);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(json));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => void server.close();
    const { port } = server.address() as AddressInfo;
    const client = new CloudTrailClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const context = { clock: () => Date.now(), commandLine: (line: string) => `m2m ${line}` };
    return createReaderWatch(context, client, watched);
  }

  test('AWS CloudTrail is asked for both kinds of calls', async () => {
    const toEvent = (minute: number, requestParameters: object) => ({
      CloudTrailEvent: JSON.stringify({
        eventTime: `2026-11-28T01:0${minute}:00Z`,
        userIdentity: { arn: BILLING },
        requestParameters: { secretId: ARN, ...requestParameters },
      }),
    });
    const watch = await startTrail((name) => [
      200,
      {
        Events: [
          name === 'GetSecretValue'
            ? toEvent(2, {})
            : toEvent(1, { moveToVersionId: VERSION, versionStage: 'AWSCURRENT' }),
        ],
      },
    ]);

    expect(await watch.look(VERSION)).toEqual([
      { reader: BILLING, hasCurrent: true, lastReadAt: '2026-11-28T01:02:00Z' },
      { reader: OPS, hasCurrent: false, lastReadAt: undefined },
    ]);
  });

  test('AWS CloudTrail that may not be asked is a coded error with the way out', async () => {
    const watch = await startTrail(() => [400, { __type: 'AccessDeniedException', message: 'no' }]);

    await expect(watch.look(VERSION)).rejects.toMatchObject({
      code: 'ERR_ROTATION_READERS_UNKNOWN',
      next: expect.stringContaining('cloudtrail:LookupEvents'),
    });
  });
});

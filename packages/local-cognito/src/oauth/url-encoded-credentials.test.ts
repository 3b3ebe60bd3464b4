import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';

/** A secret with a character that URL-decoding turns into a space. */
const SECRET = 'chosen+by_the+caller_0123';

let lenient: TestServer;
let strict: TestServer;
beforeAll(async () => {
  lenient = await startServer();
  strict = await startServer({ behaviour: { allowsRawBasicCredentials: false } });
  for (const server of [lenient, strict]) await chooseSecret(server);
});
afterAll(() => Promise.all([lenient.close(), strict.close()]));

test.each([
  ['as it is', (text: string) => text, { lenient: 200, strict: 400 }],
  ['URL-encoded', encodeURIComponent, { lenient: 200, strict: 200 }],
  ['every character URL-encoded', encodeAll, { lenient: 200, strict: 200 }],
  [
    'URL-encoded twice',
    (text: string) => encodeAll(encodeAll(text)),
    { lenient: 400, strict: 400 },
  ],
])('a header with id and secret %s', async (_name, encode, statuses) => {
  const toInit = ({ writer: { clientId } }: TestServer) => ({
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${encode(clientId)}:${encode(SECRET)}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });

  const answers = {
    lenient: (await lenient.send(toInit(lenient))).status,
    strict: (await strict.send(toInit(strict))).status,
  };

  expect(answers).toEqual(statuses);
});

test.each([
  ['URL-encoded', encodeURIComponent, 200],
  ['every character URL-encoded', encodeAll, 200],
  // A plus in a form is a space, whatever the header's rules are.
  ['as it is', (text: string) => text, 400],
])('a body with the secret %s', async (_name, encode, status) => {
  const answers = await Promise.all(
    [lenient, strict].map((server) =>
      server.send({
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=client_credentials&client_id=${server.writer.clientId}&client_secret=${encode(SECRET)}`,
      }),
    ),
  );

  expect(answers.map((answer) => answer.status)).toEqual([status, status]);
});

function encodeAll(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

async function chooseSecret({ url, pools, writer }: TestServer): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sdk = new CognitoIdentityProviderClient({ endpoint: url, region: 'local', credentials });
  const { clientId: ClientId } = writer;
  const UserPoolId = pools[0]?.userPoolId;
  await sdk.send(
    new AddUserPoolClientSecretCommand({ UserPoolId, ClientId, ClientSecret: SECRET }),
  );
  sdk.destroy();
}

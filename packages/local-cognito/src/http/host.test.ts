import { request } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognito, LocalCognitoOptions } from '../start-options.ts';

let cognito: LocalCognito;
afterEach(() => cognito.close());

async function start(options: Partial<LocalCognitoOptions>): Promise<void> {
  cognito = await startLocalCognito({
    pools: { notes: { domain: 'acme-notes', clients: { worker: { scopes: ['notes/read'] } } } },
    ...options,
  });
}

/** Asks for the discovery document and for a token under a name of the server. */
async function readAs(host: string) {
  const [pool] = cognito.pools;
  const [client] = pool?.clients ?? [];
  const discovered = await send(host, `/${pool?.userPoolId}/.well-known/openid-configuration`);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client?.clientId ?? '',
    client_secret: client?.clientSecret ?? '',
  });
  const answer = await send(host, '/notes/oauth2/token', form.toString());
  const [, payload = ''] = String(answer['access_token']).split('.');
  const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return { issuer: discovered['issuer'], jwksUri: discovered['jwks_uri'], tokenIssuer: iss };
}

/** A request whose `Host` can be chosen, which fetch does not allow. */
function send(host: string, path: string, body?: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const method = body === undefined ? 'GET' : 'POST';
    const call = request(`${cognito.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    call.on('error', reject).end(body);
  });
}

test('a client that uses an allowed name reads this name in every address and in its token', async () => {
  await start({ allowedHosts: ['cognito', 'cognito.internal'] });
  const [pool] = cognito.pools;

  for (const host of ['cognito:8787', 'cognito.internal', 'Cognito:1']) {
    const issuer = `http://${host}/${pool?.userPoolId}`;
    await expect(readAs(host)).resolves.toEqual({
      issuer,
      jwksUri: `${issuer}/.well-known/jwks.json`,
      tokenIssuer: issuer,
    });
  }
});

test.each(['localhost:1', '127.0.0.1', 'acme-notes.auth.eu-central-1.amazoncognito.com'])(
  'a client that uses %s reads the address of the server',
  async (host) => {
    await start({ allowedHosts: ['cognito'] });
    const [pool] = cognito.pools;

    await expect(readAs(host)).resolves.toMatchObject({
      issuer: pool?.issuer,
      tokenIssuer: pool?.issuer,
    });
  },
);

test('a public URL counts more than the name that a client uses', async () => {
  await start({ allowedHosts: ['cognito'], publicUrl: 'https://login.example/base/' });
  const issuer = `https://login.example/base/${cognito.pools[0]?.userPoolId}`;

  await expect(readAs('cognito')).resolves.toEqual({
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    tokenIssuer: issuer,
  });
});

test('an issuer of AWS shape is the same under every name', async () => {
  await start({ allowedHosts: ['cognito'], behaviour: { issuerFormat: 'aws' } });

  await expect(readAs('cognito')).resolves.toMatchObject({
    tokenIssuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Local0001',
  });
});

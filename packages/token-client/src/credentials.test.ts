import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { aTokenClient } from '../test/a-token-client.ts';
import { SECRET } from '../test/simulated-issuer.ts';
import {
  type ClientCredentials,
  envCredentials,
  fileCredentials,
  secretsManagerCredentials,
} from './index.ts';

const NEW_SECRET = 'secret-after-the-rotation-0123';

/** A secret that can be rotated, and how often it was read. */
function aSecret(issuerSecrets?: Set<string>) {
  const secret = {
    value: SECRET,
    reads: 0,
    rotate() {
      secret.value = NEW_SECRET;
      issuerSecrets?.clear();
      issuerSecrets?.add(NEW_SECRET);
    },
    provider: async (): Promise<ClientCredentials> => {
      secret.reads++;
      return { clientId: 'client-1', clientSecret: secret.value };
    },
  };
  return secret;
}

describe('a rotated secret', () => {
  test.each([1, 3, 64])(
    'a rotated secret fails none of %i callers, and is read once',
    async (callers) => {
      const secret = aSecret();
      const { get, tokens, issuer, time } = aTokenClient({ credentials: secret.provider });
      await get({ scopes: ['warm'] });
      secret.value = NEW_SECRET;
      issuer.secrets = new Set([NEW_SECRET]);

      const calls = Array.from({ length: callers }, (_, index) =>
        tokens.get({ scopes: [`scope/${index}`] }),
      );
      await time.run(Promise.all(calls));

      expect(secret.reads).toBe(2);
      expect(tokens.stats().failed).toBe(0);
    },
  );

  test('a rotated secret is seen at each rotation', async () => {
    const secret = aSecret();
    const { get, issuer } = aTokenClient({ credentials: secret.provider });

    for (const value of ['first-secret', 'second-secret', 'third-secret']) {
      secret.value = value;
      issuer.secrets = new Set([value]);
      await get({ scopes: [value] });
    }

    expect(secret.reads).toBe(3);
  });

  test('a rotated secret of another app client brings new tokens for everything', async () => {
    let clientId = 'client-1';
    const credentials = () => ({ clientId, clientSecret: clientId });
    const { get, issuer } = aTokenClient({ credentials });
    issuer.secrets = new Set(['client-1']);
    const before = await get({ scopes: ['a'] });

    clientId = 'client-2';
    issuer.secrets = new Set(['client-2']);
    await get({ scopes: ['b'] });
    const after = await get({ scopes: ['a'] });

    expect(after).not.toEqual(before);
  });
});

describe('a wrong secret', () => {
  test('a wrong secret is read again once, and the refusal is remembered for some seconds', async () => {
    const secret = aSecret();
    const { get, issuer, time } = aTokenClient({ credentials: secret.provider });
    issuer.secrets = new Set();

    for (let call = 0; call < 50; call++) {
      const failed = get({ scopes: [`scope/${call}`] });
      await expect(failed).rejects.toMatchObject({
        code: 'ERR_CREDENTIALS_REFUSED',
        details: { issuerError: 'invalid_client' },
      });
    }
    expect({ reads: secret.reads, requests: issuer.requests.length }).toEqual({
      reads: 2,
      requests: 1,
    });
    secret.value = NEW_SECRET;
    issuer.secrets = new Set([NEW_SECRET]);
    await time.advance(5_001);

    await expect(get()).resolves.toHaveProperty('accessToken');
  });

  test('a wrong secret that differs at each reading ends too', async () => {
    let reads = 0;
    const credentials = () => ({ clientId: 'client-1', clientSecret: `wrong-${reads++}` });
    const { get } = aTokenClient({ credentials });

    await expect(get()).rejects.toMatchObject({ code: 'ERR_CREDENTIALS_REFUSED' });
    expect(reads).toBe(2);
  });
});

describe('credentials', () => {
  const names = ['M2M_CLIENT_ID', 'M2M_CLIENT_SECRET', 'OTHER_ID', 'OTHER_SECRET'];
  afterEach(() => {
    for (const name of names) delete process.env[name];
  });

  test('credentials come from AWS Secrets Manager', async () => {
    const asked: unknown[] = [];
    const client = {
      async getSecretValue(input: object) {
        asked.push(input);
        const secret = { client_id: 'client-1', client_secret: SECRET, note: 'kept' };
        return { SecretString: JSON.stringify(secret) };
      },
    };
    const credentials = secretsManagerCredentials({ client, secretId: 'm2m/dev/pool/client' });

    expect(await credentials()).toEqual({ clientId: 'client-1', clientSecret: SECRET });
    expect(asked).toEqual([{ SecretId: 'm2m/dev/pool/client' }]);
  });

  test('credentials come from environment variables', async () => {
    process.env['M2M_CLIENT_ID'] = 'client-1';
    process.env['M2M_CLIENT_SECRET'] = SECRET;
    process.env['OTHER_ID'] = 'client-2';
    process.env['OTHER_SECRET'] = NEW_SECRET;
    const other = envCredentials({ clientId: 'OTHER_ID', clientSecret: 'OTHER_SECRET' });

    expect(await envCredentials()()).toEqual({ clientId: 'client-1', clientSecret: SECRET });
    expect(await other()).toEqual({ clientId: 'client-2', clientSecret: NEW_SECRET });
  });

  test('credentials come from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
    const path = join(folder, 'client.json');
    await writeFile(path, JSON.stringify({ client_id: 'client-1', client_secret: SECRET }));

    expect(await fileCredentials({ path })()).toEqual({
      clientId: 'client-1',
      clientSecret: SECRET,
    });
    await rm(folder, { recursive: true });
  });

  test.each<[string, () => unknown, string, boolean]>([
    ['a variable that is not set', envCredentials(), 'ERR_CREDENTIALS_INVALID', false],
    ['a secret that is not JSON', ofSecret(`${SECRET} {`), 'ERR_CREDENTIALS_INVALID', false],
    ['a secret without a value', ofSecret(undefined), 'ERR_CREDENTIALS_INVALID', false],
    [
      'a secret without an ID',
      ofSecret(`{"client_secret":"${SECRET}"}`),
      'ERR_CREDENTIALS_INVALID',
      false,
    ],
    ['a secret that is null', ofSecret('null'), 'ERR_CREDENTIALS_INVALID', false],
    ['a function that returns nothing', () => undefined, 'ERR_CREDENTIALS_INVALID', false],
    [
      'a file that is not there',
      fileCredentials({ path: '/nowhere.json' }),
      'ERR_CREDENTIALS_UNAVAILABLE',
      false,
    ],
    [
      'a role without permission',
      failing('AccessDeniedException'),
      'ERR_CREDENTIALS_UNAVAILABLE',
      false,
    ],
    [
      'a secret that does not exist',
      failing('ResourceNotFoundException'),
      'ERR_CREDENTIALS_UNAVAILABLE',
      false,
    ],
    ['an outage', failing('InternalServiceError'), 'ERR_CREDENTIALS_UNAVAILABLE', true],
    ['a throttled call', failing('ThrottlingException'), 'ERR_CREDENTIALS_UNAVAILABLE', true],
  ])(
    'credentials that cannot be used are a coded error without the secret: %s',
    async (_, provider, code, retryable) => {
      const { get } = aTokenClient({ credentials: provider as never, maxAttempts: 1 });

      const error = await get().catch((reason: unknown) => reason);

      expect(error).toMatchObject({ code, retryable });
      expect(inspect(error, { depth: 10 })).not.toContain(SECRET);
    },
  );

  test('credentials that cannot be read for a moment are read again', async () => {
    let reads = 0;
    const { get } = aTokenClient({
      credentials() {
        if (reads++ === 0) throw named('InternalServiceError');
        return { clientId: 'client-1', clientSecret: SECRET };
      },
    });

    await expect(get()).resolves.toHaveProperty('accessToken');
  });
});

function ofSecret(SecretString: string | undefined) {
  return secretsManagerCredentials({
    client: { getSecretValue: async () => ({ SecretString }) },
    secretId: 'm2m/dev/pool/client',
  });
}

function failing(name: string) {
  return () => {
    throw named(name);
  };
}

function named(name: string): Error {
  return Object.assign(new Error(`failed, and quotes ${SECRET}`), { name });
}

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type IssuerServer, startIssuer } from '../test/issuer-server.ts';
import { VerifyError } from './errors.ts';
import { createDocumentFetcher } from './fetch-document.ts';

let issuer: IssuerServer;

beforeAll(async () => {
  issuer = await startIssuer();
});
beforeEach(() => issuer.reset());
afterAll(() => issuer.close());

test.each([
  [999, 1],
  [1_000, 2],
])('%i ms after a failure the issuer has been asked %i times', async (now, times) => {
  const clock = { now: 0 };
  const fetchDocument = createDocumentFetcher({ timeoutMs: 1_000, clock: () => clock.now });
  const url = `${issuer.url}/.well-known/nothing`;
  await expect(fetchDocument(url, parseNothing)).rejects.toMatchObject({
    code: 'ERR_ISSUER_INVALID',
  });

  clock.now = now;
  await expect(fetchDocument(url, parseNothing)).rejects.toMatchObject({
    code: 'ERR_ISSUER_INVALID',
  });

  expect(issuer.requests).toHaveLength(times);
});

test('a document that cannot be used is a failure as well, and is fetched once', async () => {
  const fetchDocument = createDocumentFetcher({ timeoutMs: 1_000, clock: () => 0 });
  const url = `${issuer.url}/.well-known/jwks.json`;
  const refuse = () => {
    throw new VerifyError('ERR_ISSUER_INVALID');
  };

  for (const _ of [1, 2]) {
    await expect(fetchDocument(url, refuse)).rejects.toMatchObject({ code: 'ERR_ISSUER_INVALID' });
  }

  expect(issuer.requests).toHaveLength(1);
});

test('a redirect is not followed', async () => {
  const fetchDocument = createDocumentFetcher({ timeoutMs: 1_000, clock: () => 0 });
  const elsewhere = `${issuer.url}/.well-known/openid-configuration`;
  issuer.answer('jwks.json', { redirect: elsewhere });

  const fetching = fetchDocument(`${issuer.url}/.well-known/jwks.json`, parseNothing);

  await expect(fetching).rejects.toMatchObject({ code: 'ERR_ISSUER_UNAVAILABLE' });
  expect(issuer.requests).not.toContain('openid-configuration');
});

const parseNothing = () => undefined;

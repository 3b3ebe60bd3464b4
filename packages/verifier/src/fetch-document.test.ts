import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type IssuerServer, startIssuer } from '../test/issuer-server.ts';
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
  await expect(fetchDocument(url)).rejects.toMatchObject({ code: 'ERR_ISSUER_INVALID' });

  clock.now = now;
  await expect(fetchDocument(url)).rejects.toMatchObject({ code: 'ERR_ISSUER_INVALID' });

  expect(issuer.requests).toHaveLength(times);
});

test('a redirect is not followed', async () => {
  const fetchDocument = createDocumentFetcher({ timeoutMs: 1_000, clock: () => 0 });
  issuer.answer('jwks.json', 302);

  await expect(fetchDocument(`${issuer.url}/.well-known/jwks.json`)).rejects.toMatchObject({
    name: 'VerifyError',
  });
});

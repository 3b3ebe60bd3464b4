import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import express from 'express';
import fastify from 'fastify';
import { startIssuer } from '../test/issuer-server.ts';
import { createExpressGuard } from './express.ts';
import { createFastifyGuard } from './fastify.ts';
import type { GuardOptions } from './guard.ts';
import { createMiddyGuard } from './middy.ts';
import { createVerifier } from './verifier.ts';

const signer = createTokenSigner();
const verifier = createVerifier({
  contract,
  pools: [{ issuer: signer.issuer, jwks: signer.jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['environment'],
});
const scopes = { all: ['orders/read'] };
const claims = { environment: 'test' };

type Result = { statusCode: number; headers: Record<string, string>; body: string };

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

type Call = (headers: Record<string, string>, options?: Options) => Promise<Answer>;

interface Options extends GuardOptions {
  readonly verifier?: typeof verifier;
}

describe.each<[string, Call]>([
  ['Fastify', callFastify],
  ['Express', callExpress],
  ['Middy', callMiddy],
])('the %s guard', (_, call) => {
  test('the guard lets a good token in and hands on what it says', async () => {
    const answer = await call({ authorization: `Bearer ${signer.sign({ claims })}` });

    expect(answer).toMatchObject({ status: 200, body: { environment: 'test' } });
  });

  test.each([
    ['two tokens', 'Bearer a, Bearer b'],
    ['a token that is none', 'Bearer x'],
  ])('the guard answers %s with 401 and says what is wrong', async (_, authorization) => {
    const answer = await call({ authorization });

    expect(answer).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="api", error="invalid_token"',
      body: { error: 'invalid_token', code: 'ERR_TOKEN_MALFORMED' },
    });
  });

  test.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic eDp5' }],
  ])('the guard answers %s with 401 and names no error', async (_, headers) => {
    const answer = await call(headers);

    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    expect(answer.body).toEqual({ code: 'ERR_TOKEN_MISSING', message: expect.any(String) });
  });

  test('the guard names the API in the challenge', async () => {
    const answer = await call({}, { realm: 'orders' });

    expect(answer.challenge).toBe('Bearer realm="orders"');
  });

  test('the guard answers a token without the scope with 403 and says which one', async () => {
    const token = signer.sign({ claims, scopes: ['orders/write'] });

    const answer = await call({ authorization: `bearer ${token}` });

    expect(answer).toMatchObject({
      status: 403,
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="orders/read"',
      body: { error: 'insufficient_scope', code: 'ERR_TOKEN_SCOPE' },
    });
  });

  test('the guard answers 503 while the issuer is down', async () => {
    const token = createTokenSigner({ issuer: 'http://127.0.0.1:1/pool' }).sign({ claims });

    const answer = await call(
      { authorization: `Bearer ${token}` },
      { verifier: aVerifierOf('http://127.0.0.1:1/pool') },
    );

    expect(answer).toMatchObject({
      status: 503,
      retryAfter: '1',
      body: { code: 'ERR_ISSUER_UNAVAILABLE' },
    });
  });

  test('the guard answers 502 while the issuer sends something that is not a key, and does not ask to try again', async () => {
    const issuer = await startIssuer();
    issuer.answer('jwks.json', {});
    const token = issuer.signer.sign({ claims });

    const answer = await call(
      { authorization: `Bearer ${token}` },
      { verifier: aVerifierOf(issuer.url) },
    );
    await issuer.close();

    expect(answer).toMatchObject({
      status: 502,
      retryAfter: null,
      body: { error: 'server_error', code: 'ERR_ISSUER_INVALID' },
    });
  });

  test('the guard reports why a request was not let in', async () => {
    const codes: string[] = [];

    await call({}, { onRefused: ({ code }) => codes.push(code) });

    expect(codes).toEqual(['ERR_TOKEN_MISSING']);
  });
});

test.each([
  ['Fastify', createFastifyGuard(verifier)],
  ['Express', createExpressGuard(verifier)],
  ['Middy', createMiddyGuard(verifier)],
])('the %s guard gives no token for a request that it has not checked', (_, guard) => {
  const isSetUpWrongly = expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' });

  expect(() => guard.tokenOf({ headers: {} })).toThrow(isSetUpWrongly);
  expect(() => guard.require({ all: [] })).toThrow(isSetUpWrongly);
});

test('the Middy guard finds the header in the case that the caller chose', async () => {
  const answer = await callMiddy({ AUTHORIZATION: `Bearer ${signer.sign({ claims })}` });

  expect(answer.status).toBe(200);
});

test.each(['two "quotes"', 'a\\b', 'line\nbreak', ''])('the realm %j is refused', (realm) => {
  expect(() => createFastifyGuard(verifier, { realm })).toThrow(
    expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }),
  );
});

describe('two headers, of which Node and API Gateway show one,', () => {
  const good = `Bearer ${signer.sign({ claims })}`;
  const authorization = [good, 'Bearer x'];

  test('a request with two Authorization headers are refused by the Express guard', async () => {
    const app = express();
    app.get('/', createExpressGuard(verifier).require(scopes), (_, response) => {
      response.json({});
    });

    expect(await getFrom(createServer(app), { Authorization: authorization })).toBe(401);
  });

  test('a request with two Authorization headers are refused by the Fastify guard', async () => {
    const app = fastify();
    app.get('/', { onRequest: createFastifyGuard(verifier).require(scopes) }, () => ({}));
    await app.ready();

    expect(await getFrom(app.server, { Authorization: authorization })).toBe(401);
  });

  test('a request with two Authorization headers are refused by the Middy guard', async () => {
    const event = { headers: { authorization: good }, multiValueHeaders: { authorization } };

    const answer = await createMiddyGuard(verifier).require(scopes).before({ event, context: {} });

    expect(answer).toMatchObject({ statusCode: 401, headers: {} });
  });
});

test('an Express application that answers while the keys are read goes on', async () => {
  const issuer = await startIssuer();
  issuer.answer('jwks.json', 'silent');
  const errors: unknown[] = [];
  const app = express();
  app.use((_request, response, next) => {
    response.status(503).json({});
    next();
  });
  app.get('/', createExpressGuard(aVerifierOf(issuer.url)).require(scopes));
  let passOn = () => {};
  const passedOn = new Promise<void>((resolve) => {
    passOn = resolve;
  });
  app.use((error: unknown, _q: express.Request, _s: express.Response, _n: express.NextFunction) => {
    errors.push(error);
    passOn();
  });

  const status = await getFrom(createServer(app), {
    authorization: `Bearer ${issuer.signer.sign({ claims })}`,
  });
  await passedOn;

  expect(status).toBe(503);
  expect(errors).toEqual([expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' })]);
  await issuer.close();
});

describe('the Middy guard behind a load balancer with multi-value headers', () => {
  const guard = createMiddyGuard(verifier);
  const { before } = guard.require(scopes);
  const call = (...authorization: string[]) =>
    before({ event: { multiValueHeaders: { authorization } }, context: {} });

  test('the Middy guard behind a load balancer with multi-value headers lets a good token in', async () => {
    expect(await call(`Bearer ${signer.sign({ claims })}`)).toBeUndefined();
  });

  test('the Middy guard behind a load balancer with multi-value headers refuses two headers, with the headers that the load balancer takes', async () => {
    const token = `Bearer ${signer.sign({ claims })}`;

    expect(await call(token, token)).toEqual({
      statusCode: 401,
      multiValueHeaders: {
        'www-authenticate': ['Bearer realm="api", error="invalid_token"'],
        'content-type': ['application/json'],
      },
      body: expect.stringContaining('ERR_TOKEN_MALFORMED'),
    });
  });
});

function aVerifierOf(issuer: string) {
  return createVerifier({
    contract,
    pools: [{ issuer, clientIds: null }],
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: ['environment'],
  });
}

/** Sends every value of a header as one of its own, which `fetch` does not. @returns The status. */
async function getFrom(server: Server, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ host: '127.0.0.1', port, headers, agent: false }).end();
  const [response] = await once(outgoing, 'response');
  response.resume();
  server.close();
  return response.statusCode;
}

async function callFastify(headers: Record<string, string>, options: Options = {}) {
  const guard = createFastifyGuard(options.verifier ?? verifier, options);
  const app = fastify();
  app.get('/', { onRequest: guard.require(scopes) }, (request) => guard.tokenOf(request).claims);
  const response = await app.inject({ url: '/', headers });
  return toAnswer(response.statusCode, new Headers(response.headers as never), response.json());
}

async function callExpress(headers: Record<string, string>, options: Options = {}) {
  const guard = createExpressGuard(options.verifier ?? verifier, options);
  const app = express();
  app.get('/', guard.require(scopes), (request, response) => {
    response.json(guard.tokenOf(request).claims);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
    return toAnswer(response.status, response.headers, await response.json());
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function callMiddy(headers: Record<string, string>, options: Options = {}) {
  const guard = createMiddyGuard(options.verifier ?? verifier, options);
  const handler = middy<APIGatewayProxyEventV2, Result>()
    .use(guard.require(scopes))
    .handler(async (_event: APIGatewayProxyEventV2, context: Context) => {
      const body = JSON.stringify(guard.tokenOf(context).claims);
      return { statusCode: 200, headers: {}, body };
    });
  const event = { headers } as unknown as APIGatewayProxyEventV2;
  const {
    statusCode,
    headers: sent,
    body,
  } = await handler(event, { awsRequestId: '1' } as Context);
  return toAnswer(statusCode, new Headers(sent), JSON.parse(body));
}

function toAnswer(status: number, headers: Headers, body: unknown): Answer {
  return {
    status,
    challenge: headers.get('www-authenticate'),
    retryAfter: headers.get('retry-after'),
    body: body as Record<string, unknown>,
  };
}

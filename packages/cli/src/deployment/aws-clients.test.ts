import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { describeAwsError, isAwsError } from '../frame/report-error.ts';
import { createAwsClients } from './aws-clients.ts';

let answer = { status: 200, body: '' };
let server: Server;
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(() => {
  server.close();
});

async function askFor(status: number, body: string): Promise<unknown> {
  answer = { status, body };
  const { port } = server.address() as AddressInfo;
  const { ssm } = createAwsClients('eu-central-1', {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return ssm.send(new GetParametersCommand({ Names: ['a'] })).catch((error: unknown) => error);
}

test.each([
  [400, '{"__type":"AccessDeniedException"}', 'AWS refused SSM GetParameters: AccessDenied'],
  [400, '{"__type":"UnknownOperationException"}', 'The API does not know SSM GetParameters.'],
  [404, 'no such page', 'The endpoint did not respond like AWS to SSM GetParameters.'],
  [
    200,
    '<html>Please sign in</html>',
    'The endpoint did not respond like AWS to SSM GetParameters.',
  ],
])('HTTP %i with %s reads as what the operation met', async (status, body, message) => {
  const error = await askFor(status, body);

  expect(isAwsError(error)).toBe(true);
  expect(isAwsError(error) && describeAwsError(error).message).toContain(message);
});

describe('a proxy', () => {
  let requests: string[];
  let proxy: Server;
  beforeEach(async () => {
    requests = [];
    proxy = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end('{"Parameters":[]}');
    });
    proxy.on('connect', (request, socket) => {
      requests.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
  });
  afterEach(() => {
    proxy.close();
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) delete process.env[name];
  });

  async function askThrough(endpoint: string): Promise<void> {
    const { ssm } = createAwsClients('eu-central-1', {
      endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    ssm.config.maxAttempts = async () => 1;
    await ssm.send(new GetParametersCommand({ Names: ['a'] })).catch(() => {});
  }

  test.each([
    ['HTTP_PROXY', 'http://aws.example', 'POST http://aws.example/'],
    ['HTTPS_PROXY', 'https://aws.example', 'CONNECT aws.example:443'],
  ])('a proxy of %s carries the requests to %s', async (variable, endpoint, expected) => {
    process.env[variable] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

    await askThrough(endpoint);

    expect(requests[0]).toBe(expected);
  });

  test('a proxy is not used for what NO_PROXY names', async () => {
    process.env['HTTP_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    process.env['NO_PROXY'] = '127.0.0.1';

    await askThrough(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

    expect(requests).toEqual([]);
  });
});

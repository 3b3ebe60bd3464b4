import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeAwsError, isAwsError } from '../frame/report-aws-error.ts';
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
  [404, 'no such page', 'What answered SSM GetParameters is not AWS.'],
  [200, '<html>Please sign in</html>', 'What answered SSM GetParameters is not AWS.'],
])('HTTP %i with %s reads as what the operation met', async (status, body, message) => {
  const error = await askFor(status, body);

  expect(isAwsError(error)).toBe(true);
  expect(isAwsError(error) && describeAwsError(error).message).toContain(message);
});

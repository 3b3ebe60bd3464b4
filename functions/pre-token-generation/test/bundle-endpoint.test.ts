import { expect, jest, test } from '@jest/globals';

/** The functions that Node.js calls to connect, not a copy of the test environment's. */
const dns = process.getBuiltinModule('node:dns');

test.each([
  ['eu-central-1', 'dynamodb.eu-central-1.amazonaws.com'],
  ['us-gov-west-1', 'dynamodb.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'dynamodb.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'dynamodb.eusc-de-east-1.amazonaws.eu'],
  // Opened after this SDK was published, perhaps.
  ['eu-central-9', 'dynamodb.eu-central-9.amazonaws.com'],
])('the bundle in %s reads from %s, without an endpoint being given', async (region, host) => {
  const lookUp = jest
    .spyOn(dns, 'lookup')
    .mockImplementation(((_host: string, _options: object, answer: (error: Error) => void) =>
      answer(new Error('Nothing is asked of the network.'))) as never);
  delete process.env['AWS_ENDPOINT_URL'];
  delete process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  Object.assign(process.env, {
    CLAIMS_TABLE_NAME: 'claims',
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });

  await import(new URL(`../dist-fixtures/index.mjs?region=${region}`, import.meta.url).href);

  expect(lookUp.mock.calls[0]?.[0]).toBe(host);
  lookUp.mockRestore();
});

import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type Environment, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { findTarget, type TargetQuery } from './find-target.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
afterAll(() => deployment.close());

function find(changes: Partial<TargetQuery> & { environment?: Environment } = {}) {
  return findTarget({
    environment: deployment.environment,
    variables: {},
    isAwsForced: false,
    localUrl: undefined,
    ...changes,
  });
}

test('a named local Cognito is the target', async () => {
  const target = await find({ localUrl: deployment.cognito.url });

  expect(target).toMatchObject({
    kind: 'local',
    label: `local Cognito at ${deployment.cognito.url}`,
  });
  expect(await target.findClientId('payments', 'billing-worker')).toBe(
    deployment.clientId('payments', 'billing-worker'),
  );
});

describe('a named local Cognito', () => {
  test('a named local Cognito that serves another environment is an error', async () => {
    const environment = validateEnvironment(contract, anEnvironment({ name: 'other' }));

    await expect(find({ environment, localUrl: deployment.cognito.url })).rejects.toMatchObject({
      code: 'ERR_LOCAL_OTHER_ENVIRONMENT',
      next: 'the same command with --env test',
    });
  });

  test('a named local Cognito that does not answer is an error', async () => {
    await expect(find({ localUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'ERR_LOCAL_UNREACHABLE',
    });
  });
});

describe('is refused', () => {
  test.each([
    ['two targets at once', { isAwsForced: true, localUrl: 'http://127.0.0.1:1' }, '--aws'],
    [
      'a local Cognito without http',
      { localUrl: '127.0.0.1:8899' },
      '--local-url is not a valid URL',
    ],
    ['one without its protocol', { localUrl: 'localhost:8899' }, 'http://127.0.0.1:8787'],
    [
      'an endpoint that is not a URL',
      { variables: { AWS_ENDPOINT_URL: 'notaurl' } },
      'not a valid URL',
    ],
    ['one without http', { variables: { AWS_ENDPOINT_URL: 'localhost:5000' } }, 'not a valid URL'],
  ])('%s', async (_case, changes, part) => {
    await expect(find(changes)).rejects.toMatchObject({
      code: 'ERR_ARGUMENT_INVALID',
      message: expect.stringContaining(part),
    });
  });
});

describe('AWS is the target', () => {
  const state = {
    type: 's3',
    bucket: 'acme-state',
    kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1',
  } as const;

  test.each([
    ['when it is forced', { isAwsForced: true }, 'AWS eu-central-1'],
    [
      'when it is forced with an empty endpoint',
      { isAwsForced: true, variables: { AWS_ENDPOINT_URL: '' } },
      'AWS eu-central-1',
    ],
    [
      'when an endpoint is set',
      { variables: { AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' } },
      'AWS eu-central-1 at http://127.0.0.1:5000',
    ],
    [
      'of an environment that a team shares',
      { environment: validateEnvironment(contract, anEnvironment({ state })) },
      'AWS eu-central-1',
    ],
  ])('%s', async (_case, changes, label) => {
    expect(await find(changes)).toMatchObject({ kind: 'aws', label });
  });
});

import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import { describe, expect, test } from '@jest/globals';
import { aTokenClient } from '../test/a-token-client.ts';
import { CREDENTIALS } from '../test/simulated-issuer.ts';
import { createTokenClient, secretsManagerCredentials, type TokenClientOptions } from './index.ts';
import { dnsSuffix } from './request-token.ts';

const options: TokenClientOptions = {
  endpoint: { tokenEndpoint: 'https://issuer.example.com/oauth2/token' },
  credentials: () => CREDENTIALS,
};

describe('the options of a token client', () => {
  test.each<[string, object]>([
    ['no endpoint', { endpoint: undefined }],
    ['no credentials', { credentials: undefined }],
    ['an http: endpoint elsewhere', { endpoint: { tokenEndpoint: 'http://cognito:8787/token' } }],
    ['an endpoint that is not a URL', { endpoint: { tokenEndpoint: 'issuer.example.com' } }],
    ['an endpoint with a password', { endpoint: { tokenEndpoint: 'https://a:b@example.com/' } }],
    ['a Region that is not one', { endpoint: { api: { region: 'example.com/' } } }],
    ['an age of 0 seconds', { maxAgeSeconds: 0 }],
    ['an age that is a string', { maxAgeSeconds: '900' }],
    ['a margin of 121 seconds', { clockMarginSeconds: 121 }],
    ['a timeout that is not a number', { timeoutMs: Number.NaN }],
    ['no attempts', { maxAttempts: 0 }],
  ])('the options of a token client refuse %s', (_, wrong) => {
    expect(() => createTokenClient({ ...options, ...wrong })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_CLIENT_OPTIONS' }),
    );
  });

  test('the options of a token client name all faults at once', () => {
    const wrong = { ...options, maxAgeSeconds: 0, maxTokens: 0 };

    expect(() => createTokenClient(wrong)).toThrow(/"maxAgeSeconds".*"maxTokens"/);
  });

  test.each<[string, Partial<TokenClientOptions>]>([
    [
      'clients of the AWS SDK',
      {
        endpoint: { parameters: '/m2m/prod/payments', client: new SSM() },
        credentials: secretsManagerCredentials({ client: new SecretsManager(), secretId: 'm2m/x' }),
      },
    ],
    ['http: on this machine', { endpoint: { tokenEndpoint: 'http://127.0.0.1:8787/token' } }],
    [
      'http: elsewhere if it is allowed',
      { endpoint: { tokenEndpoint: 'http://cognito:8787/token' }, allowHttp: true },
    ],
    ['a margin of 120 seconds', { clockMarginSeconds: 120 }],
    ['the API', { endpoint: { api: { region: 'eusc-de-east-1' } } }],
  ])('the options of a token client take %s', (_, right) => {
    expect(() => createTokenClient({ ...options, ...right })).not.toThrow();
  });
});

describe('an endpoint', () => {
  test('an endpoint that a parameter names is read once', async () => {
    const asked: unknown[] = [];
    const client = {
      async getParameter(input: object) {
        asked.push(input);
        return { Parameter: { Value: 'https://issuer.example.com/oauth2/token' } };
      },
    };
    const { get, issuer } = aTokenClient({
      endpoint: { parameters: '/m2m/prod/payments', client },
    });

    await get({ scopes: ['a'] });
    await get({ scopes: ['b'] });

    expect(asked).toEqual([{ Name: '/m2m/prod/payments/token-endpoint' }]);
    expect(issuer.requests[0]?.url).toBe('https://issuer.example.com/oauth2/token');
  });

  test.each([
    ['InternalServerError', true],
    ['ParameterNotFound', false],
    ['AccessDeniedException', false],
  ])('an endpoint whose parameter cannot be read is a coded error: %s', async (name, retryable) => {
    const client = {
      async getParameter(): Promise<never> {
        throw Object.assign(new Error('failed'), { name, $metadata: {} });
      },
    };
    const endpoint = { parameters: '/m2m/prod/payments', client };
    const { get } = aTokenClient({ endpoint, maxAttempts: 1 });

    await expect(get()).rejects.toMatchObject({ code: 'ERR_ENDPOINT_UNAVAILABLE', retryable });
  });

  test('an endpoint whose parameter is not a URL is a coded error', async () => {
    const client = { getParameter: async () => ({ Parameter: { Value: 'http://elsewhere/' } }) };
    const { get } = aTokenClient({ endpoint: { parameters: '/m2m/prod/payments', client } });

    await expect(get()).rejects.toMatchObject({ code: 'ERR_TOKEN_CLIENT_OPTIONS' });
  });

  test('an endpoint of the API receives GetClientToken', async () => {
    const received: { url?: string; headers?: unknown; body?: unknown }[] = [];
    const { get } = aTokenClient({
      endpoint: { api: { region: 'eu-central-1' } },
      async fetch(input, init) {
        const { headers, body } = init ?? {};
        received.push({ url: String(input), headers, body: JSON.parse(String(body)) });
        const result = { AccessToken: 'opaque-token', ExpiresIn: 3_600, TokenType: 'Bearer' };
        return Response.json({ ClientAuthenticationResult: result });
      },
    });

    const token = await get({ scopes: ['a'], metadata: { tenant: 't-1' } });

    expect(token.accessToken).toBe('opaque-token');
    expect(received).toEqual([
      {
        url: 'https://cognito-idp.eu-central-1.amazonaws.com/',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken',
        },
        body: {
          ClientId: CREDENTIALS.clientId,
          Secret: CREDENTIALS.clientSecret,
          Scopes: ['a'],
          ClientMetadata: { tenant: 't-1' },
        },
      },
    ]);
  });

  test.each<[string, string, { triggerCode?: string }]>([
    ['NotAuthorizedException', 'ERR_CREDENTIALS_REFUSED', {}],
    ['ResourceNotFoundException', 'ERR_CREDENTIALS_REFUSED', {}],
    ['InvalidParameterException', 'ERR_TOKEN_REFUSED', {}],
    ['TooManyRequestsException', 'ERR_TOKEN_UNAVAILABLE', {}],
    ['UnexpectedLambdaException', 'ERR_TOKEN_UNAVAILABLE', {}],
    ['UserLambdaValidationException', 'ERR_TOKEN_REFUSED', { triggerCode: 'ERR_CLIENT_DISABLED' }],
  ])('an endpoint of the API that answers %s is %s', async (exception, code, details) => {
    const { get } = aTokenClient({
      endpoint: { api: { region: 'eu-central-1' } },
      maxAttempts: 1,
      fetch: async () => {
        const message = `PreTokenGeneration failed with error x (${details.triggerCode ?? ''}).`;
        return Response.json({ __type: exception, message }, { status: 400 });
      },
    });

    await expect(get()).rejects.toMatchObject({
      code,
      details: { issuerError: exception, ...details },
    });
  });

  test.each([
    ...['eu-central-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'us-iso-east-1'],
    ...['us-isob-east-1', 'us-isof-south-1', 'eu-isoe-west-1'],
  ])("an endpoint of the API has the DNS suffix of the AWS SDK's own data: %s", (region) => {
    const { config } = new SecretsManager({ region });

    const endpoint = config.endpointProvider({
      Region: region,
      UseFIPS: false,
      UseDualStack: false,
    });

    expect(endpoint.url.hostname).toBe(`secretsmanager.${region}.${dnsSuffix(region)}`);
  });
});

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/request';

/**
 * The events that AWS documents for Lambda authorizers, with a token in place of its example header.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export const documentedEvents = {
  restToken: (token: string) => ({
    type: 'TOKEN',
    authorizationToken: `Bearer ${token}`,
    methodArn: ARN,
  }),

  restRequest: (token: string) => ({
    type: 'REQUEST',
    methodArn: ARN,
    resource: '/request',
    path: '/request',
    httpMethod: 'GET',
    headers: { 'X-AMZ-Date': '20170718T062915Z', Accept: '*/*', Authorization: `Bearer ${token}` },
    queryStringParameters: { QueryString1: 'queryValue1' },
    pathParameters: {},
    stageVariables: { StageVar1: 'stageValue1' },
    requestContext: {
      path: '/request',
      accountId: '123456789012',
      resourceId: '05c7jb',
      stage: 'test',
      requestId: '...',
      identity: { apiKey: '...', sourceIp: '...' },
      resourcePath: '/request',
      httpMethod: 'GET',
      apiId: 'abcdef123',
    },
  }),

  http1: (token: string) => ({
    version: '1.0',
    type: 'REQUEST',
    methodArn: ARN,
    identitySource: `Bearer ${token}`,
    authorizationToken: `Bearer ${token}`,
    resource: '/request',
    path: '/request',
    httpMethod: 'GET',
    headers: { 'X-AMZ-Date': '20170718T062915Z', Accept: '*/*', Authorization: `Bearer ${token}` },
    queryStringParameters: { QueryString1: 'queryValue1' },
    pathParameters: {},
    stageVariables: { StageVar1: 'stageValue1' },
    requestContext: {
      path: '/request',
      accountId: '123456789012',
      resourceId: '05c7jb',
      stage: 'test',
      requestId: '...',
      identity: { apiKey: '...', sourceIp: '...' },
      resourcePath: '/request',
      httpMethod: 'GET',
      apiId: 'abcdef123',
    },
  }),

  http2: (token: string) => ({
    version: '2.0',
    type: 'REQUEST',
    routeArn: ARN,
    identitySource: [`Bearer ${token}`],
    routeKey: '$default',
    rawPath: '/request',
    rawQueryString: 'parameter1=value1',
    cookies: ['cookie1', 'cookie2'],
    headers: { header1: 'value1', authorization: `Bearer ${token}` },
    queryStringParameters: { parameter1: 'value1' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef123',
      domainName: 'id.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'id',
      http: {
        method: 'GET',
        path: '/request',
        protocol: 'HTTP/1.1',
        sourceIp: 'IP',
        userAgent: 'agent',
      },
      requestId: 'id',
      routeKey: '$default',
      stage: 'test',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1583348638390,
    },
    pathParameters: { parameter1: 'value1' },
    stageVariables: { stageVariable1: 'value1' },
  }),
};

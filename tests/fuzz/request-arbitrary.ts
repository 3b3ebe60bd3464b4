import fc from 'fast-check';

/** One request as the fuzz sends it. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a running server knows, for requests that are nearly right. */
export interface Known {
  readonly poolName: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const OPERATIONS = [
  'GetClientToken',
  'AddUserPoolClientSecret',
  'ListUserPoolClientSecrets',
  'DeleteUserPoolClientSecret',
  'DescribeUserPool',
  'DescribeUserPoolClient',
  'ListUserPoolClients',
  'Nothing',
];

/** Requests from nearly right to nonsense, for every address of the server. */
export function requests(known: Known): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    { weight: 5, arbitrary: tokenRequests(known) },
    { weight: 3, arbitrary: apiRequests(known) },
    { weight: 1, arbitrary: strayRequests(known) },
  );
}

function tokenRequests(known: Known): fc.Arbitrary<FuzzRequest> {
  return fc.record({
    method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET', 'DELETE', 'OPTIONS', 'PATCH'),
    path: pools(known).map((pool) => `/${pool}/oauth2/token`),
    headers: fc.record(
      {
        'content-type': fc.oneof(
          { weight: 6, arbitrary: fc.constant('application/x-www-form-urlencoded') },
          fc.constantFrom('application/json', 'multipart/form-data', '', ';;;', 'text/plain'),
          headerValues(),
        ),
        authorization: fc.oneof(
          fc.constant(`Basic ${btoa(`${known.clientId}:${known.clientSecret}`)}`),
          fc.base64String().map((text) => `Basic ${text}`),
          headerValues(),
        ),
        origin: headerValues(),
        'content-encoding': fc.constantFrom('gzip', 'br', 'nonsense'),
      },
      { requiredKeys: ['content-type'] },
    ),
    body: fc.oneof({ weight: 4, arbitrary: forms(known) }, texts(), fc.json({ maxDepth: 20 })),
  });
}

function forms({ clientId, clientSecret }: Known): fc.Arbitrary<string> {
  const fields = fc.oneof(
    pair('grant_type', fc.oneof(fc.constant('client_credentials'), texts())),
    pair('client_id', fc.oneof(fc.constant(clientId), texts())),
    pair('client_secret', fc.oneof(fc.constant(clientSecret), texts())),
    pair('scope', fc.oneof(fc.constantFrom('orders/read', 'orders/write  ', '%20'), texts())),
    pair('aws_client_metadata', fc.oneof(fc.json(), texts(), fc.constant('{"tenant":"t-1"}'))),
    pair('__proto__', texts()),
    pair('constructor', texts()),
    fc.tuple(texts(), texts()),
  );
  const right = [
    ['grant_type', 'client_credentials'],
    ['client_id', clientId],
    ['client_secret', clientSecret],
  ] as const;
  return fc
    .tuple(fc.boolean(), fc.array(fields, { maxLength: 5 }), fc.boolean())
    .map(([isRight, extra, isEncoded]) =>
      [...(isRight ? right : []), ...extra]
        .map(([name, value]) => `${name}=${isEncoded ? encode(value) : value}`)
        .join('&'),
    );
}

function apiRequests(known: Known): fc.Arbitrary<FuzzRequest> {
  const fields = {
    UserPoolId: fc.oneof(fc.constant(known.userPoolId), fc.jsonValue()),
    ClientId: fc.oneof(fc.constant(known.clientId), fc.jsonValue()),
    ClientSecretId: fc.jsonValue(),
    ClientSecret: fc.oneof(texts(), fc.jsonValue()),
    Secret: fc.oneof(fc.constant(known.clientSecret), fc.jsonValue()),
    Scopes: fc.oneof(fc.constant(['orders/read']), fc.jsonValue()),
    ClientMetadata: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
    MaxResults: fc.oneof(fc.integer(), fc.jsonValue()),
    NextToken: fc.oneof(fc.string(), fc.jsonValue()),
  };
  const input = fc.record(fields, { requiredKeys: [] }).map((value) => JSON.stringify(value));
  return fc.record({
    method: fc.constant('POST'),
    path: fc.constant('/'),
    headers: fc.record(
      {
        'content-type': fc.constant('application/x-amz-json-1.1'),
        'x-amz-target': fc.oneof(
          fc.constantFrom(...OPERATIONS).map((name) => `AWSCognitoIdentityProviderService.${name}`),
          headerValues(),
        ),
        authorization: fc.constant('AWS4-HMAC-SHA256 Credential=x'),
      },
      { requiredKeys: ['content-type', 'x-amz-target'] },
    ),
    body: fc.oneof({ weight: 5, arbitrary: input }, fc.json({ maxDepth: 50 }), texts()),
  });
}

function strayRequests(known: Known): fc.Arbitrary<FuzzRequest> {
  const page = fc.constantFrom('jwks.json', 'openid-configuration', 'nothing');
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
    path: fc.oneof(
      fc.tuple(pools(known), page).map(([pool, name]) => `/${pool}/.well-known/${name}`),
      fc.array(texts().map(encode), { maxLength: 4 }).map((parts) => `/x/${parts.join('/')}`),
    ),
    headers: fc.dictionary(
      fc.constantFrom('accept', 'cookie', 'x-any', 'if-match'),
      headerValues(),
    ),
    body: texts(),
  });
}

function pools({ poolName, userPoolId }: Known): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(poolName, userPoolId) },
    texts().map(encode),
    fc.constantFrom('..', '%2e%2e', '%zz', '__proto__', 'constructor', '%00', 'x'.repeat(2000)),
  );
}

/** Any text, long ones included. */
function texts(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary-ascii' }),
    // Beyond 64 KB the server stops reading.
    fc.integer({ min: 60_000, max: 70_000 }).map((length) => 'a'.repeat(length)),
  );
}

/** What Node's client lets through as a header. */
function headerValues(): fc.Arbitrary<string> {
  return fc.string({
    unit: fc
      .integer({ min: 32, max: 255 })
      .filter((code) => code !== 127)
      .map((code) => String.fromCharCode(code)),
  });
}

function pair(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<[string, string]> {
  return value.map((text) => [name, text]);
}

function encode(text: string): string {
  return encodeURIComponent(text).slice(0, 4000);
}

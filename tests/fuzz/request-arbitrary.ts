import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** One request as the fuzz sends it. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

/** What a running server knows, for requests that are nearly right. */
export interface Known {
  readonly poolName: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What follows the name of the service in `x-amz-target`. */
const COGNITO_OPERATIONS = [
  'GetClientToken',
  'AddUserPoolClientSecret',
  'ListUserPoolClientSecrets',
  'DeleteUserPoolClientSecret',
  'DescribeUserPool',
  'DescribeUserPoolClient',
  'ListUserPoolClients',
  'Nothing',
];

const SECRET_OPERATIONS = [
  'GetSecretValue',
  'ListSecretVersionIds',
  'PutSecretValue',
  'UpdateSecretVersionStage',
  'Nothing',
];

const TARGETS = [
  ...COGNITO_OPERATIONS.map((name) => `AWSCognitoIdentityProviderService.${name}`),
  ...SECRET_OPERATIONS.map((name) => `secretsmanager.${name}`),
];

/** Requests from nearly right to nonsense, for every address of the server. */
export function requests(known: Known): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    { weight: 5, arbitrary: tokenRequests(known) },
    { weight: 1, arbitrary: registrations(known) },
    { weight: 3, arbitrary: apiRequests(known) },
    { weight: 1, arbitrary: strayRequests(known) },
    { weight: 1, arbitrary: pageRequests(known) },
  );
}

function tokenRequests(known: Known): fc.Arbitrary<FuzzRequest> {
  return fc.record({
    method: fc.oneof({ weight: 6, arbitrary: fc.constant('POST') }, methods()),
    path: addresses(known, 'token'),
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
        ...protocolHeaders(),
      },
      { requiredKeys: ['content-type'] },
    ),
    body: fc.oneof(
      { weight: 8, arbitrary: forms(known) },
      texts(),
      fc.json({ maxDepth: 20 }),
      bytes(),
    ),
  });
}

/** The address of a pool, or that of all pools, which finds one by the host or by the client. */
function addresses(known: Known, endpoint: 'token' | 'register'): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 2, arbitrary: pools(known).map((pool) => `/${pool}/oauth2/${endpoint}`) },
    fc.constant(`/oauth2/${endpoint}`),
    fc.constant(`http://localhost/oauth2/${endpoint}`),
  );
}

/** Clients that register themselves, with a token, without one and with none that is good. */
function registrations(known: Known): fc.Arbitrary<FuzzRequest> {
  const metadata = fc.record(
    {
      client_name: fc.oneof(fc.constant('agent'), texts()),
      grant_types: fc.oneof(
        fc.constantFrom(['client_credentials'], ['authorization_code']),
        fc.jsonValue(),
      ),
      redirect_uris: fc.oneof(fc.constant(['https://agent.example/cb']), fc.jsonValue()),
      scope: fc.oneof(fc.constant('orders/read'), fc.jsonValue()),
      token_endpoint_auth_method: fc.oneof(fc.constant('none'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    method: fc.oneof({ weight: 6, arbitrary: fc.constant('POST') }, methods()),
    path: addresses(known, 'register'),
    headers: fc.record(
      {
        'content-type': fc.oneof(fc.constant('application/json'), headerValues()),
        authorization: fc.oneof(
          fc.base64String().map((text) => `Bearer ${text}.${text}.${text}`),
          headerValues(),
        ),
        ...protocolHeaders(),
      },
      { requiredKeys: ['content-type'] },
    ),
    body: fc.oneof(
      { weight: 5, arbitrary: metadata.map((value) => JSON.stringify(value)) },
      fc.json({ maxDepth: 50 }),
      texts(),
      bytes(),
    ),
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
    SecretId: fc.oneof(
      fc.constant('m2m/local/payments/billing-worker/credentials'),
      fc.jsonValue(),
    ),
    SecretString: fc.jsonValue(),
    ClientRequestToken: fc.oneof(fc.uuid(), fc.jsonValue()),
    VersionId: fc.jsonValue(),
    VersionStage: fc.oneof(fc.constantFrom('AWSCURRENT', 'AWSPENDING'), fc.jsonValue()),
  };
  const input = fc.record(fields, { requiredKeys: [] }).map((value) => JSON.stringify(value));
  return fc.record({
    method: fc.constant('POST'),
    path: fc.constant('/'),
    headers: fc.record(
      {
        'content-type': fc.oneof(
          { weight: 6, arbitrary: fc.constant('application/x-amz-json-1.1') },
          headerValues(),
        ),
        'x-amz-target': fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...TARGETS) },
          headerValues(),
        ),
        authorization: fc.constant('AWS4-HMAC-SHA256 Credential=x'),
        ...protocolHeaders(),
      },
      { requiredKeys: ['content-type', 'x-amz-target'] },
    ),
    body: fc.oneof({ weight: 5, arbitrary: input }, fc.json({ maxDepth: 50 }), texts(), bytes()),
  });
}

function strayRequests(known: Known): fc.Arbitrary<FuzzRequest> {
  const page = fc.constantFrom('jwks.json', 'openid-configuration', 'nothing');
  return fc.record({
    method: methods(),
    path: fc.oneof(
      fc.constant('/.local-cognito/deployment'),
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

/** The inspector page, its parts and its form. */
function pageRequests({ clientId }: Known): fc.Arbitrary<FuzzRequest> {
  const part = fc.oneof(
    fc.constantFrom(clientId, 'page.css', '..%2fpackage.json'),
    texts().map(encode),
  );
  return fc.record({
    method: fc.oneof(fc.constantFrom('GET', 'POST'), methods()),
    path: fc.oneof(
      fc.tuple(fc.constantFrom('/clients', '/assets'), part).map((parts) => parts.join('/')),
      fc.tuple(fc.constantFrom('/?q=', '/requests?after='), part).map((parts) => parts.join('')),
    ),
    headers: fc.record(
      { 'content-type': fc.constant('application/x-www-form-urlencoded'), ...protocolHeaders() },
      { requiredKeys: ['content-type'] },
    ),
    body: fc.oneof(texts(), bytes()),
  });
}

function methods(): fc.Arbitrary<string> {
  const common = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
  return fc.constantFrom(...common, 'HEAD', 'TRACE', 'CONNECT', 'PROPFIND');
}

/** Headers that Node.js itself acts on. */
function protocolHeaders() {
  return {
    expect: fc.constantFrom('100-continue', 'nonsense'),
    host: fc.constantFrom(
      ...['localhost', 'evil.example', '[::1]:1', ''],
      ...['cognito', 'acme-orders.auth.eu-central-1.amazoncognito.com'],
    ),
    'transfer-encoding': fc.constant('chunked'),
  };
}

/** Bodies that are not valid UTF-8, including compressed ones. */
function bytes(): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((values) => Buffer.from(values)),
    fc.string().map((text) => gzipSync(text)),
  );
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

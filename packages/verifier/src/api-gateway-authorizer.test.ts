import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import { documentedEvents } from '../test/authorizer-events.ts';
import { type AuthorizerEvent, createGatewayAuthorizer } from './api-gateway-authorizer.ts';
import { createGatewayClaimsReader } from './api-gateway-claims.ts';
import { createVerifier } from './verifier.ts';

const signer = createTokenSigner();
const verifier = createVerifier({
  contract,
  pools: [{ issuer: signer.issuer, jwks: signer.jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['environment', 'permissions', 'approval_limit'],
});
const scopes = { all: ['orders/read'] };
const claims = { environment: 'test', permissions: ['a b', 'c'], approval_limit: 5000 };

describe('createGatewayAuthorizer', () => {
  test.each<[string, (token: string) => AuthorizerEvent]>([
    ['REST TOKEN', documentedEvents.restToken],
    ['REST REQUEST', documentedEvents.restRequest],
    ['HTTP 1.0', documentedEvents.http1],
    ['HTTP 2.0', documentedEvents.http2],
  ])(
    'createGatewayAuthorizer allows the whole stage for a good token in a %s event',
    async (_, toEvent) => {
      const authorize = createGatewayAuthorizer(verifier, { scopes, answer: 'policy' });

      const { principalId, policyDocument } = await authorize(toEvent(signer.sign({ claims })));

      expect(principalId).toBe(A_CLIENT_ID);
      expect(policyDocument.Statement).toEqual([
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/*',
        },
      ]);
    },
  );

  test.each(['policy', 'simple'] as const)(
    'createGatewayAuthorizer hands on claims that come out as they were, as %s',
    async (answer) => {
      const authorize = createGatewayAuthorizer(verifier, { scopes, answer });
      const read = createGatewayClaimsReader({
        contract,
        rendering: 'authorizer',
        reads: ['permissions', 'approval_limit', 'environment'],
      });

      const { context } = await authorize(documentedEvents.http2(signer.sign({ claims })));
      const authorizer = answer === 'simple' ? { lambda: context } : context;

      expect(read({ requestContext: { authorizer } })).toEqual({
        claims,
        clientId: A_CLIENT_ID,
        scopes: ['orders/read'],
      });
    },
  );

  test('createGatewayAuthorizer denies a token without the scope', async () => {
    const event = documentedEvents.http1(signer.sign({ claims, scopes: [] }));

    const policy = await createGatewayAuthorizer(verifier, { scopes, answer: 'policy' })(event);
    const simple = await createGatewayAuthorizer(verifier, { scopes, answer: 'simple' })(event);

    expect(policy.policyDocument.Statement[0]?.Effect).toBe('Deny');
    expect(simple).toEqual({ isAuthorized: false });
  });

  test.each([
    ['no header', {}],
    ['no token', { headers: null }],
    ['a token that is none', bearer('x')],
    [
      'one of two tokens',
      {
        ...bearer(signer.sign({ claims })),
        multiValueHeaders: { Authorization: ['Bearer x', `Bearer ${signer.sign({ claims })}`] },
      },
    ],
  ])(
    'createGatewayAuthorizer says "Unauthorized" to %s, and the code to whoever asks',
    async (_, event) => {
      const codes: string[] = [];
      const onRefused = ({ code }: { code: string }) => codes.push(code);
      const authorize = createGatewayAuthorizer(verifier, { scopes, answer: 'simple', onRefused });

      await expect(authorize(event)).rejects.toThrow(/^Unauthorized$/);
      expect(codes).toEqual([expect.stringMatching(/^ERR_TOKEN_/)]);
    },
  );

  test('createGatewayAuthorizer does not say "Unauthorized" while the issuer is down', async () => {
    const issuer = 'http://127.0.0.1:1/pool';
    const down = createVerifier({
      contract,
      pools: [{ issuer, clientIds: null }],
      tokenUse: 'access',
      grant: 'client_credentials',
      reads: [],
    });
    const codes: string[] = [];
    const onRefused = ({ code }: { code: string }) => codes.push(code);
    const authorize = createGatewayAuthorizer(down, { scopes, answer: 'simple', onRefused });
    const event = bearer(createTokenSigner({ issuer }).sign({ claims }));

    await expect(authorize(event)).rejects.toMatchObject({ code: 'ERR_ISSUER_UNAVAILABLE' });
    expect(codes).toEqual(['ERR_ISSUER_UNAVAILABLE']);
  });

  test('createGatewayAuthorizer cannot make a policy for an event that does not say what is called', async () => {
    const authorize = createGatewayAuthorizer(verifier, { scopes, answer: 'policy' });

    await expect(authorize(bearer(signer.sign({ claims })))).rejects.toMatchObject({
      code: 'ERR_VERIFIER_OPTIONS',
    });
  });

  test('createGatewayAuthorizer is not created with an answer that API Gateway does not know', () => {
    const create = () => createGatewayAuthorizer(verifier, { scopes, answer: 'yes' as 'simple' });

    expect(create).toThrow(expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }));
  });
});

function bearer(token: string): AuthorizerEvent {
  return { headers: { authorization: `Bearer ${token}` } };
}

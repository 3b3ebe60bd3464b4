import { createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { expect, test } from '@jest/globals';
import { createOrdersHandler } from './orders-handler.ts';

const signer = createTokenSigner();
const handler = createOrdersHandler([
  { issuer: signer.issuer, jwks: signer.jwks, clientIds: null },
]);

test.each([
  ['orders/read', { statusCode: 200, body: 'premium' }],
  ['orders/write', expect.objectContaining({ statusCode: 403 })],
])('a token with the scope %s', async (scope, answer) => {
  const token = signer.sign({
    scopes: [scope],
    claims: { environment: 'test', tier: 'premium' },
  });
  const event = { headers: { authorization: `Bearer ${token}` } };

  expect(await handler(event as never, {} as never)).toEqual(answer);
});

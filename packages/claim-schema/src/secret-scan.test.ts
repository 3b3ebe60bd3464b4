import { describe, expect, test } from '@jest/globals';
import { findSecret } from './secret-scan.ts';

/** Put together at run time, so that no scanner takes this file for a leak. */
const join = (...parts: string[]) => parts.join('');
const mixed = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3gH5jK7m';

describe('a secret', () => {
  test.each([
    ['a private key', join('-----BEGIN RSA ', 'PRIVATE KEY-----\nabc')],
    ['a private key', join('-----BEGIN ', 'PRIVATE KEY-----')],
    ['an AWS access key id', join('AKIA', 'ABCDEFGH23456723')],
    ['an AWS access key id', join('id ASIA', 'ABCDEFGH23456723.')],
    ['a JSON web token', join('eyJhbGciOiJSUzI1', 'NiJ9.eyJzdWIiOiIxMjM0', 'NTY3.sig')],
    ['a GitHub token', join('ghp_', 'a'.repeat(36))],
    ['a Slack token', join('xoxb-', '1234567890')],
    ['a Stripe key', join('sk_live_', 'a1b2c3d4e5f6g7h8')],
    ['a URL with a password', 'postgres://admin:hunter2@db.example.com/orders'],
    ['a long random value', mixed],
  ])('a secret is seen as %s: %#', (kind, text) => {
    expect(findSecret('tier', text)).toBe(kind);
  });

  test.each(['password', 'db_password', 'clientSecret', 'api-key', 'privateKey', 'credentials'])(
    'a secret is seen in the name %s',
    (name) => {
      expect(findSecret(name, 'x')).toBe('a claim named like a credential');
    },
  );

  test.each([
    ['in a list', ['x', mixed]],
    ['in an object', { a: { b: mixed } }],
    ['in an object in a list', [{ a: mixed }]],
    ['in the name of a member', { a: { password: 1 } }],
  ])('a secret is seen %s', (_where, value) => {
    expect(findSecret('settings', value)).toBeDefined();
  });
});

describe('no secret', () => {
  test.each([
    ['a role', 'admin'],
    ['a number', 5000],
    ['a flag', true],
    ['nothing', null],
    ['a UUID', '123e4567-e89b-12d3-a456-426614174000'],
    ['a role ARN', 'arn:aws:iam::123456789012:role/billing-worker'],
    ['a URL', 'https://api.example.com/orders?id=1'],
    ['39 random characters', mixed.slice(0, 39)],
    ['forty equal letters', 'a'.repeat(40)],
    ['forty characters without a capital', mixed.toLowerCase()],
    ['a long run of little entropy', 'aB1'.repeat(20)],
    ['nested ordinary values', { a: ['x', { b: 'y' }] }],
  ])('no secret is %s', (_what, value) => {
    expect(findSecret('tier', value)).toBeUndefined();
  });

  test.each(['secretariat', 'passwordless_login', 'keyring', 'tier'])(
    'no secret is the name %s',
    (name) => {
      expect(findSecret(name, 'x')).toBeUndefined();
    },
  );
});

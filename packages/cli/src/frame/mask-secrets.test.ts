import { expect, test } from '@jest/globals';
import { HIDDEN_VALUE, maskSecrets, withoutCredentials } from './text.ts';

const KEY_ID = `AKIA${'A'.repeat(16)}`;

test.each([
  [`"${KEY_ID}" is not in the claim contract`, `"${HIDDEN_VALUE}" is not in the claim contract`],
  [`unknown option '--key=${KEY_ID}'`, `unknown option '${HIDDEN_VALUE}'`],
  [`rotated after ghp_${'a1B2'.repeat(9)} leaked`, `rotated after ${HIDDEN_VALUE} leaked`],
  ['-----BEGIN PRIVATE KEY-----', HIDDEN_VALUE],
  ['postgres://app:hunter2@db/orders', HIDDEN_VALUE],
])('maskSecrets hides what looks like a secret in %j', (text, expected) => {
  expect(maskSecrets(text)).toBe(expected);
});

test.each([
  'No pool "payments" in environment "dev"; known: shipping.',
  '/home/Jane/Code2026/acme-Orders/cognito-m2m-claims/infra/environments/dev.ts has 2 faults:',
  'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbC123xYz',
])('maskSecrets leaves %j as it is', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test.each([
  ['AWS at http://user:pw@host:5000', 'AWS at http://host:5000'],
  ['https://token@api.example/path', 'https://api.example/path'],
  ['http://host/a@b', 'http://host/a@b'],
  ['mail a@b.example', 'mail a@b.example'],
])('the URL in %p is shown without its credentials', (text, expected) => {
  expect(withoutCredentials(text)).toBe(expected);
});

import { randomBytes } from 'node:crypto';

/**
 * Makes a client secret: 256 random bits as 64 hexadecimal digits.
 *
 * Amazon Cognito takes 24 to 64 of `[\w+]`. Digits alone mean the same in every encoding: a `+` in a form that a service
 * fills by hand would arrive as a blank.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
export function createNewSecret(): string {
  return randomBytes(32).toString('hex');
}

import { createHash, randomBytes } from 'node:crypto';

/** As long as the ids that Amazon Cognito gives app clients. */
const CLIENT_ID_LENGTH = 26;

/** As long as what follows the Region in the ids that Amazon Cognito gives pools. */
const POOL_ID_LENGTH = 9;

/** Between the 24 and 64 characters that Amazon Cognito allows. */
const SECRET_LENGTH = 52;

/** The lower-case letters and digits of which Amazon Cognito makes ids and secrets. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a pool id of AWS shape; the number is the pool's place in its environment, from 1. */
export function toUserPoolId(region: string, position: number): string {
  return `${region}_Local${String(position).padStart(4, '0')}`;
}

/** Derives a client id from names: the same in every run, so that scripts and table items keep their meaning. */
export function toClientId(environmentName: string, poolName: string, clientName: string): string {
  const name = JSON.stringify([environmentName, poolName, clientName]);
  return spell(createHash('sha256').update(name).digest(), CLIENT_ID_LENGTH);
}

/** Makes the id of a client that the API creates. */
export function createClientId(): string {
  return spell(randomBytes(CLIENT_ID_LENGTH), CLIENT_ID_LENGTH);
}

/** Makes the id of a pool that the API creates. */
export function createUserPoolId(region: string): string {
  return `${region}_${spell(randomBytes(POOL_ID_LENGTH), POOL_ID_LENGTH)}`;
}

/** Generates a client secret. */
export function generateClientSecret(): string {
  return spell(randomBytes(SECRET_LENGTH), SECRET_LENGTH);
}

// 256 is not a multiple of 36: four letters are slightly likelier, which costs less than 1 bit of 268.
function spell(bytes: Buffer, length: number): string {
  return [...bytes.subarray(0, length)]
    .map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join('');
}

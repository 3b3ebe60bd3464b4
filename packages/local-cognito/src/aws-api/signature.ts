import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** AWS refuses a signature that is older, or that lies so far ahead. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** Without these in the signature, it would be good for other requests too. */
const REQUIRED_HEADERS = ['host', 'x-amz-date', 'x-amz-target'];

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([\da-f]{64})$/;

/**
 * True for a `POST /` that is signed with a secret access key, by AWS Signature Version 4.
 *
 * @param now - Epoch milliseconds.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSignedWith(
  secret: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  now: number,
): boolean {
  const [, day, region, service, names = '', signature = ''] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const time = String(headers['x-amz-date']);
  const signed = names.split(';');
  if (day === undefined || region === undefined || service === undefined) return false;
  if (!REQUIRED_HEADERS.every((name) => signed.includes(name))) return false;
  if (!time.startsWith(day) || !(Math.abs(toEpoch(time) - now) <= MAX_SKEW_MS)) return false;
  const canonical = [
    'POST',
    '/',
    '',
    ...signed.map((name) => `${name}:${normalize(headers[name])}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (derived, part) => createHmac('sha256', derived).update(part).digest(),
    `AWS4${secret}`,
  );
  const expected = createHmac('sha256', key).update(toSign).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** @returns NaN for what is not a time in the basic format of ISO 8601. */
function toEpoch(time: string): number {
  return Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
}

function normalize(value: string | readonly string[] | undefined): string {
  return String(value ?? '')
    .trim()
    .replace(/ +/g, ' ');
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

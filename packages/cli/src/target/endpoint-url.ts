import type { Variables } from '../command.ts';
import { CliError } from '../errors.ts';

/**
 * Reads `AWS_ENDPOINT_URL`; `undefined` if AWS itself is meant.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` if it is no URL, with which the SDK would fail in its own words.
 */
export function readEndpointUrl(variables: Variables): string | undefined {
  const text = variables['AWS_ENDPOINT_URL'];
  if (text === undefined || text === '') return undefined;
  if (isHttpUrl(text)) return text;
  // Not quoted: people put passwords into URLs.
  const message = 'AWS_ENDPOINT_URL is no URL; expected one such as http://127.0.0.1:5000.';
  throw new CliError('ERR_ARGUMENT_INVALID', message, {
    next: 'unset AWS_ENDPOINT_URL, or set it to a URL',
  });
}

/** True for an absolute URL of HTTP; `localhost:5000` alone parses as a URL of the scheme `localhost`. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

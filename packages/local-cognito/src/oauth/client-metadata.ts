import type { ClientMetadata } from '../trigger/trigger-event.ts';

/**
 * Reads `aws_client_metadata`: a JSON object of texts.
 *
 * @returns `undefined` for anything else.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export function parseClientMetadata(text: string): ClientMetadata | undefined {
  const value = parseJson(text);
  return isClientMetadata(value) ? value : undefined;
}

/** True for an object whose values are all texts. */
function isClientMetadata(value: unknown): value is ClientMetadata {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === 'string');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

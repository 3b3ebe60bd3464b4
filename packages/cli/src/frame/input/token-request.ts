import { readFile } from 'node:fs/promises';
import { formatFault } from '@cognito-m2m/claim-schema';
import { CliError } from '../errors.ts';
import { splitPairs } from './claims.ts';

/** What a caller of the token endpoint would send. */
export interface TokenRequestInput {
  /** @default all scopes of the client */
  readonly scopes: readonly string[];
  /** As `key=value`, or `key=@file`. */
  readonly metadata: readonly string[];
}

/** The options of commands that ask for a token. */
export const REQUEST_OPTIONS = [
  {
    flags: '-s, --scope <scope>',
    description: 'a scope to ask for (default: all of the client)',
    isRepeatable: true,
  },
  {
    flags: '-m, --metadata <key=value>',
    description: 'a key of aws_client_metadata; key=@file reads a file',
    isRepeatable: true,
  },
] as const;

/**
 * Picks the scopes to ask for.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` for a scope that the client may not have; Amazon Cognito would refuse it.
 */
export function pickScopes(
  asked: readonly string[],
  allowed: readonly string[],
  clientName: string,
): readonly string[] {
  const refused = asked.filter((scope) => !allowed.includes(scope));
  if (refused.length === 0) return asked.length === 0 ? allowed : asked;
  const message = `Client "${clientName}" may not have scope ${refused.join(', ')}; it may have ${allowed.join(', ')}.`;
  throw new CliError('ERR_ARGUMENT_INVALID', message);
}

/**
 * Reads metadata as `aws_client_metadata` holds it; `undefined` if none was given.
 *
 * A value that begins with `@` names a file: a user's token does not belong in the history of a shell.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` for a string without a key, a key that is given more than once, or a file that
 *   cannot be read.
 */
export async function readMetadata(
  texts: readonly string[],
): Promise<Record<string, string> | undefined> {
  const { pairs, faults } = splitPairs(texts, 'metadata');
  if (faults.length > 0) {
    throw new CliError('ERR_ARGUMENT_INVALID', `${faults.map(formatFault).join('; ')}.`);
  }
  if (texts.length === 0) return undefined;
  const values = pairs.map(async ([key, value]) => [key, await readValue(key, value)] as const);
  return Object.fromEntries(await Promise.all(values));
}

async function readValue(key: string, value: string): Promise<string> {
  if (!value.startsWith('@')) return value;
  const file = value.slice(1);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('ERR_ARGUMENT_INVALID', `Cannot read ${file} for --metadata ${key}.`, {
      cause,
    });
  });
  // An editor ends a file with a line break, which is not part of a token.
  return text.trimEnd();
}

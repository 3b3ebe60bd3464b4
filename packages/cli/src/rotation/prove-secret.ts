import { DENIAL_MESSAGES, requiredMetadata } from '@cognito-m2m/claim-schema';
import type { FoundClient } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import type { ClientCredentials } from '../frame/target.ts';
import { readClientRecords } from '../prediction/client-records.ts';
import { requestToken, type TokenAnswer } from '../token/request-token.ts';
import { createTokenChecker } from '../token/verify-token.ts';

/** How long Amazon Cognito may take to know a secret that was just added, and how often it is asked. */
const PATIENCE_MS = 30_000;
const INTERVAL_MS = 1_000;

/** Proves that Amazon Cognito takes a secret. @throws {CliError} `ERR_ROTATION_NOT_PROVEN`, `ERR_TOKEN_REQUEST_FAILED`, `ERR_TOKEN_INVALID`. */
export type ProveSecret = (credentials: ClientCredentials) => Promise<void>;

/**
 * Creates the proof of one client's secrets: a real token, verified as an API would.
 *
 * A denial by the trigger is a proof, too: the client has authenticated before the trigger is asked. So the secret of a
 * disabled client can be rotated.
 *
 * @param next - The command that goes on after a failure.
 */
export function createSecretProof(
  context: CommandContext,
  found: FoundClient,
  next: string,
): ProveSecret {
  const { deployed, clientId } = found;
  return async (credentials) => {
    const answer = await ask(context, found, credentials).catch((error: unknown) => {
      throw asStandstill(error, next);
    });
    if (answer.isIssued) {
      const checker = await createTokenChecker(context, deployed);
      await checker.check(answer.accessToken, clientId);
    } else if (!(answer.code in DENIAL_MESSAGES)) {
      const message = `The token endpoint does not accept the secret: ${answer.code}. Nothing was deleted.`;
      throw new CliError('ERR_ROTATION_NOT_PROVEN', message, { next });
    }
  };
}

/** Asks for a token with all scopes and the metadata that is required, again and again while the secret is unknown. */
async function ask(
  context: CommandContext,
  found: FoundClient,
  credentials: ClientCredentials,
): Promise<TokenAnswer> {
  const { output, clock, wait } = context;
  const { baseline } = await readClientRecords(context, found);
  const required = requiredMetadata(baseline);
  const metadata = Object.keys(required).length === 0 ? undefined : required;
  const progress = output.startProgress('Waiting for Amazon Cognito to take the secret, seconds');
  const endsAt = clock() + PATIENCE_MS;
  try {
    for (;;) {
      const request = { scopes: [], metadata };
      const answer = await requestToken(found.deployed.tokenEndpoint, credentials, request);
      if (!isUnknownSecret(answer) || clock() >= endsAt) return answer;
      progress.update(Math.round((clock() - endsAt + PATIENCE_MS) / 1000));
      await wait(INTERVAL_MS);
    }
  } finally {
    progress.end();
  }
}

function isUnknownSecret(answer: TokenAnswer): boolean {
  return !answer.isIssued && answer.code === 'invalid_client';
}

/** A rotation that can't go on has lost nothing; the same command goes on later. */
function asStandstill(error: unknown, next: string): unknown {
  if (!(error instanceof CliError) || error.code !== 'ERR_TOKEN_REQUEST_FAILED') return error;
  const message = `${error.message} The rotation is paused; no secret was lost.`;
  return new CliError(error.code, message, { cause: error, next });
}

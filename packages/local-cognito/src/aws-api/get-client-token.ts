import { z } from 'zod';
import { AwsError, type AwsExceptionName } from '../model/aws-error.ts';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import type { RequestRecord } from '../model/journal.ts';
import {
  type AppClient,
  CLIENT_TOKEN_AUTH,
  isClientSecret,
  type UserPool,
} from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import { grantScopes, type IssuedToken, issueToken, toDescription } from '../tokens/issue-token.ts';
import type { TriggerFailure } from '../trigger/trigger-call.ts';
import { defineOperation } from './operation.ts';

const input = z.object({
  ClientId: z.string().min(1),
  Secret: z.string().min(1),
  Scopes: z.array(z.string()).optional(),
  ClientMetadata: z.record(z.string(), z.string()).optional(),
});

/**
 * Issues a token without a domain.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
 */
export const getClientToken = defineOperation(
  input,
  async (core, call, host) => {
    const startedAt = core.clock();
    const found = core.directory.findByClientId(call.ClientId);
    try {
      const issued = await issue(core, found, call, host);
      const { scopes, customClaims, ignoredClaims } = issued;
      record(core, startedAt, found, { status: 200, scopes, customClaims, ignoredClaims });
      return {
        ClientAuthenticationResult: {
          AccessToken: issued.accessToken,
          ExpiresIn: issued.expiresInSeconds,
          TokenType: 'Bearer',
        },
      };
    } catch (error) {
      record(core, startedAt, found, { status: 400, ...toRefusedRecord(error) });
      throw error;
    }
  },
  { isPublic: true },
);

type Found = { readonly pool: UserPool; readonly client: AppClient } | undefined;

async function issue(
  core: Core,
  found: Found,
  call: z.output<typeof input>,
  host: string | undefined,
): Promise<IssuedToken> {
  if (found === undefined) {
    throw new AwsError(core.behaviour.unknownClientException, 'User pool client does not exist.');
  }
  const { pool, client } = found;
  if (!client.explicitAuthFlows.includes(CLIENT_TOKEN_AUTH)) {
    const message = 'CLIENT_TOKEN_AUTH flow not enabled for this client';
    throw new AwsError(core.behaviour.clientTokenAuthException, message);
  }
  if (!isClientSecret(core.secrets, { pool, client }, call.Secret)) {
    throw new AwsError('NotAuthorizedException', 'Invalid client secret.');
  }
  const scopes = grantScopes(call.Scopes ?? [], client.scopes, core.behaviour);
  if (scopes === undefined) {
    const message = 'The client may not have one of the scopes.';
    throw new AwsError(core.behaviour.forbiddenScopeException, message);
  }
  const metadata = call.ClientMetadata;
  const granted = { pool, client, scopes, metadata, via: 'GetClientToken', host } as const;
  const result = await issueToken(granted, core);
  if (result.ok) return result.value;
  throw new AwsError(
    exceptionOf(core.behaviour, result.failure),
    toDescription(result.failure, core.behaviour),
  );
}

function exceptionOf(behaviour: CognitoBehaviour, { kind }: TriggerFailure): AwsExceptionName {
  if (kind === 'refused') return behaviour.triggerRefusedException;
  return kind === 'timed-out'
    ? behaviour.triggerTimeoutException
    : behaviour.triggerMalformedException;
}

function toRefusedRecord(error: unknown) {
  if (error instanceof AwsError) return { error: error.code, reason: error.message };
  return { error: 'InternalErrorException', reason: 'the call failed' };
}

function record(
  core: Core,
  startedAt: number,
  found: Found,
  outcome: Pick<
    RequestRecord,
    'status' | 'scopes' | 'customClaims' | 'ignoredClaims' | 'error' | 'reason'
  >,
): void {
  core.journal.add({
    startedAt,
    endedAt: core.clock(),
    via: 'GetClientToken',
    poolName: found?.pool.name,
    clientId: found?.client.clientId,
    clientName: found?.client.name,
    ...outcome,
  });
}

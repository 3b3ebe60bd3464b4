import { z } from 'zod';
import type { Core } from '../core.ts';
import { toDescription } from '../oauth/grant-token.ts';
import { isClientSecret } from '../pools/authenticate-client.ts';
import { type AppClient, CLIENT_TOKEN_AUTH, type UserPool } from '../pools/user-pool.ts';
import { grantScopes } from '../tokens/granted-scopes.ts';
import { type IssueResult, issueToken } from '../tokens/issue-token.ts';
import { AwsError } from './aws-error.ts';
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
  async (core, call) => {
    const startedAt = core.clock();
    const found = core.directory.findByClientId(call.ClientId);
    try {
      const issued = await issue(core, found, call);
      record(core, startedAt, found, 200, toIssuedRecord(issued));
      return {
        ClientAuthenticationResult: {
          AccessToken: issued.accessToken,
          ExpiresIn: issued.expiresInSeconds,
          TokenType: 'Bearer',
        },
      };
    } catch (error) {
      record(core, startedAt, found, 400, toRefusedRecord(error));
      throw error;
    }
  },
  { isPublic: true },
);

type Found = { readonly pool: UserPool; readonly client: AppClient } | undefined;
type Issued = Extract<IssueResult, { isIssued: true }>;

async function issue(core: Core, found: Found, call: z.output<typeof input>): Promise<Issued> {
  if (found === undefined) {
    throw new AwsError(core.behaviour.unknownClientException, 'User pool client does not exist.');
  }
  const { pool, client } = found;
  if (!client.explicitAuthFlows.includes(CLIENT_TOKEN_AUTH)) {
    const message = 'CLIENT_TOKEN_AUTH flow not enabled for this client';
    throw new AwsError(core.behaviour.clientTokenAuthException, message);
  }
  if (!isClientSecret(core.secrets, pool, client, call.Secret)) {
    throw new AwsError('NotAuthorizedException', 'Invalid client secret.');
  }
  const scopes = grantScopes(call.Scopes ?? [], client.scopes, core.behaviour);
  if (scopes === undefined) {
    const message = 'The client may not have one of the scopes.';
    throw new AwsError(core.behaviour.forbiddenScopeException, message);
  }
  const metadata = call.ClientMetadata;
  const result = await issueToken({ pool, client, scopes, metadata, via: 'GetClientToken' }, core);
  if (result.isIssued) return result;
  const exception = core.behaviour.triggerExceptions[result.failure.kind];
  throw new AwsError(exception, toDescription(result.failure, core.behaviour));
}

function toIssuedRecord({ payload, customClaims, ignoredClaims }: Issued) {
  return { scopes: String(payload['scope']).split(' '), customClaims, ignoredClaims };
}

function toRefusedRecord(error: unknown) {
  if (error instanceof AwsError) return { error: error.code, reason: error.message };
  return { error: 'InternalErrorException', reason: 'the call failed' };
}

function record(
  core: Core,
  startedAt: number,
  found: Found,
  status: number,
  outcome: ReturnType<typeof toIssuedRecord> | ReturnType<typeof toRefusedRecord>,
): void {
  const durationMs = core.clock() - startedAt;
  core.journal.add(() => ({
    at: new Date(startedAt).toISOString(),
    via: 'GetClientToken',
    status,
    durationMs,
    ...(found && {
      poolName: found.pool.name,
      clientId: found.client.clientId,
      clientName: found.client.name,
    }),
    ...outcome,
  }));
}

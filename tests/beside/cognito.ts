import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetPolicyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CallOutcome } from '../lambda-runtime/start-trigger-process.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type RunningAws, TRIGGER_NAME } from './aws-gateway.ts';
import { aUserEvent } from './user-event.ts';

/** What Amazon Cognito itself does with the pools of the API: it calls whichever function is attached, if it may. */
export interface Cognito extends TestServer {
  /** What parameters say of a pool. */
  addressesOf(userPoolId: string): { readonly issuer: string; readonly 'token-endpoint': string };
  /** Requests a token for machines. @returns its claims, as far as a trigger adds any. */
  requestClaims(userPoolId: string, clientId: string): Promise<unknown>;
  /** Signs a user in. @returns what the attached function answers, byte for byte; `undefined` if none is attached. */
  signIn(userPoolId: string): Promise<string | undefined>;
}

interface Attached {
  readonly arn: string;
  readonly version: string;
}

/** Starts it. */
export async function startCognito(aws: RunningAws): Promise<Cognito> {
  const cognito = new CognitoIdentityProviderClient(aws.clientOptions);
  const lambda = new LambdaClient(aws.clientOptions);
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };

  async function readAttached(UserPoolId: string): Promise<Attached | undefined> {
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    return attachedTo(UserPool);
  }

  async function invoke({ arn }: Attached, event: { userPoolId: string }): Promise<CallOutcome> {
    if (arn.includes(TRIGGER_NAME)) await assertAllowed(arn, event.userPoolId);
    return aws.invoke(arn, event);
  }

  /** A function without the permission is not called. */
  async function assertAllowed(arn: string, userPoolId: string): Promise<void> {
    const [Qualifier, FunctionName] = arn.split(':').reverse();
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }));
    if (!Policy.includes(`userpool/${userPoolId}"`)) throw new Error(`${userPoolId} may not call`);
  }

  async function addedClaims(userPoolId: string, clientId: string): Promise<object> {
    const attached = await readAttached(userPoolId);
    // Older versions are never called for machines.
    if (attached?.version !== 'V3_0') return {};
    const event = aClientCredentialsEvent({ userPoolId, clientId });
    const { answer, error } = await invoke(attached, event);
    if (error !== undefined) throw new Error(error.errorMessage);
    const { response } = answer as { response: { claimsAndScopeOverrideDetails?: Details } };
    return (
      response.claimsAndScopeOverrideDetails?.accessTokenGeneration?.claimsToAddOrOverride ?? {}
    );
  }

  async function issueToken(userPoolId: string, request: IncomingMessage): Promise<object> {
    const { clientId, secret } = await readCredentials(request);
    const key = { UserPoolId: userPoolId, ClientId: clientId };
    const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand(key));
    if (UserPoolClient?.ClientSecret !== secret) return { error: 'invalid_client' };
    const claims = await addedClaims(userPoolId, clientId);
    const { AllowedOAuthScopes = [] } = UserPoolClient;
    const token = await new SignJWT({
      ...claims,
      sub: clientId,
      client_id: clientId,
      token_use: 'access',
      scope: AllowedOAuthScopes.join(' '),
      version: 2,
    })
      .setProtectedHeader({ kid: 'k', alg: 'RS256' })
      .setIssuer(`${server.url}/${userPoolId}`)
      .setIssuedAt()
      .setExpirationTime('45m')
      .sign(privateKey);
    return { access_token: token, token_type: 'Bearer', expires_in: 2700 };
  }

  const server = await startServer(async (request, response) => {
    const [, userPoolId = '', path] = /^\/([^/]+)\/(.+)$/.exec(request.url ?? '') ?? [];
    response.setHeader('content-type', 'application/json');
    if (path === '.well-known/openid-configuration') {
      const issuer = `${server.url}/${userPoolId}`;
      return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` }));
    }
    if (path !== 'oauth2/token') return response.end(JSON.stringify({ keys: [jwk] }));
    const answer = await issueToken(userPoolId, request).catch((error: Error) => ({
      error: `PreTokenGeneration failed with error ${error.message}.`,
    }));
    return response.writeHead('error' in answer ? 400 : 200).end(JSON.stringify(answer));
  });
  return {
    ...server,
    addressesOf: (userPoolId) => ({
      issuer: `${server.url}/${userPoolId}`,
      'token-endpoint': `${server.url}/${userPoolId}/oauth2/token`,
    }),
    requestClaims: addedClaims,
    async signIn(userPoolId) {
      const attached = await readAttached(userPoolId);
      if (attached === undefined) return undefined;
      return (await invoke(attached, userEventOf(attached.version, userPoolId))).body;
    },
    async close() {
      cognito.destroy();
      lambda.destroy();
      await server.close();
    },
  };
}

interface Details {
  readonly accessTokenGeneration?: { readonly claimsToAddOrOverride?: object };
}

function attachedTo(pool: UserPoolType | undefined): Attached | undefined {
  const { PreTokenGenerationConfig: config, PreTokenGeneration: arn } = pool?.LambdaConfig ?? {};
  if (config?.LambdaArn !== undefined) {
    return { arn: config.LambdaArn, version: config.LambdaVersion ?? 'V1_0' };
  }
  return arn === undefined ? undefined : { arn, version: 'V1_0' };
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html */
function userEventOf(version: string, userPoolId: string) {
  const event = aUserEvent({ userPoolId, userName: 'answer' });
  if (version !== 'V1_0') return { ...event, version: version.slice(1, 2) };
  const { scopes: _, ...request } = event.request;
  return { ...event, version: '1', request, response: { claimsOverrideDetails: null } };
}

async function readCredentials(request: IncomingMessage) {
  const form = new URLSearchParams(await text(request));
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const [clientId, secret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    : [form.get('client_id'), form.get('client_secret')];
  return { clientId: clientId ?? '', secret: secret ?? '' };
}

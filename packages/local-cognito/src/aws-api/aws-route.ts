import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import { isOwnMachine } from '../net/origin-guard.ts';
import type { Core } from '../tokens/core.ts';
import { CLIENT_SECRET_OPERATIONS } from './client-secrets.ts';
import { toPage, toUserPool, toUserPoolClient } from './describe-pools.ts';
import { getClientToken } from './get-client-token.ts';
import { CLIENT_OPERATIONS } from './manage-clients.ts';
import { POOL_OPERATIONS } from './manage-pools.ts';
import { defineOperation, type Operation, requireClient, requirePool } from './operation.ts';
import { SECRETS_MANAGER_OPERATIONS } from './secret-versions.ts';

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClients.html */
const MAX_PAGE_SIZE = 60;

const page = { NextToken: z.string().optional() };
const poolInput = z.object({ UserPoolId: z.string().min(1) });
const pageSize = z.int().min(1).max(MAX_PAGE_SIZE);

/** Describes a pool. */
const describeUserPool = defineOperation(poolInput, (core, { UserPoolId }) => ({
  UserPool: toUserPool(core, requirePool(core, UserPoolId)),
}));

/** Describes an app client, one secret included. */
const describeUserPoolClient = defineOperation(
  poolInput.extend({ ClientId: z.string().min(1) }),
  (core, { UserPoolId, ClientId }) => {
    const pool = requirePool(core, UserPoolId);
    return { UserPoolClient: toUserPoolClient(core, pool, requireClient(core, pool, ClientId)) };
  },
);

/** Lists the pools by page. */
const listUserPools = defineOperation(
  z.object({ ...page, MaxResults: pageSize }),
  (core, { MaxResults, NextToken }) => {
    const { items, ...rest } = toPage(core.directory.pools, MaxResults, NextToken);
    const UserPools = items.map((pool) => {
      const { Id, Name, LambdaConfig, LastModifiedDate, CreationDate } = toUserPool(core, pool);
      return { Id, Name, LambdaConfig, LastModifiedDate, CreationDate };
    });
    return { UserPools, ...rest };
  },
);

/** Lists the clients of a pool by page. */
const listUserPoolClients = defineOperation(
  poolInput.extend({
    ...page,
    MaxResults: pageSize.optional(),
    ClientType: z.enum(['REGULAR', 'DCR']).optional(),
  }),
  (core, { UserPoolId, MaxResults = MAX_PAGE_SIZE, NextToken, ClientType }) => {
    const { clients } = requirePool(core, UserPoolId);
    const wanted = clients.filter(
      ({ members }) =>
        ClientType === undefined || ClientType === (members['ClientType'] ?? 'REGULAR'),
    );
    const { items, ...rest } = toPage(wanted, MaxResults, NextToken);
    const UserPoolClients = items.map(({ clientId, name }) => {
      return { ClientId: clientId, ClientName: name, UserPoolId };
    });
    return { UserPoolClients, ...rest };
  },
);

/** What describes and lists pools and app clients. */
const READ_OPERATIONS = {
  DescribeUserPool: describeUserPool,
  DescribeUserPoolClient: describeUserPoolClient,
  ListUserPools: listUserPools,
  ListUserPoolClients: listUserPoolClients,
};

/** By the header that names service and operation. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ...named('AWSCognitoIdentityProviderService', {
    ...READ_OPERATIONS,
    ...POOL_OPERATIONS,
    ...CLIENT_OPERATIONS,
    ...CLIENT_SECRET_OPERATIONS,
    GetClientToken: getClientToken,
  }),
  ...named('secretsmanager', SECRETS_MANAGER_OPERATIONS),
]);

/**
 * Serves the user pools API and the clients' entries in AWS Secrets Manager, AWS JSON 1.1, at `POST /`.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
export function registerAwsRoute(app: FastifyInstance, core: Core): void {
  app.post(
    '/',
    { errorHandler: (error, _request, reply) => sendAwsError(reply, error) },
    async (request, reply) => {
      const operation = findOperation(core, request);
      const output = await operation.call(core, readInput(request.body), request.headers.host);
      return asAwsJson(reply).send(JSON.stringify(output));
    },
  );
}

function named(service: string, operations: { readonly [name: string]: Operation }) {
  return Object.entries(operations).map(
    ([name, operation]) => [`${service}.${name}`, operation] as const,
  );
}

function findOperation({ apiSecret }: Core, { headers, raw, body }: FastifyRequest): Operation {
  const operation = OPERATIONS.get(String(headers['x-amz-target']));
  if (operation === undefined) {
    throw new AwsError('UnknownOperationException', 'This operation is not served here.');
  }
  if (operation.isPublic) return operation;
  // A call without any signature is one that AWS refuses. That of a program on this machine may be by any key.
  if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (isOwnMachine(raw)) return operation;
  // Other machines read and change secrets only if this was asked for, by the key that was chosen for them.
  if (apiSecret === undefined) {
    throw new AwsError(
      'NotAuthorizedException',
      'This operation is available only on the machine that runs the server. Start it with --api-secret for others.',
    );
  }
  if (isSignedWith(apiSecret, headers, toBytes(body), Date.now())) return operation;
  throw new AwsError(
    'InvalidSignatureException',
    'The request is not signed with the secret access key that --api-secret names.',
  );
}

function toBytes(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function readInput(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
}

function sendAwsError(reply: FastifyReply, error: unknown): FastifyReply {
  const known = toAwsError(error);
  const status = known.code === 'InternalErrorException' ? 500 : 400;
  return asAwsJson(reply.status(status))
    .header('x-amzn-errortype', known.code)
    .send(JSON.stringify({ __type: known.code, message: known.message }));
}

function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) {
    return new AwsError('RequestEntityTooLargeException', 'The body is larger than 64 KB.');
  }
  return status < 500
    ? new AwsError('SerializationException', 'The request cannot be read.')
    : new AwsError('InternalErrorException', 'The call failed.');
}

function asAwsJson(reply: FastifyReply): FastifyReply {
  return reply
    .type('application/x-amz-json-1.1')
    .headers({ 'x-amzn-requestid': randomUUID(), 'cache-control': 'no-store' });
}

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
function isSignedWith(
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

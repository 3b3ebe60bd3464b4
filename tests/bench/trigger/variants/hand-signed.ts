import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';

// The floor with a read: one signed request over a kept connection, without retries, time-outs or checks.
const { env } = process;
const endpoint = new URL(env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '');
const region = env['AWS_REGION'] ?? '';
const agent = new Agent({ keepAlive: true });
const target = 'DynamoDB_20120810.Query';

const hash = (data: string) => createHash('sha256').update(data).digest('hex');
const sign = (key: string | Buffer, data: string) =>
  createHmac('sha256', key).update(data).digest();

function signedHeaders(body: string): Record<string, string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const scope = `${day}/${region}/dynamodb/aws4_request`;
  const names = 'host;x-amz-date;x-amz-target';
  const canonical = [
    ...['POST', '/', '', `host:${endpoint.host}`, `x-amz-date:${date}`],
    ...[`x-amz-target:${target}`, '', names, hash(body)],
  ].join('\n');
  const dayKey = sign(`AWS4${env['AWS_SECRET_ACCESS_KEY']}`, day);
  const key = sign(sign(sign(dayKey, region), 'dynamodb'), 'aws4_request');
  const signature = sign(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`);
  const credential = `${env['AWS_ACCESS_KEY_ID']}/${scope}`;
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': date,
    'x-amz-target': target,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature.toString('hex')}`,
  };
}

function query(clientId: string, userPoolId: string): Promise<string> {
  const body = JSON.stringify({
    TableName: env['CLAIMS_TABLE_NAME'],
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: {
      ':pk': { S: `POOL#${userPoolId}` },
      ':prefix': { S: `CLIENT#${clientId}#CLAIMS#` },
    },
    ScanIndexForward: false,
    Limit: 2,
  });
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: signedHeaders(body) };
    const outgoing = request(endpoint, options, (response) => text(response).then(resolve, reject));
    outgoing.on('error', reject).end(body);
  });
}

interface Event {
  readonly userPoolId: string;
  readonly callerContext: { readonly clientId: string };
}

/** Adds the stored claims to the token. */
export async function handler(event: Event): Promise<unknown> {
  const { Items } = JSON.parse(await query(event.callerContext.clientId, event.userPoolId));
  const claimsToAddOrOverride = Items[0].claims.M;
  return { ...event, response: { accessTokenGeneration: { claimsToAddOrOverride } } };
}

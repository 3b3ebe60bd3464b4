import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { forwardRequest, startServer } from '../support/server.ts';

/** Who calls, as AWS CloudTrail tells it. */
export type UserIdentity = { readonly [member: string]: unknown };

/**
 * AWS Secrets Manager with AWS CloudTrail next to it: calls go on to moto and are recorded; `LookupEvents` answers as AWS does.
 *
 * Newest first, one lookup attribute, at most 50 events a page, two calls a second, only calls of a delivered event.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export interface LocalTrail {
  /** The variables that send an SDK to both. */
  readonly env: Readonly<Record<string, string>>;
  /** Delivers events from now on, or holds them back; AWS takes minutes. */
  setDelivering(isDelivering: boolean): void;
  /** Refuses `LookupEvents`, as for a caller without the right. */
  setRefusing(isRefusing: boolean): void;
  /** How many calls of `LookupEvents` were refused because they came too fast. */
  throttled(): number;
  close(): Promise<void>;
}

interface RecordedEvent {
  readonly name: string;
  readonly atMs: number;
  readonly json: object;
  isDelivered: boolean;
}

/** What AWS Secrets Manager records as reading. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'GetSecretValue',
  'DescribeSecret',
  'ListSecretVersionIds',
]);

/** The page is small, so that a rotation needs several. */
const PAGE_SIZE = 5;
const CALLS_PER_SECOND = 2;

/**
 * Starts both on one loopback port.
 *
 * @param upstream - Where AWS Secrets Manager is.
 * @param identities - By access key ID; others are users of the account.
 */
export async function startLocalTrail(
  upstream: string,
  identities: { readonly [accessKeyId: string]: UserIdentity },
): Promise<LocalTrail> {
  const events: RecordedEvent[] = [];
  const lookups: number[] = [];
  let [isDelivering, isRefusing, throttled] = [true, false, 0];

  function lookUp(body: string): [status: number, answer: object] {
    const nowMs = Date.now();
    if (isRefusing) return refusal('AccessDeniedException');
    const isTooFast = lookups.filter((atMs) => nowMs - atMs < 1000).length >= CALLS_PER_SECOND;
    if (isTooFast) {
      throttled += 1;
      return refusal('ThrottlingException');
    }
    lookups.push(nowMs);
    const { LookupAttributes, StartTime = 0, MaxResults = 50, NextToken = '0' } = JSON.parse(body);
    if (LookupAttributes.length !== 1) return refusal('InvalidLookupAttributesException');
    const [{ AttributeKey, AttributeValue }] = LookupAttributes;
    if (AttributeKey !== 'EventName') return refusal('InvalidLookupAttributesException');
    for (const event of events) event.isDelivered ||= isDelivering;
    const found = events
      .filter((event) => event.isDelivered && event.name === AttributeValue)
      .filter(({ atMs }) => atMs >= StartTime * 1000)
      .toReversed();
    const start = Number(NextToken);
    const end = start + Math.min(MaxResults, PAGE_SIZE);
    const page = found.slice(start, end).map(({ json }) => json);
    return [200, { Events: page, ...(end < found.length && { NextToken: String(end) }) }];
  }

  function record(request: IncomingMessage, name: string, body: string, status: number): void {
    const [, accessKeyId = ''] =
      /Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const identity = identities[accessKeyId] ?? {
      type: 'IAMUser',
      arn: `arn:aws:iam::123456789012:user/${accessKeyId}`,
      accountId: '123456789012',
      accessKeyId,
    };
    const event = toEvent({ name, identity, accessKeyId, body, status });
    events.push({ name, atMs: Date.now(), json: event, isDelivered: false });
  }

  const server = await startServer(async (request, response) => {
    const [service = '', name = ''] = String(request.headers['x-amz-target']).split('.').slice(-2);
    const body = await buffer(request);
    if (service.startsWith('CloudTrail')) {
      const [status, answer] = lookUp(body.toString());
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
      return;
    }
    const copy = Object.assign(Readable.from([body]), {
      url: request.url,
      method: request.method,
      headers: request.headers,
    });
    const answer = await forwardRequest(upstream, copy as unknown as IncomingMessage);
    record(request, name, body.toString(), answer.status);
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.body);
  });
  return {
    env: { AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url, AWS_ENDPOINT_URL_CLOUDTRAIL: server.url },
    setDelivering: (next) => {
      isDelivering = next;
    },
    setRefusing: (next) => {
      isRefusing = next;
    },
    throttled: () => throttled,
    close: () => server.close(),
  };
}

function refusal(type: string): [number, object] {
  return [400, { __type: type, message: 'as AWS says it' }];
}

/** What is recorded of one call. */
interface RecordedCall {
  readonly name: string;
  readonly identity: UserIdentity;
  readonly accessKeyId: string;
  readonly body: string;
  readonly status: number;
}

/**
 * One event as `LookupEvents` answers it. Names of parameters begin with a small letter, and values of secrets are left out.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
 */
function toEvent({ name, identity, accessKeyId, body, status }: RecordedCall): object {
  const now = new Date();
  const parameters = Object.entries(JSON.parse(body || '{}')).filter(
    ([member]) => !['SecretString', 'SecretBinary'].includes(member),
  );
  const requestParameters = Object.fromEntries(
    parameters.map(([member, value]) => [`${member[0]?.toLowerCase()}${member.slice(1)}`, value]),
  );
  const eventID = randomUUID();
  const record = {
    eventVersion: '1.11',
    userIdentity: identity,
    eventTime: `${now.toISOString().slice(0, 19)}Z`,
    eventSource: 'secretsmanager.amazonaws.com',
    eventName: name,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '10.0.0.1',
    userAgent: 'aws-sdk',
    requestParameters,
    responseElements: null,
    ...(status >= 400 && { errorCode: 'AccessDenied' }),
    requestID: randomUUID(),
    eventID,
    readOnly: READ_ONLY.has(name),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '123456789012',
    eventCategory: 'Management',
  };
  return {
    EventId: eventID,
    EventName: name,
    ReadOnly: String(record.readOnly),
    AccessKeyId: accessKeyId,
    // JSON of this protocol has moments as seconds.
    EventTime: Math.floor(now.getTime() / 1000),
    EventSource: record.eventSource,
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  };
}

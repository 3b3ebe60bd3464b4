import type { Change } from '@cognito-m2m/doctor/watch-facts';

/** AWS Lambda names an operation with the version of its API: `UpdateAlias20150331`. */
const API_VERSION = /\d{8}(?:v\d+)?$/;

/**
 * Reads a change from an event of EventBridge.
 *
 * @returns `undefined` for anything that is not a call that succeeded: the watcher looks at what is there in any case.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function readChange(event: unknown): Change | undefined {
  const detail = member(event, 'detail');
  const id = text(detail, 'eventID');
  const at = text(detail, 'eventTime');
  const action = text(detail, 'eventName');
  if (id === undefined || at === undefined || action === undefined) return undefined;
  if (Number.isNaN(Date.parse(at)) || text(detail, 'errorCode') !== undefined) return undefined;
  const identity = member(detail, 'userIdentity');
  const parameters = member(detail, 'requestParameters');
  const client = member(member(detail, 'responseElements'), 'userPoolClient');
  return {
    id,
    at: new Date(at).toISOString(),
    action: action.replace(API_VERSION, ''),
    who:
      text(identity, 'arn') ??
      text(identity, 'invokedBy') ??
      text(identity, 'principalId') ??
      'unknown',
    from: text(detail, 'sourceIPAddress') ?? 'unknown',
    userPoolId: text(parameters, 'userPoolId'),
    clientId: text(parameters, 'clientId') ?? text(client, 'clientId'),
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name)
    ? (value as { readonly [key: string]: unknown })[name]
    : undefined;
}

/** The most that is kept of a text of somebody else's event. */
const MAX_LENGTH = 512;

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' && found !== '' ? found.slice(0, MAX_LENGTH) : undefined;
}

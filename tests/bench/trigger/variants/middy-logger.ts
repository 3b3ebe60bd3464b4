import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';

// The usual frame and the usual logger, without any claims: one line with the fields that the trigger's line has.
const logger = new Logger();
const claims = {
  'custom:organization_id': 'baseline',
  'custom:role': 'baseline',
  environment: 'default',
  tier: 'baseline',
};
const units = [
  { Name: 'TokensIssued', Unit: 'Count' },
  { Name: 'ClaimsBytes', Unit: 'Bytes' },
];

interface Event {
  readonly triggerSource: string;
  readonly userPoolId: string;
  readonly callerContext: { readonly clientId: string };
  readonly request: { readonly scopes: readonly string[] };
}

/** Gives the event back. */
export const handler = middy<Event>({ timeoutEarlyInMillis: 0 }).handler(
  async (event, { awsRequestId }) => {
    const startedMs = performance.now();
    logger.info('token.issued', {
      requestId: awsRequestId,
      clientId: event.callerContext.clientId,
      userPoolId: event.userPoolId,
      triggerSource: event.triggerSource,
      scopes: event.request.scopes,
      cache: 'hit',
      durationMs: Math.round((performance.now() - startedMs) * 100) / 100,
      outcome: 'issued',
      claims,
      TokensIssued: 1,
      ClaimsBytes: 94,
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          { Namespace: 'CognitoM2mClaims', Dimensions: [['service']], Metrics: units },
        ],
      },
    });
    return event;
  },
);

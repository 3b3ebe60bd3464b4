/** An event of AWS CloudTrail as Amazon EventBridge delivers it. */
export interface CloudTrailEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: { readonly [field: string]: unknown };
}

/** The pool of the events. */
export const A_USER_POOL_ID = 'eu-central-1_Test00001';

/** An event of a careless `UpdateUserPool`, as AWS CloudTrail records it; the fields of the documented record. */
export function aChangeEvent(detail: Readonly<Record<string, unknown>> = {}): CloudTrailEvent {
  const { eventSource = 'cognito-idp.amazonaws.com' } = detail;
  return {
    source: `aws.${String(eventSource).split('.')[0]}`,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventVersion: '1.11',
      eventID: '6f5d1f0a-0000-4000-8000-000000000001',
      eventTime: '2026-06-01T12:00:00Z',
      eventSource,
      eventName: 'UpdateUserPool',
      awsRegion: 'eu-central-1',
      sourceIPAddress: '203.0.113.7',
      userAgent: 'Boto3/1.40.0',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:pipeline',
        arn: 'arn:aws:sts::123456789012:assumed-role/pipeline/run-42',
        accountId: '123456789012',
      },
      requestParameters: { userPoolId: A_USER_POOL_ID, mfaConfiguration: 'OFF' },
      responseElements: null,
      ...detail,
    },
  };
}

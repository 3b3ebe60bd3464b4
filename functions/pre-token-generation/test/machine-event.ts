import { A_CLIENT_ID, A_POOL_ID } from '@cognito-m2m/claim-schema/testing';
import type { MachineTokenEvent } from '../src/event.ts';

/** Builds the event of one machine token as AWS documents it, unread fields included. */
export function aMachineEvent(fields: object = {}): MachineTokenEvent {
  return {
    version: '3',
    triggerSource: 'TokenGeneration_ClientCredentials',
    region: 'eu-central-1',
    userPoolId: A_POOL_ID,
    userName: 'ClientCredentials',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: A_CLIENT_ID },
    request: {
      userAttributes: {},
      groupConfiguration: null,
      scopes: ['orders/read'],
      clientMetadata: null,
    },
    response: { claimsAndScopeOverrideDetails: null },
    ...fields,
  } as MachineTokenEvent;
}

/** Builds the context that Lambda passes along, in the fields that are read. */
export function aContext() {
  return { awsRequestId: 'request-1' } as never;
}

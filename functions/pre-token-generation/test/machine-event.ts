import { aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import type { MachineTokenEvent } from '../src/event.ts';

/** Builds the event of one machine token as AWS documents it, with some of its fields replaced, by wrong ones perhaps. */
export function aMachineEvent(fields: object = {}): MachineTokenEvent {
  return { ...aClientCredentialsEvent({ clientMetadata: null }), ...fields };
}

/** Builds the context that Lambda passes along, in the fields that are read. */
export function aContext() {
  return { awsRequestId: 'request-1' } as never;
}

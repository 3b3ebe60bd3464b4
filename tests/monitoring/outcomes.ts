import type { BaselineRecord, OverrideRecord } from '@cognito-m2m/claim-schema';
import { encodeRecord, type Item } from '@cognito-m2m/claim-schema/records';
import {
  aBaseline,
  aClientCredentialsEvent,
  anOverride,
  poolSettings,
} from '@cognito-m2m/claim-schema/testing';
import type { Fault } from '@cognito-m2m/claims-store/testing';
import { CANARIES } from './canaries.ts';

/** What can come of asking for a token, and how to bring it about. */
export interface Outcome {
  /** `issued`, or the code with which the token is refused. */
  readonly result: string;
  /** What the table holds for a client. @default nothing */
  readonly items?: (clientId: string) => readonly Item[];
  /** Fields of the event, if they are not the ordinary ones. */
  readonly event?: object;
  /** Variables of the function, if they are not those of the deployment. */
  readonly variables?: { readonly [name: string]: string };
  /** What is broken while the token is asked for. */
  readonly broken?: Fault | 'clock';
  /** True if the client had a token before. */
  readonly isWarm?: boolean;
}

const baseline =
  (fields: Partial<BaselineRecord> = {}) =>
  (clientId: string) => [
    encodeRecord(
      aBaseline({
        clientId,
        owner: CANARIES.owner,
        defaults: { environment: CANARIES.default },
        claims: {
          permissions: [CANARIES.baseline],
          sub: CANARIES.reserved,
          aud: CANARIES.audience,
        },
        claimsByScope: { 'orders/read': { approval_limit: CANARIES.scope } },
        claimsFromMetadata: {
          tenant_id: { key: 'tenant', allow: [CANARIES.metadata], required: true },
        },
        addScopes: ['orders/list'],
        ...fields,
      }),
    ),
    overrideOf(clientId),
    encodeRecord(poolSettings({ poolName: CANARIES.settings })),
  ];

function overrideOf(clientId: string, fields: Partial<OverrideRecord> = {}): Item {
  return encodeRecord(
    anOverride({
      clientId,
      claims: { 'custom:organization_id': { value: CANARIES.override } },
      reason: CANARIES.reason,
      updatedBy: CANARIES.operator,
      ...fields,
    }),
  );
}

/** The event of an outcome, with a canary in every field that is more than a name. */
export function eventOf({ event = {} }: Outcome, clientId: string): object {
  const metadata = { tenant: CANARIES.metadata, note: CANARIES.note };
  const ordinary = aClientCredentialsEvent({ clientId, clientMetadata: metadata });
  return {
    ...ordinary,
    request: { ...ordinary.request, userAttributes: { email: CANARIES.userAttribute } },
    response: { claimsAndScopeOverrideDetails: null, later: CANARIES.response },
    later: CANARIES.eventField,
    ...event,
  };
}

/** More names than an answer may change. */
const manyNames = Array.from({ length: 5001 }, (_, index) => `name-${index}`);

const refused: Fault = { kind: 'refuse' };

/** Every outcome that a log line tells apart. */
export const OUTCOMES: readonly Outcome[] = [
  { result: 'issued', items: baseline() },
  { result: 'issued', items: baseline(), isWarm: true, broken: refused },
  { result: 'ERR_CLIENT_UNKNOWN' },
  {
    result: 'ERR_CLIENT_DISABLED',
    items: (clientId) => [...baseline()(clientId), overrideOf(clientId, { disabled: true })],
  },
  {
    result: 'ERR_METADATA_REQUIRED',
    items: baseline(),
    event: { request: { scopes: [], clientMetadata: { note: CANARIES.note } } },
  },
  {
    result: 'ERR_METADATA_NOT_ALLOWED',
    items: baseline(),
    event: { request: { scopes: [], clientMetadata: { tenant: CANARIES.refusedMetadata } } },
  },
  { result: 'ERR_CLAIMS_REQUIRED', items: baseline({ defaults: {} }) },
  {
    result: 'ERR_CLAIMS_OFF_CONTRACT',
    items: baseline({ claims: { tier: CANARIES.offContract } }),
  },
  {
    result: 'ERR_CLAIMS_TOO_LARGE',
    items: baseline({ claims: { permissions: manyNames.map(() => CANARIES.oversize) } }),
  },
  { result: 'ERR_CLAIMS_TOO_MANY', items: baseline({ suppressClaims: manyNames }) },
  { result: 'ERR_STORE_UNAVAILABLE', items: baseline(), broken: refused },
  {
    result: 'ERR_STORE_UNAVAILABLE',
    items: baseline(),
    broken: {
      kind: 'error',
      status: 400,
      type: 'AccessDeniedException',
      message: CANARIES.tableError,
    },
  },
  {
    result: 'ERR_STORE_UNAVAILABLE',
    items: baseline(),
    broken: { kind: 'body', text: `<html>${CANARIES.tableAnswer}</html>` },
  },
  {
    result: 'ERR_RECORD_INVALID',
    items: (clientId) =>
      baseline()(clientId).map((item) => ({
        ...item,
        itemVersion: { N: '2' },
        claims: { S: CANARIES.brokenRecord },
      })),
  },
  { result: 'ERR_EVENT_INVALID', event: { callerContext: { awsSdkVersion: CANARIES.sdkVersion } } },
  { result: 'ERR_SETTINGS_INVALID', variables: { CLAIMS_CACHE_SECONDS: 'soon' } },
  { result: 'ERR_INTERNAL', items: baseline(), broken: 'clock' },
];

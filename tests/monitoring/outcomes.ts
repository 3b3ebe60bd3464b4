import {
  type BaselineRecord,
  encodeRecord,
  type Item,
  type OverrideRecord,
} from '@cognito-m2m/claim-schema';
import { aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';

/** What can come of asking for a token, and how to bring it about. */
export interface Outcome {
  /** `issued`, or the code with which the token is refused. */
  readonly result: string;
  /** What the table holds for a client. @default nothing */
  readonly items?: (clientId: string) => readonly Item[];
  /** The event, if it is not an ordinary one. */
  readonly event?: object;
  /** Variables of the function, if they are not those of the deployment. */
  readonly variables?: { readonly [name: string]: string };
  /** What is broken while the token is asked for. */
  readonly broken?: 'table' | 'clock';
  /** True if the client had a token before. */
  readonly isWarm?: boolean;
}

const baseline =
  (fields: Partial<BaselineRecord> = {}) =>
  (clientId: string) => [encodeRecord(aBaseline({ clientId, ...fields }))];

const override = (fields: Partial<OverrideRecord>) => (clientId: string) => [
  ...baseline()(clientId),
  encodeRecord(anOverride({ clientId, ...fields })),
];

const tenant = {
  claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1'], required: true } },
};

/** More names than an answer may change. */
const manyNames = Array.from({ length: 5001 }, (_, index) => `name-${index}`);

/** Every outcome that a log line tells apart. */
export const OUTCOMES: readonly Outcome[] = [
  { result: 'issued', items: baseline() },
  { result: 'issued', items: baseline({ claims: { sub: 'someone-else' } }) },
  { result: 'issued', items: baseline(), isWarm: true, broken: 'table' },
  { result: 'ERR_CLIENT_UNKNOWN' },
  { result: 'ERR_CLIENT_DISABLED', items: override({ disabled: true }) },
  { result: 'ERR_METADATA_REQUIRED', items: baseline(tenant) },
  {
    result: 'ERR_METADATA_NOT_ALLOWED',
    items: baseline(tenant),
    event: { request: { scopes: [], clientMetadata: { tenant: 't-2' } } },
  },
  { result: 'ERR_CLAIMS_REQUIRED', items: baseline({ defaults: {} }) },
  { result: 'ERR_CLAIMS_OFF_CONTRACT', items: baseline({ claims: { tier: 'gold' } }) },
  { result: 'ERR_CLAIMS_TOO_LARGE', items: baseline({ claims: { permissions: manyNames } }) },
  { result: 'ERR_CLAIMS_TOO_MANY', items: baseline({ suppressClaims: manyNames }) },
  { result: 'ERR_STORE_UNAVAILABLE', items: baseline(), broken: 'table' },
  {
    result: 'ERR_RECORD_INVALID',
    items: (clientId) => baseline()(clientId).map((item) => ({ ...item, itemVersion: { N: '2' } })),
  },
  { result: 'ERR_EVENT_INVALID', event: { callerContext: {} } },
  { result: 'ERR_SETTINGS_INVALID', variables: { CLAIMS_CACHE_SECONDS: 'soon' } },
  { result: 'ERR_INTERNAL', items: baseline(), broken: 'clock' },
];

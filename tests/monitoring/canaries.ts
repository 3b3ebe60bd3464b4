/** A value that no log line and no error text may hold, for each place at which values come into the trigger. */
export const CANARIES = {
  default: 'canary-default',
  baseline: 'canary-baseline',
  override: 'canary-override',
  /** A number, because a claim of a scope need not be a string. */
  scope: 827_182_818_284,
  metadata: 'canary-metadata',
  reserved: 'canary-reserved',
  audience: 'canary-audience',
  offContract: 'canary-off-contract',
  oversize: 'canary-oversize',
  brokenRecord: 'canary-broken-record',
  owner: 'canary-owner',
  reason: 'canary-reason',
  operator: 'canary-operator',
  settings: 'canary-settings',
  note: 'canary-note',
  refusedMetadata: 'canary-refused-metadata',
  userAttribute: 'canary-user-attribute',
  sdkVersion: 'canary-sdk-version',
  response: 'canary-response',
  eventField: 'canary-event-field',
  tableError: 'canary-table-error',
  tableAnswer: 'canary-table-answer',
  accessKey: 'canary-access-key',
  secretKey: 'canary-secret-key',
  sessionToken: 'canary-session-token',
} as const;

/** The names of the canaries that a string contains. */
export function canariesIn(text: string): string[] {
  return Object.entries(CANARIES)
    .filter(([, value]) => text.includes(String(value)))
    .map(([name]) => name);
}

/** What a faulty proxy does to one request, as data. */
export type Fault =
  /** No one listens. */
  | { readonly kind: 'refuse' }
  /** The connection breaks in the middle of the answer. */
  | { readonly kind: 'reset' }
  /** The request is taken and never answered. */
  | { readonly kind: 'hang' }
  /** The answer stops after its headers and goes on no more. */
  | { readonly kind: 'hang-in-body' }
  /** The answer comes late, by milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The answer is a success, and its body is this text instead of DynamoDB's. */
  | { readonly kind: 'body'; readonly text: string }
  /** The answer's JSON ends in the middle. */
  | { readonly kind: 'truncate' }
  /** DynamoDB refuses with an error of its own. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly type: string;
      /** @default one that names the type */
      readonly message?: string;
    }
  /** DynamoDB refuses signatures that are more than five minutes off, and says what time it is. */
  | { readonly kind: 'clock-check' };

/** How far a signature's time may be off, in milliseconds, before AWS refuses it. */
const MAX_SKEW_MS = 300_000;

/** True if a request was signed at another time than now. */
export function isSkewed(amzDate: string | string[] | undefined): boolean {
  const iso = String(amzDate).replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  return Math.abs(Date.parse(iso) - Date.now()) > MAX_SKEW_MS;
}

/** Renders an error as DynamoDB does. */
export function errorBody(type: string, message = `Signature expired or ${type}.`): string {
  return JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message });
}

import { EVENT_CLAIM } from './instructions.ts';
import { type ProbeRequest, REFUSAL } from './requests.ts';

/** What a probe found about one behaviour. */
export type Reading =
  | { readonly outcome: 'found'; readonly value: string | number | boolean }
  | { readonly outcome: 'could-not-tell'; readonly reason: string }
  /** An answer that fits no known value: shown as it is, never forced into one. */
  | { readonly outcome: 'unknown'; readonly shown: string };

/** What was observed about a pool while its settings changed. */
export interface Observations {
  /** Every exchange by the name of its request. */
  readonly exchanges: { readonly [request: string]: Exchange };
  /** Why a request got no answer, such as `ECONNRESET`, by the name of the request. */
  readonly unanswered: { readonly [request: string]: string };
  /** Which of a client's two secrets `DescribeUserPoolClient` showed. */
  readonly describedSecret: Reading;
  /** The exception of deleting a client's only secret. */
  readonly lastSecretException: Reading;
  /** How long Amazon Cognito waits for the trigger, in milliseconds. */
  readonly triggerLimitMs: number;
  /** The scopes of the client in the order in which they are declared. */
  readonly scopes: readonly [string, string, string];
}

type Question = (observations: Observations) => Reading;

/** Reads every behaviour out of what was observed, by the name of the behaviour. */
export function readBehaviours(observations: Observations): {
  readonly [behaviour: string]: Reading;
} {
  return Object.fromEntries(
    Object.entries(QUESTIONS).map(([behaviour, read]) => [behaviour, read(observations)]),
  );
}

/** A question for each behaviour of local Cognito that only a real pool can answer. */
const QUESTIONS: { readonly [behaviour: string]: Question } = {
  issuerFormat: about('plain', (plain) => {
    const issuer = String(payloadOf(plain)?.['iss'] ?? '');
    if (/^https:\/\/cognito-idp\./.test(issuer)) return found('aws');
    if (/^https:\/\/issuer-cognito-idp\./.test(issuer)) return found('aws-updated');
    return /^https?:\/\//.test(issuer) ? found('local') : unknown(`iss ${issuer}`);
  }),
  queryParameters: issuedOr('query-string', 'accept', 'ignore'),
  invalidSecretDescription: about('wrong-secret', (wrong) => {
    if (membersOf(wrong)?.['error'] !== 'invalid_client') return unknown(describe(wrong));
    return found(String(membersOf(wrong)?.['error_description'] ?? ''));
  }),
  repeatedParameters: (observations) =>
    read(observations, 'scope-twice', (twice) => {
      if (!isIssued(twice)) return refused(twice, 'refuse');
      const [first, second] = observations.scopes;
      const scope = payloadOf(twice)?.['scope'];
      if (scope === first) return found('first');
      return scope === second ? found('last') : unknown(`scope ${String(scope)}`);
    }),
  emptyParameters: issuedOr('scope-empty', 'absent', 'malformed'),
  malformedMetadata: issuedOr('metadata-malformed', 'ignore', 'refuse'),
  customClaimsPosition: about('claim', (claim) => {
    const names = Object.keys(payloadOf(claim) ?? {});
    const position = names.indexOf('probe_claim');
    if (position < 0) return couldNotTell('the token has no claim of the trigger');
    if (position === 0) return found('first');
    return position === names.length - 1
      ? found('last')
      : unknown(`position ${position + 1} of ${names.length}`);
  }),
  metadataWhenAbsent: about('plain', (plain) => {
    const request = asMembers(eventOf(plain)?.['request']);
    if (request === undefined) return couldNotTell('the trigger did not return its event');
    if (!Object.hasOwn(request, 'clientMetadata')) return found('absent');
    if (request['clientMetadata'] === null) return found('null');
    const text = JSON.stringify(request['clientMetadata']);
    return text === '{}' ? found('empty') : unknown(`clientMetadata ${text}`);
  }),
  reservedClaims: about('claim-reserved', (reserved) => {
    if (!isIssued(reserved)) return refused(reserved, 'fail');
    const use = payloadOf(reserved)?.['token_use'];
    return use === 'access' ? found('ignore') : unknown(`token_use ${String(use)}`);
  }),
  malformedScopes: issuedOr('scope-with-space', 'ignore', 'fail'),
  scopeAddedAndSuppressed: about('scope-added-and-suppressed', (both) => {
    if (!isIssued(both)) return unknown(describe(both));
    const scopes = String(payloadOf(both)?.['scope'] ?? '').split(' ');
    return found(scopes.includes('probe-undeclared/read') ? 'added' : 'suppressed');
  }),
  tooManyChanges: issuedOr('too-many-changes', 'ignore', 'fail'),
  missingAnswerFields: issuedOr('fields-left-out', 'ignore', 'fail'),
  triggerAttempts: (observations) =>
    read(observations, 'hang', ({ elapsedMs }) => {
      const attempts = Math.round(elapsedMs / observations.triggerLimitMs);
      return attempts >= 1
        ? found(attempts)
        : unknown(`answered after ${Math.round(elapsedMs)} ms`);
    }),
  triggerFailureError: about('refusal', (refusal) => {
    const error = membersOf(refusal)?.['error'];
    if (typeof error !== 'string') return unknown(describe(refusal));
    if (error.includes(REFUSAL)) return couldNotTell('"error" holds the whole text of the failure');
    return found(error);
  }),
  triggerFailureStatus: about('refusal', ({ status }) => found(status)),
  triggerFailureBody: about('refusal', (refusal) => {
    const { error, error_description: description } = membersOf(refusal) ?? {};
    if (typeof error !== 'string') return unknown(describe(refusal));
    if (error.includes(REFUSAL)) return found('error');
    return found(description === undefined ? 'code' : 'description');
  }),
  triggerTimeoutDescription: about('hang', (hang) => {
    const { error, error_description: description } = membersOf(hang) ?? {};
    // A code has no spaces; a message has.
    const text = [description, error].find((value) => String(value ?? '').includes(' '));
    return typeof text === 'string' ? found(text) : couldNotTell('the answer has no message');
  }),
  unusualClaimValues: (observations) =>
    read(observations, 'claim-null', (nullClaim) =>
      read(observations, 'claim-nested-list', (nested) => {
        if (isRefused(nullClaim) && isRefused(nested)) return found('fail');
        const isKept =
          payloadOf(nullClaim)?.['probe_claim'] === null &&
          JSON.stringify(payloadOf(nested)?.['probe_claim']) === '[["x"]]';
        return isKept
          ? found('keep')
          : unknown(`null: ${describe(nullClaim)}; list of lists: ${describe(nested)}`);
      }),
    ),
  scopeWhenNone: about('scopes-suppressed', (none) => {
    const payload = payloadOf(none);
    if (payload === undefined) return unknown(describe(none));
    if (!Object.hasOwn(payload, 'scope')) return found('absent');
    return payload['scope'] === '' ? found('empty') : unknown(`scope ${String(payload['scope'])}`);
  }),
  scopeOrder: (observations) =>
    read(observations, 'scope-order', (order) => {
      const { scopes } = observations;
      const [first, second, third] = scopes;
      const scope = payloadOf(order)?.['scope'];
      if (scope === `${second} ${first} ${third}`) return found('requested');
      return scope === scopes.join(' ') ? found('declared') : unknown(`scope ${String(scope)}`);
    }),
  clientTokenTriggerSource: about('api-plain', (plain) => {
    const source = eventOf(plain)?.['triggerSource'];
    return typeof source === 'string'
      ? found(source)
      : couldNotTell('the trigger did not return its event');
  }),
  triggerRefusedException: exception('api-refusal'),
  triggerMalformedException: exception('api-answer-junk'),
  triggerTimeoutException: exception('api-hang'),
  clientTokenAuthException: exception('api-flow-missing'),
  unknownClientException: exception('api-unknown-client'),
  forbiddenScopeException: exception('api-forbidden-scope'),
  lastSecretException: ({ lastSecretException }) => lastSecretException,
  describedSecret: ({ describedSecret }) => describedSecret,
  allowsRawBasicCredentials: issuedOr('basic-raw', true, false),
  allowsRepeatedClientId: issuedOr('basic-and-client-id', true, false),
};

/** The names of the behaviours that a probe asks about. */
export const PROBED_BEHAVIOURS: readonly string[] = Object.keys(QUESTIONS);

function about(request: string, answer: (exchange: Exchange) => Reading): Question {
  return (observations) => read(observations, request, answer);
}

/** Exceptions that say nothing about a behaviour: the quota. */
const THROTTLED: readonly (string | undefined)[] = [
  'TooManyRequestsException',
  'ThrottlingException',
];

function read(
  { exchanges, unanswered }: Observations,
  request: string,
  answer: (exchange: Exchange) => Reading,
): Reading {
  const exchange = exchanges[request];
  if (exchange === undefined) {
    const reason = unanswered[request];
    return couldNotTell(
      reason === undefined ? `request "${request}" was not sent` : `no answer: ${reason}`,
    );
  }
  // None says anything about the behaviour: the quota, and a fault of the service or on the way to it.
  if ([429, 502, 503, 504].includes(exchange.status) || THROTTLED.includes(exceptionOf(exchange))) {
    return couldNotTell(describe(exchange));
  }
  return answer(exchange);
}

function issuedOr(request: string, issued: string | boolean, other: string | boolean): Question {
  return about(request, (exchange) =>
    isIssued(exchange) ? found(issued) : refused(exchange, other),
  );
}

/** A refusal is an answer in the form of RFC 6749; anything else is shown as it is. */
function refused(exchange: Exchange, value: string | boolean): Reading {
  return isRefused(exchange) ? found(value) : unknown(describe(exchange));
}

function isRefused(exchange: Exchange): boolean {
  return exchange.status >= 400 && typeof membersOf(exchange)?.['error'] === 'string';
}

function exception(request: string): Question {
  return about(request, (exchange) => {
    if (isIssued(exchange)) return unknown('a token was issued');
    const name = exceptionOf(exchange);
    return name === undefined ? unknown(describe(exchange)) : found(name);
  });
}

function isIssued(exchange: Exchange): boolean {
  return payloadOf(exchange) !== undefined;
}

function describe({ status, body }: Exchange): string {
  return `status ${status}, body ${body.length > 200 ? `${body.slice(0, 200)}…` : body}`;
}

function found(value: string | number | boolean): Reading {
  return { outcome: 'found', value };
}

function couldNotTell(reason: string): Reading {
  return { outcome: 'could-not-tell', reason };
}

function unknown(shown: string): Reading {
  return { outcome: 'unknown', shown };
}

/** One request and its answer. */
export interface Exchange {
  readonly name: string;
  readonly via: ProbeRequest['via'];
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  readonly elapsedMs: number;
}

/** A JSON object whose members keep the order in which they were sent. */
type JsonMembers = { readonly [name: string]: unknown };

/** The payload of the access token in an answer; `undefined` where the answer holds no token. */
function payloadOf({ body }: Exchange): JsonMembers | undefined {
  const answer = parse(body);
  const result = asMembers(answer?.['ClientAuthenticationResult']);
  const [, payload] = String(answer?.['access_token'] ?? result?.['AccessToken'] ?? '').split('.');
  return payload === undefined ? undefined : parse(Buffer.from(payload, 'base64url').toString());
}

/** The event that the trigger received, out of the claim in which it returned it. */
export function eventOf(exchange: Exchange): JsonMembers | undefined {
  const event = payloadOf(exchange)?.[EVENT_CLAIM];
  return typeof event === 'string' ? parse(event) : undefined;
}

/** The members of a JSON answer; `undefined` for anything else. */
function membersOf({ body }: Exchange): JsonMembers | undefined {
  return parse(body);
}

/** The exception that an answer of the user pools API names, without its namespace. */
function exceptionOf(exchange: Exchange): string | undefined {
  const type = membersOf(exchange)?.['__type'] ?? exchange.headers['x-amzn-errortype'];
  return typeof type === 'string' ? type.split('#').at(-1)?.split(':')[0] : undefined;
}

function parse(text: string): JsonMembers | undefined {
  try {
    return asMembers(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asMembers(value: unknown): JsonMembers | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}

import { type ClaimOrigin, formatFault, type IssuedClaims } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { MiddlewareObj } from '@middy/core';
import type { Clock } from '../clock.ts';
import { type TriggerError, toTriggerError } from '../errors.ts';
import { joinMembers, toMembers } from '../json-members.ts';
import type { LineWriter } from '../line-writer.ts';
import { embedMetrics, type MetricTexts, type MetricValues, renderMetrics } from '../metrics.ts';
import type { TokenTrace, TracedContext } from '../token-trace.ts';

/** Writes one line per token, its metrics included, and hands the trace that fills it to the handler. */
export function tokenLog(edges: {
  readonly logger: LineWriter;
  readonly clock: Clock;
}): MiddlewareObj<unknown, unknown, Error, TracedContext> {
  const { logger, clock } = edges;
  let isColdStart = true;

  function finish(trace: TokenTrace) {
    const durationMs = clock.steadyMs() - trace.startedMs;
    const moment = { wallMs: clock.wallMs(), durationMs, isColdStart };
    isColdStart = false;
    return moment;
  }

  return {
    before: function startTrace({ context }) {
      context.trace = { startedMs: clock.steadyMs(), requestId: context.awsRequestId };
    },
    after: function logIssued({ context }) {
      // What answers an event has filled the whole trace.
      const trace = context.trace as Required<TokenTrace>;
      const level = trace.read.cache === 'stale' ? 'warn' : 'info';
      logger[level]('token.issued', issuedLine(trace, finish(trace)));
    },
    onError: function logDenied({ context, error }) {
      const { trace } = context;
      const refusal = toTriggerError(error);
      const level = refusal.isOfClient ? 'warn' : 'error';
      try {
        logger[level]('token.denied', deniedLine(trace, refusal, finish(trace)));
      } catch {
        // Middy would answer with this error in place of the refusal, and the caller would read it.
      }
    },
  };
}

// The line of a token from a table that was read, its metrics shortened; the logger puts level, message and time in front:
//
// {"level":"INFO","message":"token.issued","timestamp":"2026-01-31T12:00:00.000Z","service":"prod-claims",
//  "requestId":"3f0c…","clientId":"1example23456789","userPoolId":"eu-central-1_Example01",
//  "triggerSource":"TokenGeneration_ClientCredentials","scopes":["orders/write"],"revision":3,"cache":"miss",
//  "durationMs":6.2,"outcome":"issued","claims":{"approval_limit":"scope:orders/write","tier":"override#3"},
//  "TokensIssued":1,"ClaimsBytes":40,"StoreLatency":5.7,"_aws":{…}}

/** When a token was finished. */
interface LineMoment {
  readonly wallMs: number;
  readonly durationMs: number;
  readonly isColdStart: boolean;
}

/** The members of the line of an issued token: names and layers, never a value. */
function issuedLine(trace: Required<TokenTrace>, moment: LineMoment): string {
  const { issued, read } = trace;
  const { fields, metrics } =
    trace.userToken === undefined ? describeIssued(issued) : renderIssued(issued);
  const storeErrors = read.storeError ? { StoreErrors: 1, StaleServed: 1 } : {};
  return joinMembers(
    toMembers(commonFields(trace, moment)),
    fields,
    withMetrics(moment, metrics, ...measureRead(read.storeMs, storeErrors)),
  );
}

/** The members of the line of a refused token. */
function deniedLine(trace: TokenTrace, error: TriggerError, moment: LineMoment): string {
  const { read } = trace;
  const { subject, faults = [] } = error.details;
  const storeMs = read?.storeMs ?? trace.failedReadMs;
  const cause = error.cause ?? read?.storeError;
  const isStoreError = error.cause instanceof StoreError || read?.storeError !== undefined;
  return joinMembers(
    toMembers({
      ...commonFields(trace, moment),
      outcome: 'denied',
      subject,
      faults: unlessEmpty(faults.map(formatFault)),
      cause: cause === undefined ? undefined : describeCause(cause),
    }),
    withMetrics(
      moment,
      renderMetrics({ TokensDenied: 1 }, error.code),
      ...measureRead(storeMs, isStoreError ? { StoreErrors: 1 } : {}),
    ),
  );
}

/** The fields of every line; JSON leaves out those that are `undefined`. */
function commonFields(
  { request, read, userToken, requestId }: TokenTrace,
  moment: LineMoment,
): object {
  return {
    requestId,
    clientId: request?.clientId,
    userPoolId: request?.userPoolId,
    triggerSource: request?.triggerSource,
    scopes: request?.scopes,
    revision: read?.value.override?.revision,
    cache: read?.cache,
    userToken: userToken?.line,
    cause: read?.storeError && describeCause(read.storeError),
    isColdStart: moment.isColdStart || undefined,
    durationMs: roundMs(moment.durationMs),
  };
}

/** What a line says about one resolution, as text. */
interface IssuedTexts {
  readonly fields: string;
  readonly metrics: MetricTexts;
}

/** The resolver answers many tokens with one object, which is described once. */
const issuedTexts = new WeakMap<IssuedClaims, IssuedTexts>();

function describeIssued(issued: IssuedClaims): IssuedTexts {
  const known = issuedTexts.get(issued);
  if (known !== undefined) return known;
  const texts = renderIssued(issued);
  issuedTexts.set(issued, texts);
  return texts;
}

function renderIssued({ dropped, provenance, scopes, sizeBytes }: IssuedClaims): IssuedTexts {
  return {
    fields: toMembers({
      outcome: 'issued',
      claims: describeClaims(provenance),
      scopesAdded: unlessEmpty(scopes.add),
      scopesSuppressed: unlessEmpty(scopes.suppress),
      dropped: unlessEmpty(dropped),
    }),
    metrics: renderMetrics({
      TokensIssued: 1,
      ClaimsBytes: sizeBytes,
      ReservedDropped: dropped.length || undefined,
    }),
  };
}

/** `override#3`, `scope:orders/write`: each claim's layer with what brought it. */
function describeClaims(provenance: { readonly [name: string]: ClaimOrigin }): object {
  return Object.fromEntries(
    Object.entries(provenance).map(([name, origin]) => [name, describeOrigin(origin)]),
  );
}

function describeOrigin({ layer, source, revision, issuer }: ClaimOrigin): string {
  if (revision !== undefined) return `${layer}#${revision}`;
  if (issuer !== undefined) return `${layer}:${issuer}/${source}`;
  return source === undefined ? layer : `${layer}:${source}`;
}

/** What reading the table comes to; nothing for a record from memory. */
function measureRead(storeMs: number | undefined, errors: MetricValues): MetricTexts[] {
  const isRead = storeMs !== undefined;
  if (!isRead && errors.StoreErrors === undefined) return [];
  return [renderMetrics({ StoreLatency: isRead ? roundMs(storeMs) : undefined, ...errors })];
}

/** JSON leaves out what is `undefined`. */
function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function withMetrics({ wallMs }: LineMoment, ...metrics: readonly MetricTexts[]): string {
  const directives = metrics.map(({ directive }) => directive);
  return joinMembers(...metrics.map(({ values }) => values), embedMetrics(wallMs, directives));
}

function roundMs(durationMs: number): number {
  return Math.round(durationMs * 100) / 100;
}

/** How much of a stack is kept. */
const MAX_FRAMES = 5;

/**
 * Describes an error by name, code and stack, and never by message: a JSON parser quotes its input, and that is a record.
 */
export function describeCause(cause: unknown): object {
  if (!(cause instanceof Error)) return { name: typeof cause };
  const code = 'code' in cause ? cause.code : undefined;
  return {
    name: cause.name,
    code: typeof code === 'string' ? code : undefined,
    // For the store's errors the code says where; for a fault of our own only the stack does.
    stack: cause instanceof StoreError ? undefined : framesOf(cause),
    cause: cause.cause instanceof Error ? describeCause(cause.cause) : undefined,
  };
}

function framesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  // A message that was changed later: where the one in the stack ends is not known.
  if (start === -1) return [];
  const frames = stack.slice(start + message.length).split('\n');
  return frames.slice(1, 1 + MAX_FRAMES).map((frame) => frame.trim());
}

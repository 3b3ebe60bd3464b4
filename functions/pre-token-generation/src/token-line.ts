import { type ClaimOrigin, formatFault } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { TriggerError } from './errors.ts';
import type { LineFields } from './line-writer.ts';
import { toMetricFields } from './metrics.ts';
import type { TokenTrace } from './token-trace.ts';

/** When a token was finished. */
export interface LineMoment {
  readonly wallMs: number;
  readonly durationMs: number;
  readonly isColdStart: boolean;
}

/** The fields of the line of an issued token: names and layers, never a value. */
export function issuedLine(trace: Required<TokenTrace>, moment: LineMoment): LineFields {
  const { issued, read } = trace;
  const { dropped, provenance, sizeBytes } = issued;
  return {
    ...commonFields(trace, moment),
    outcome: 'issued',
    claims: describeClaims(provenance),
    ...(dropped.length > 0 && { dropped }),
    ...toMetricFields(
      {
        TokensIssued: 1,
        ClaimsBytes: sizeBytes,
        ...(dropped.length > 0 && { ReservedDropped: dropped.length }),
        ...(read.storeMs !== undefined && { StoreLatency: roundMs(read.storeMs) }),
        ...(read.storeError && { StaleServed: 1, StoreErrors: 1 }),
      },
      moment.wallMs,
    ),
  };
}

/** The fields of the line of a refused token. */
export function deniedLine(trace: TokenTrace, error: TriggerError, moment: LineMoment): LineFields {
  const { read } = trace;
  const { subject, faults = [] } = error.details;
  const isStoreError = error.cause instanceof StoreError || read?.storeError !== undefined;
  return {
    ...commonFields(trace, moment),
    outcome: 'denied',
    ...(subject !== undefined && { subject }),
    ...(faults.length > 0 && { faults: faults.map(formatFault) }),
    ...(error.cause !== undefined && { cause: describeCause(error.cause) }),
    ...toMetricFields(
      {
        TokensDenied: 1,
        ...(read?.storeMs !== undefined && { StoreLatency: roundMs(read.storeMs) }),
        ...(isStoreError && { StoreErrors: 1 }),
      },
      moment.wallMs,
      error.code,
    ),
  };
}

function commonFields({ request, read, requestId }: TokenTrace, moment: LineMoment): LineFields {
  return {
    requestId,
    clientId: request?.clientId,
    userPoolId: request?.userPoolId,
    triggerSource: request?.triggerSource,
    scopes: request?.scopes,
    revision: read?.value.override?.revision,
    cache: read?.cache,
    ...(read?.storeError && { cause: describeCause(read.storeError) }),
    ...(moment.isColdStart && { isColdStart: true }),
    durationMs: roundMs(moment.durationMs),
  };
}

/** `override#3`, `scope:orders/write`: each claim's layer with what brought it. */
function describeClaims(provenance: { readonly [name: string]: ClaimOrigin }): object {
  return Object.fromEntries(
    Object.entries(provenance).map(([name, origin]) => [name, describeOrigin(origin)]),
  );
}

function describeOrigin({ layer, source, revision }: ClaimOrigin): string {
  if (revision !== undefined) return `${layer}#${revision}`;
  return source === undefined ? layer : `${layer}:${source}`;
}

/** How much of a stack is kept. */
const MAX_FRAMES = 5;

/**
 * Describes an error by name, code and stack, and never by message: a JSON parser quotes its input, and that is a record.
 */
function describeCause(cause: unknown): object {
  if (!(cause instanceof Error)) return { name: typeof cause };
  const code = 'code' in cause ? cause.code : undefined;
  return {
    name: cause.name,
    ...(typeof code === 'string' && { code }),
    // For the store's errors the code says where; for a fault of our own only the stack does.
    ...(!(cause instanceof StoreError) && { stack: framesOf(cause) }),
    ...(cause.cause instanceof Error && { cause: describeCause(cause.cause) }),
  };
}

function framesOf({ stack = '', message }: Error): string[] {
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return frames.slice(1, 1 + MAX_FRAMES).map((frame) => frame.trim());
}

function roundMs(durationMs: number): number {
  return Math.round(durationMs * 100) / 100;
}

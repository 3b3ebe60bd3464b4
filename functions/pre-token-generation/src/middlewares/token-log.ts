import type { MiddlewareObj } from '@middy/core';
import type { Clock } from '../clock.ts';
import { toTriggerError } from '../errors.ts';
import type { LineWriter } from '../line-writer.ts';
import { deniedLine, issuedLine } from '../token-line.ts';
import type { TokenTrace } from '../token-trace.ts';

/** Writes one line per token, its metrics included, and hands the trace that fills it to the handler. */
export function tokenLog(edges: {
  readonly logger: LineWriter;
  readonly clock: Clock;
}): MiddlewareObj {
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
      const trace: TokenTrace = {
        startedMs: clock.steadyMs(),
        requestId: context.awsRequestId,
      };
      (context as { trace?: TokenTrace }).trace = trace;
    },
    after: function logIssued({ context }) {
      // What answers an event has filled the whole trace.
      const { trace } = context as unknown as { trace: Required<TokenTrace> };
      const level = trace.read.cache === 'stale' ? 'warn' : 'info';
      logger[level]('token.issued', issuedLine(trace, finish(trace)));
    },
    onError: function logDenied({ context, error }) {
      const { trace } = context as unknown as { trace: TokenTrace };
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

import type { Context } from 'aws-lambda';
import type { Clock } from './clock.ts';
import { isUserEvent } from './event.ts';
import { joinMembers, toMembers } from './json-members.ts';
import type { LineWriter } from './line-writer.ts';
import { embedMetrics, renderMetrics } from './metrics.ts';
import type { UserTriggerTarget } from './settings.ts';
import type { ForwardEvent } from './user-trigger/forward-event.ts';

/** Answers a user's event by the function that its pool names; `undefined` for every other event. */
export type AnswerUserEvent = (event: object, context: Context) => Promise<object> | undefined;

/** How long Amazon Cognito waits, and what is kept for the way back, in milliseconds. */
const COGNITO_LIMIT_MS = 5000;
const MARGIN_MS = 150;

/**
 * Creates the answering of users' events in one container.
 *
 * Events of pools without such a function come back untouched, as before.
 *
 * @param edges.load - Loads what calls the function; called at the first user's event of such a pool.
 */
export function createAnswerUserEvent(edges: {
  readonly targets: ReadonlyMap<string, UserTriggerTarget>;
  readonly load: () => Promise<ForwardEvent>;
  readonly logger: LineWriter;
  readonly clock: Clock;
}): AnswerUserEvent {
  const { targets, load, clock } = edges;
  let loading: Promise<ForwardEvent> | undefined;

  async function forward(event: object, context: Context, target: UserTriggerTarget) {
    const startedMs = clock.steadyMs();
    const deadlineMs = startedMs + remainingMs(context) - MARGIN_MS;
    try {
      loading ??= load();
      const call = await loading;
      const timeoutMs = Math.max(0, deadlineMs - clock.steadyMs());
      const answer = await call({ ...event }, target, timeoutMs);
      logAnswer(edges, event, context, startedMs, undefined);
      // Whatever it is: Amazon Cognito judges it, as it would judge that function's.
      return answer as object;
    } catch (error) {
      logAnswer(edges, event, context, startedMs, String(Object(error).name));
      throw error;
    }
  }

  return (event, context) => {
    if (!isUserEvent(event)) return undefined;
    const target = targets.get(String((event as { userPoolId?: unknown }).userPoolId));
    return target === undefined ? undefined : forward(event, context, target);
  };
}

/** @param cause - The name of the error for which there is no answer. */
function logAnswer(
  { logger, clock }: { readonly logger: LineWriter; readonly clock: Clock },
  event: { readonly userPoolId?: string; readonly triggerSource?: string },
  { awsRequestId: requestId }: Context,
  startedMs: number,
  cause: string | undefined,
): void {
  const { userPoolId, triggerSource } = event;
  const metrics = renderMetrics({
    UserTriggerMs: Math.round(clock.steadyMs() - startedMs),
    UserTriggerErrors: cause === undefined ? undefined : 1,
  });
  const line = joinMembers(
    toMembers({ requestId, userPoolId, triggerSource, cause }),
    metrics.values,
    embedMetrics(clock.wallMs(), [metrics.directive]),
  );
  try {
    if (cause === undefined) logger.info('user.answered', line);
    else logger.error('user.failed', line);
  } catch {
    // A line that cannot be written changes nothing for the user.
  }
}

function remainingMs(context: Context): number {
  return Math.min(context.getRemainingTimeInMillis(), COGNITO_LIMIT_MS);
}

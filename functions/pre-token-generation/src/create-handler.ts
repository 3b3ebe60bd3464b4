import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Clock } from './clock.ts';
import { toTriggerError } from './errors.ts';
import { isUserEvent, type MachineTokenAnswer, type MachineTokenEvent } from './event.ts';
import type { LineWriter } from './line-writer.ts';
import { tokenLog } from './middlewares/token-log.ts';
import type { TokenTrace, TracedContext } from './token-trace.ts';
import type { AnswerUserEvent } from './user-events.ts';

/** What issues the claims of one machine token: answers the whole event or throws. */
export type IssueClaims = (
  event: MachineTokenEvent,
  context: { readonly trace: TokenTrace },
) => Promise<MachineTokenAnswer>;

/** A Lambda function of events and contexts; a user's sign-in comes back as it is. */
export type TriggerHandler = (event: MachineTokenEvent, context: Context) => Promise<object>;

/**
 * Puts the trigger together: before-hooks run downwards, after- and error-hooks upwards.
 *
 * @param edges.issueClaims - What is done for machine traffic.
 */
export function createHandler(edges: {
  readonly issueClaims: IssueClaims;
  readonly logger: LineWriter;
  readonly clock: Clock;
  /** What is done for users' events, before anything else looks at them. @default they come back untouched */
  readonly answerUserEvent?: AnswerUserEvent | undefined;
}): TriggerHandler {
  const { issueClaims, logger, clock, answerUserEvent } = edges;
  // The reads have their own budget; Middy's early time-out would cost a timer and a promise for every token.
  const handler = middy<MachineTokenEvent, object, Error, TracedContext>({
    timeoutEarlyInMillis: 0,
  })
    .use(userSignIns())
    .use(refusals())
    .use(tokenLog({ logger, clock }))
    .handler((event, context) => issueClaims(event, context));
  // The log's middleware, the first to see it, completes the context.
  const answer: TriggerHandler = (event, context) => handler(event, context as TracedContext);
  if (answerUserEvent === undefined) return answer;
  // Outside of Middy, whose error hooks would make a refusal of what the other function threw.
  return (event, context) => answerUserEvent(event, context) ?? answer(event, context);
}

/** Lets the events of user sign-ins pass: untouched, unread and unlogged. */
function userSignIns(): MiddlewareObj {
  return {
    before: function passUserSignIn({ event }) {
      return isUserEvent(event) ? event : undefined;
    },
  };
}

/**
 * What leaves the trigger: neither cause nor details, and no stack.
 *
 * The runtime client prints every failure and hands it to whoever invoked the function, stack included. It gives up an
 * error whose stack is not a string, so the first line of one stays.
 */
class TokenRefused extends Error {
  // Minified, a class has another name; of an error, runtime clients print the one or the other.
  static override readonly name = 'TokenRefused';

  constructor(message: string) {
    super(message);
    this.stack = `${this.name}: ${message}`;
  }

  override get name(): string {
    return TokenRefused.name;
  }
}

/** Makes every failure a refusal that a stranger may read: no token without claims, no cause in the answer. */
function refusals(): MiddlewareObj {
  return {
    onError: function refuse(request) {
      request.error = new TokenRefused(toTriggerError(request.error).message);
    },
  };
}

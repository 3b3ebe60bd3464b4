import type { MiddlewareObj } from '@middy/core';
import { toTriggerError } from '../errors.ts';

/**
 * What leaves the trigger: neither cause nor details, and no stack.
 *
 * The runtime client prints every failure and hands it to whoever invoked the function, stack included. It gives up an
 * error whose stack is no text, so the first line of one stays.
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
export function refusals(): MiddlewareObj {
  return {
    onError: function refuse(request) {
      request.error = new TokenRefused(toTriggerError(request.error).message);
    },
  };
}

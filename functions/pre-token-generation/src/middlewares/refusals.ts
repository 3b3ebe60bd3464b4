import type { MiddlewareObj } from '@middy/core';
import { toTriggerError } from '../errors.ts';

/** Makes every failure a refusal that a stranger may read: no token without claims, no cause in the answer. */
export function refusals(): MiddlewareObj {
  return {
    onError: function refuse(request) {
      // A new error, so that neither cause nor details reach the caller or the runtime's own error line.
      request.error = new Error(toTriggerError(request.error).message);
    },
  };
}

import type { MiddlewareObj } from '@middy/core';
import { isUserEvent } from '../event.ts';

/** Lets the events of user sign-ins pass: untouched, unread and unlogged. */
export function userSignIns(): MiddlewareObj {
  return {
    before: function passUserSignIn({ event }) {
      return isUserEvent(event) ? event : undefined;
    },
  };
}

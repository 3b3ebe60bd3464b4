import type { ClientDescription } from '../pool-description.ts';

/** What an environment file takes as a client's name. */
const CLIENT_NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;
const MACHINE_FLOW = 'client_credentials';

/** Why a client has no place in an environment file. */
export interface Undeclarable {
  readonly what: string;
  readonly why: string;
}

/**
 * Says why a client can't be declared, or `undefined`.
 *
 * @param taken - Names of clients that are declared already; Amazon Cognito lets several share one.
 * @param scopes - Those of the client that a resource server declares.
 */
export function whyUndeclarable(
  name: string,
  client: ClientDescription,
  taken: ReadonlySet<string>,
  scopes: readonly string[],
): Undeclarable | undefined {
  const { AllowedOAuthFlows: flows = [], AllowedOAuthFlowsUserPoolClient: isOAuth } = client;
  const userFlows = flows.filter((flow) => flow !== MACHINE_FLOW);
  if (userFlows.length > 0) {
    return {
      what: `The client uses the flow ${userFlows.join(', ')}.`,
      why: 'That flow signs users in; environment files hold clients for machines alone.',
    };
  }
  if (isOAuth !== true || !flows.includes(MACHINE_FLOW)) {
    return {
      what: 'The client may not use client_credentials.',
      why: 'Environment files hold clients of that flow alone.',
    };
  }
  if (!client.hasSecret) {
    return { what: 'The client has no secret.', why: 'Without one it gets no token.' };
  }
  if (!CLIENT_NAME.test(name)) {
    return {
      what: 'The client has a name that environment files do not take.',
      why: 'The name becomes part of a parameter path: 1 to 128 letters, digits or ._-, the first a letter or digit.',
    };
  }
  if (taken.has(name)) {
    return {
      what: `Another client is called "${name}" too.`,
      why: 'Environment files name clients once.',
    };
  }
  if (scopes.length > 0) return undefined;
  return {
    what: 'The client has no scope of a resource server of the pool.',
    why: 'Without one it gets no token.',
  };
}

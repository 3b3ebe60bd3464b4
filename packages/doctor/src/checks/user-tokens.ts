import type { Check } from '../deployment-view.ts';

/** The keys of each issuer of users' tokens can be read. */
export const checkIssuers: Check = ({ unreadableIssuers, deployCommand }) =>
  unreadableIssuers.map(({ name, pool, reason }) => ({
    severity: 'error',
    subject: `pool ${pool}`,
    what: `The keys of issuer "${name}" cannot be read: ${reason}.`,
    why: 'The trigger cannot verify the tokens of its users: a client that requires one gets no token.',
    how: `Open the discovery document of the issuer. If its address has changed, correct tokenIssuers, then ${deployCommand}`,
  }));

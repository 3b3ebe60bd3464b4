import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import type { Environment } from './normalised-environment.ts';

/**
 * Writes down the issuers of users' tokens for the trigger, which reads their keys at start.
 *
 * @returns JSON, each issuer once; nothing if no pool declares one.
 */
export function toTokenIssuersVariable({ pools }: Pick<Environment, 'pools'>): string | undefined {
  const addresses = pools.flatMap(({ tokenIssuers }) => tokenIssuers.map(toAddress));
  const unique = [...new Set(addresses)];
  return unique.length === 0 ? undefined : `[${unique.join()}]`;
}

function toAddress({ issuer, jwksUri }: TokenIssuer): string {
  return JSON.stringify({ issuer, jwksUri });
}

/**
 * Writes down the functions for users' events, for the trigger, which hands such events on.
 *
 * @returns JSON by user pool ID; nothing if no pool names one.
 */
export function toUserTriggersVariable({ pools }: Pick<Environment, 'pools'>): string | undefined {
  const entries = pools.flatMap(({ existing, userTrigger }) =>
    existing === undefined || userTrigger === undefined ? [] : [[existing.userPoolId, userTrigger]],
  );
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries));
}

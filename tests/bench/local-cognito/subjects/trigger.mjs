import { CLAIMS } from './claims.mjs';

/** The trigger of a team that has no claims table: the packed command runs it in its worker. */
export async function handler(event) {
  const accessTokenGeneration = { claimsToAddOrOverride: CLAIMS };
  event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
  return event;
}

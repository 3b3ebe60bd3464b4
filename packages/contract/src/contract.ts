import { type ClaimsOf, defineContract } from '@cognito-m2m/claim-schema';

/**
 * The claims this team puts into its machine-to-machine access tokens: the one file to edit when a claim is added.
 *
 * It types the environment files, is checked at every write and again before every token, and types what the verifier returns.
 */
export const contract = defineContract({
  'custom:organization_id': {
    type: 'string',
    description: 'The organization that owns the calling service.',
    gatewaySafe: true,
  },
  'custom:role': {
    type: 'string',
    values: ['admin', 'editor', 'viewer'],
    description: 'What the calling service may do inside its organization.',
    gatewaySafe: true,
  },
  tier: {
    type: 'string',
    values: ['free', 'premium'],
    description: 'The plan that the application is on.',
    gatewaySafe: true,
  },
  environment: {
    type: 'string',
    description: 'The environment whose pool issued the token.',
    required: true,
    gatewaySafe: true,
  },
  permissions: {
    type: 'string[]',
    description: 'Fine-grained permissions that are not OAuth scopes.',
  },
  approval_limit: {
    type: 'number',
    description: 'The largest amount, in whole euros, that the service may approve without review.',
  },
  tenant_id: {
    type: 'string',
    description: 'The tenant for which the caller asks, out of those its own record allows.',
    gatewaySafe: true,
  },
  on_behalf_of: {
    type: 'string',
    description: 'The user for whom the service acts, from a verified token of that user.',
    verified: true,
    gatewaySafe: true,
  },
});

/** The declared claims of one access token, as the verifier returns them: required claims are present, all others may be. */
export type ContractClaims = ClaimsOf<typeof contract>;

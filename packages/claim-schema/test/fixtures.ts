import { defineContract } from '../src/contract-definition.ts';

/**
 * The contract that the product's own tests stand on.
 *
 * A team's contract is `@cognito-m2m/contract`; no test of the product depends on what is in it.
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
    description: 'The largest amount that the service may approve by itself, in whole euros.',
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

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
  limits: {
    type: 'object',
    description: 'How much the service may ask of the API.',
    members: {
      perMinute: {
        type: 'number',
        integer: true,
        min: 1,
        max: 6000,
        required: true,
        description: 'Calls in one minute.',
      },
      burst: {
        type: 'object',
        description: 'Calls on top of that, for a short time.',
        members: {
          calls: { type: 'number', integer: true, min: 1, required: true },
          seconds: { type: 'number', min: 0.5, max: 60 },
        },
      },
      regions: {
        type: 'string[]',
        values: ['eu', 'us'],
        minItems: 1,
        maxItems: 2,
        description: 'Where it may ask.',
      },
    },
  },
  depot: {
    type: 'string',
    description:
      'The depot that the service belongs to; every service of the pool dispatch has one.',
    pattern: '[A-Z]{2}-[0-9]{3}',
    maxLength: 6,
    required: ['dispatch'],
  },
  on_behalf_of: {
    type: 'string',
    description: 'The user for whom the service acts, from a verified token of that user.',
    verified: true,
    gatewaySafe: true,
  },
});

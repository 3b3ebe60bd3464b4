import { type ClaimsOf, defineContract } from '@cognito-m2m/claim-schema';

export const contract = defineContract({
  environment: {
    type: 'string',
    description: 'The environment whose pool issued the token.',
    required: true,
    gatewaySafe: true,
  },
  tier: {
    type: 'string',
    description: 'The plan that the application is on.',
    values: ['free', 'premium'],
    gatewaySafe: true,
  },
  approval_limit: {
    type: 'number',
    description: 'The largest amount that the service may approve by itself, in whole euros.',
    integer: true,
    min: 0,
    max: 100_000,
  },
  permissions: {
    type: 'string[]',
    description: 'Fine-grained permissions that are not OAuth scopes.',
    pattern: '[a-z]+:[a-z]+',
    maxItems: 20,
  },
  limits: {
    type: 'object',
    description: 'How much the service may ask of the API.',
    members: {
      perMinute: { type: 'number', description: 'Calls in one minute.', required: true, min: 1 },
    },
  },
  on_behalf_of: {
    type: 'string',
    description: 'The user for whom the service acts.',
    verified: true,
  },
});

export type ContractClaims = ClaimsOf<typeof contract>;

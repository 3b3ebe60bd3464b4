/** The claims that local Cognito's trigger adds, for servers that have them built in. */
export const CLAIMS = {
  approval_limit: 5000,
  'custom:organization_id': '12345',
  'custom:role': 'admin',
  environment: 'local',
  tier: 'premium',
};

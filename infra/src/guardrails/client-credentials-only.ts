import { findBroken, type Guardrail, readArgument } from './guardrail.ts';

/** Does nothing without a user's refresh token, and leaving the list empty would allow users to sign in. */
const HARMLESS_FLOWS: readonly unknown[] = ['ALLOW_REFRESH_TOKEN_AUTH'];

/** Machines alone: no flow but client credentials, a secret for every client, no sign-up. */
export const clientCredentialsOnly: Guardrail = {
  name: 'client credentials only',
  check: (stack) => {
    const findClients = findBroken.bind(undefined, stack, 'aws_cognito_user_pool_client');
    return [
      ...findClients(
        (given) => String(given['allowed_oauth_flows']) === 'client_credentials',
        'allows another OAuth flow',
      ),
      ...findClients((given) => given['generate_secret'] === true, 'has no secret'),
      ...findClients((given) => {
        const flows = given['explicit_auth_flows'];
        return (
          Array.isArray(flows) &&
          flows.length > 0 &&
          flows.every((flow) => HARMLESS_FLOWS.includes(flow))
        );
      }, 'lets users sign in'),
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        (given) =>
          readArgument(given, 'admin_create_user_config', 'allow_admin_create_user_only') === true,
        'lets users sign up',
      ),
    ];
  },
};

import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  type ExplicitAuthFlowsType,
  UpdateUserPoolClientCommand,
  UpdateUserPoolClientRequest$,
} from '@aws-sdk/client-cognito-identity-provider';
import { keepUpdatable } from '@cognito-m2m/doctor';
import type { ProbeTarget } from '@cognito-m2m/probe';

/** The flow of `GetClientToken`, which the SDK's enumeration and the Terraform provider do not know. */
const CLIENT_TOKEN_AUTH = 'ALLOW_CLIENT_TOKEN_AUTH' as ExplicitAuthFlowsType;

/**
 * Lets the first client of a probe use `GetClientToken`, and keeps all its other settings.
 *
 * @returns What puts the client's settings back.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
 */
export async function allowClientToken(
  cognito: Pick<CognitoIdentityProviderClient, 'send'>,
  { userPoolId, client }: ProbeTarget,
): Promise<() => Promise<void>> {
  const ids = { UserPoolId: userPoolId, ClientId: client.clientId };
  const { UserPoolClient = {} } = await cognito.send(new DescribeUserPoolClientCommand(ids));
  const flows = UserPoolClient.ExplicitAuthFlows ?? [];
  if (flows.includes(CLIENT_TOKEN_AUTH)) return async () => {};
  // `UpdateUserPoolClient` resets what a request leaves out.
  const kept = { ...keepUpdatable(UpdateUserPoolClientRequest$, UserPoolClient), ...ids };
  // The documentation allows the flow as the only one.
  await cognito.send(
    new UpdateUserPoolClientCommand({ ...kept, ExplicitAuthFlows: [CLIENT_TOKEN_AUTH] }),
  );
  return async () => {
    await cognito.send(new UpdateUserPoolClientCommand({ ...kept, ExplicitAuthFlows: flows }));
  };
}

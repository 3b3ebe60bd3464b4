import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type LambdaConfigType,
} from '@aws-sdk/client-cognito-identity-provider';

/** A function that a user pool calls before it issues a token. */
export interface AttachedFunction {
  readonly functionArn: string;
  /** Of the events that it receives: `V1_0`, `V2_0` or `V3_0`; earlier ones than `V3_0` are not sent for client credentials. */
  readonly version: string;
}

/** Reads which function the two fields of a pool's settings name; the newer field counts. */
export function toAttachedFunction({
  PreTokenGeneration,
  PreTokenGenerationConfig,
}: TriggerFields): AttachedFunction | undefined {
  const { LambdaArn, LambdaVersion = 'V1_0' } = PreTokenGenerationConfig ?? {};
  const functionArn = LambdaArn ?? PreTokenGeneration;
  return functionArn === undefined ? undefined : { functionArn, version: LambdaVersion };
}

/**
 * Asks a user pool which function it calls before it issues a token.
 *
 * @throws {ResourceNotFoundException} Of the SDK, if there is no such pool.
 */
export async function readAttachedFunction(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<AttachedFunction | undefined> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const { UserPool } = await cognito.send(describe);
  return toAttachedFunction(UserPool?.LambdaConfig ?? {});
}

/** What a user pool says of its pre-token-generation trigger, in both fields that the API has for it. */
export type TriggerFields = Pick<
  LambdaConfigType,
  'PreTokenGeneration' | 'PreTokenGenerationConfig'
>;

/** What a pool of another owner called before our trigger was attached; kept from before the change until it is undone. */
export interface Attachment {
  readonly userPoolId: string;
  readonly before: TriggerFields;
}

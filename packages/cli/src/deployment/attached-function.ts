import type { LambdaConfigType } from '@aws-sdk/client-cognito-identity-provider';

/** A function that a user pool calls before it issues a token. */
export interface AttachedFunction {
  readonly functionArn: string;
  /** Of the events that it receives: `V1_0`, `V2_0` or `V3_0`. */
  readonly version: string;
}

/** Reads which function the two fields of a pool's settings name; the newer field counts. */
export function toAttachedFunction({
  PreTokenGeneration,
  PreTokenGenerationConfig,
}: Pick<LambdaConfigType, 'PreTokenGeneration' | 'PreTokenGenerationConfig'>):
  | AttachedFunction
  | undefined {
  const { LambdaArn, LambdaVersion = 'V1_0' } = PreTokenGenerationConfig ?? {};
  const functionArn = LambdaArn ?? PreTokenGeneration;
  return functionArn === undefined ? undefined : { functionArn, version: LambdaVersion };
}

/** The tools in which the owner of a pool may keep it. */
export const PRINT_FORMATS = ['terraform', 'cdk', 'cloudformation', 'sam'] as const;

/** One of the tools. */
export type PrintFormat = (typeof PRINT_FORMATS)[number];

/** True for the name of a tool. */
export function isPrintFormat(text: string): text is PrintFormat {
  return PRINT_FORMATS.some((format) => format === text);
}

/** What the lines are about. */
interface OwnerCode {
  readonly userPoolId: string;
  readonly triggerArn: string;
}

/**
 * Writes the lines that attach the trigger in the code of a pool's owner.
 *
 * A stack that manages the setting would otherwise take the trigger off with its next deploy.
 */
export function writeOwnerCode(format: PrintFormat, code: OwnerCode): string {
  return WRITERS[format](code);
}

const WRITERS: { readonly [format in PrintFormat]: (code: OwnerCode) => string } = {
  terraform: ({ userPoolId, triggerArn }) => `\
# In resource "aws_cognito_user_pool" of ${userPoolId}. If it has a lambda_config already, put these settings there, in place of
# pre_token_generation and pre_token_generation_config, and keep the other triggers. Both settings must name the same function.
lambda_config {
  pre_token_generation = ${JSON.stringify(triggerArn)}
  pre_token_generation_config {
    lambda_arn     = ${JSON.stringify(triggerArn)}
    lambda_version = "V3_0"
  }
}`,
  cdk: ({ userPoolId, triggerArn }) => `\
// After the UserPool construct of ${userPoolId}, here called userPool. Remove its own pre-token-generation trigger.
const cfnUserPool = userPool.node.defaultChild as cognito.CfnUserPool;
cfnUserPool.addPropertyDeletionOverride('LambdaConfig.PreTokenGeneration');
cfnUserPool.addPropertyOverride('LambdaConfig.PreTokenGenerationConfig', {
  LambdaArn: '${triggerArn}',
  LambdaVersion: 'V3_0',
});`,
  cloudformation: ({ userPoolId, triggerArn }) => `\
# Under Properties of the AWS::Cognito::UserPool ${userPoolId}. Remove PreTokenGeneration, and keep the other triggers.
${lambdaConfig(triggerArn)}`,
  sam: ({ userPoolId, triggerArn }) => `\
# Under Properties of the AWS::Cognito::UserPool ${userPoolId}. Remove PreTokenGeneration, and keep the other triggers. Of the function
# for users' tokens, remove the event of type Cognito with Trigger: PreTokenGeneration, because AWS SAM would attach that function again.
${lambdaConfig(triggerArn)}`,
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cognito-userpool-lambdaconfig.html */
function lambdaConfig(triggerArn: string): string {
  return `LambdaConfig:
  PreTokenGenerationConfig:
    LambdaArn: ${triggerArn}
    LambdaVersion: V3_0`;
}

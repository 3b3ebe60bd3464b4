import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { CONTRACT_DIGEST_VARIABLE } from '@cognito-m2m/infra/names';
import type { FunctionView, InvokePermission } from '../deployment-view.ts';

const COGNITO_PRINCIPAL = 'cognito-idp.amazonaws.com';

/**
 * Describes the trigger function as its alias shows it.
 *
 * @returns `missing` if there is no such function.
 */
export async function describeFunction(
  client: LambdaClient,
  names: { readonly functionName: string; readonly alias: string },
): Promise<FunctionView | 'missing'> {
  const { functionName, alias } = names;
  const key = { FunctionName: functionName };
  const found = await ifFound(client.send(new GetAliasCommand({ ...key, Name: alias })));
  const qualified = found === undefined ? key : { ...key, Qualifier: alias };
  const described = await ifFound(client.send(new GetFunctionConfigurationCommand(qualified)));
  if (described === undefined) return 'missing';
  const policy =
    found && (await ifFound(client.send(new GetPolicyCommand({ ...key, Qualifier: alias }))));
  const contractDigest = described.Environment?.Variables?.[CONTRACT_DIGEST_VARIABLE];
  return {
    functionName,
    alias,
    ...(found?.AliasArn !== undefined && { aliasArn: found.AliasArn }),
    runtime: described.Runtime ?? 'unknown',
    timeoutSeconds: described.Timeout ?? 0,
    ...(contractDigest !== undefined && { contractDigest }),
    permissions: readPermissions(policy?.Policy),
  };
}

async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  });
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: string } | string;
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: string | undefined } | undefined;
  };
}

/** Reads out of a resource policy what lets Amazon Cognito in. */
function readPermissions(policyJson: string | undefined): InvokePermission[] {
  if (policyJson === undefined) return [];
  // AWS Lambda writes the policy; only the fields below decide anything.
  const { Statement = [] } = JSON.parse(policyJson) as { Statement?: readonly PolicyStatement[] };
  return Statement.filter(
    ({ Effect, Principal }) => Effect === 'Allow' && serviceOf(Principal) === COGNITO_PRINCIPAL,
  ).map(({ Sid = '', Condition }) => {
    const sourceArn = conditionValue(Condition, 'aws:sourcearn');
    const sourceAccount = conditionValue(Condition, 'aws:sourceaccount');
    return {
      statementId: Sid,
      ...(sourceArn !== undefined && { sourceArn }),
      ...(sourceAccount !== undefined && { sourceAccount }),
    };
  });
}

function serviceOf(principal: PolicyStatement['Principal']): string | undefined {
  return typeof principal === 'string' ? principal : principal?.Service;
}

// Condition keys are case-insensitive, and Lambda writes both spellings.
function conditionValue(conditions: PolicyStatement['Condition'], key: string) {
  return Object.values(conditions ?? {})
    .flatMap((pairs) => Object.entries(pairs ?? {}))
    .find(([name]) => name.toLowerCase() === key)?.[1];
}

import {
  GetAliasCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { COGNITO_PRINCIPAL } from '@cognito-m2m/environment/names';
import type { FunctionView } from '../deployment-view.ts';
import { ifFound } from './optional-reads.ts';

/**
 * Describes the trigger function as its alias shows it.
 *
 * @returns `undefined` if there is no such function.
 */
export async function describeTrigger(
  client: LambdaClient,
  names: {
    readonly functionName: string;
    readonly alias: string;
    readonly version?: string | undefined;
  },
): Promise<FunctionView | undefined> {
  const { functionName, alias } = names;
  const key = { FunctionName: functionName };
  const found = await ifFound(client.send(new GetAliasCommand({ ...key, Name: alias })));
  const qualified = found === undefined ? key : { ...key, Qualifier: alias };
  const described = await ifFound(client.send(new GetFunctionConfigurationCommand(qualified)));
  if (described === undefined) return undefined;
  const { ReservedConcurrentExecutions } = await client.send(
    new GetFunctionConcurrencyCommand(key),
  );
  return {
    functionName,
    alias,
    aliasArn: found?.AliasArn,
    versions: [
      ...(found?.FunctionVersion === undefined ? [] : [found.FunctionVersion]),
      ...Object.keys(found?.RoutingConfig?.AdditionalVersionWeights ?? {}),
    ],
    declaredVersion: names.version,
    runtime: described.Runtime ?? 'unknown',
    timeoutSeconds: described.Timeout ?? 0,
    roleArn: described.Role ?? '',
    // An emulator may leave it out.
    state: described.State ?? 'Active',
    reservedConcurrency: ReservedConcurrentExecutions,
    variables: described.Environment?.Variables ?? {},
    permissions: found === undefined ? [] : await readInvokePermissions(client, names),
  };
}

/**
 * Reads which statements of an alias's policy let Amazon Cognito call a function.
 *
 * @returns None if there is no such function, alias or policy.
 */
export async function readInvokePermissions(
  client: LambdaClient,
  { functionName, alias }: { readonly functionName: string; readonly alias: string },
): Promise<FunctionView['permissions']> {
  const get = new GetPolicyCommand({ FunctionName: functionName, Qualifier: alias });
  return readPermissions((await ifFound(client.send(get)))?.Policy);
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: string } | string;
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: string | undefined } | undefined;
  };
}

/** Reads out of a resource policy what lets Amazon Cognito call the function. */
function readPermissions(policyJson: string | undefined): FunctionView['permissions'] {
  if (policyJson === undefined) return [];
  // AWS Lambda writes the policy; only the fields below decide anything.
  const { Statement = [] }: { Statement?: readonly PolicyStatement[] } = JSON.parse(policyJson);
  return Statement.filter(
    ({ Effect, Principal }) => Effect === 'Allow' && serviceOf(Principal) === COGNITO_PRINCIPAL,
  ).map(({ Sid = '', Condition }) => ({
    statementId: Sid,
    sourceArn: conditionValue(Condition, 'aws:sourcearn'),
    sourceAccount: conditionValue(Condition, 'aws:sourceaccount'),
  }));
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

import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { poolParameterNames, tableName, updatedIssuer } from '@cognito-m2m/environment/names';
import { conditional, Fn, TerraformOutput, TerraformVariable, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ISSUER_VARIABLE, POOL_OUTPUTS } from '../stack-config.ts';
import { literalText } from '../terraform-text.ts';

/** Where a deployed pool is, and where it issues tokens. */
export interface PoolAddresses {
  readonly userPoolId: string;
  /** The issuer in its original form, the only one that Terraform's provider knows. */
  readonly originalIssuer: string;
  /** `undefined` for a pool without a domain. */
  readonly tokenEndpoint: string | undefined;
  /** What DNS must point a domain of one's own to. */
  readonly customDomainTarget: string | undefined;
}

/** What the command line and services need to find a deployed pool; nothing in it is secret. */
export function addPoolParameters(
  scope: Construct,
  { environment, pool }: { readonly environment: Environment; readonly pool: Pool },
  addresses: PoolAddresses,
): { readonly tokenEndpoint: SsmParameter | undefined } {
  const parameters = new Construct(scope, 'parameters');
  const names = poolParameterNames(environment.name, pool.name);
  // Not secret: a plan may show them.
  const add = (id: string, name: string, insecureValue: string) =>
    new SsmParameter(parameters, id, { name, type: 'String', insecureValue });
  const userPoolId = add('user-pool-id', names.userPoolId, addresses.userPoolId);
  // Amazon Cognito keeps no description of a pool.
  if (pool.description !== '') userPoolId.description = literalText(pool.description);
  const issuer = issuerOf(scope, addresses.originalIssuer);
  add('issuer', names.issuer, issuer);
  add('table-name', names.tableName, tableName(environment.name));
  const { tokenEndpoint, customDomainTarget } = addresses;
  if (customDomainTarget !== undefined) {
    add('custom-domain-target', names.customDomainTarget, customDomainTarget);
    new TerraformOutput(scope, 'custom-domain-target', { value: customDomainTarget });
  }
  for (const [name, value] of [
    [POOL_OUTPUTS.userPoolId, addresses.userPoolId],
    [POOL_OUTPUTS.issuer, issuer],
  ] as const) {
    new TerraformOutput(scope, name, { value });
  }
  return {
    tokenEndpoint:
      tokenEndpoint === undefined
        ? undefined
        : add('token-endpoint', names.tokenEndpoint, tokenEndpoint),
  };
}

/**
 * Terraform's expression for the issuer: what the variable says if that is one of the two issuers of this very pool. A pool
 * that is created has the original form, whatever the variable says of one that it replaces.
 */
function issuerOf(scope: Construct, original: string): string {
  const { stringValue: given } = new TerraformVariable(scope, ISSUER_VARIABLE, {
    type: 'string',
    default: '',
    description:
      "The issuer of the pool's tokens. The deploy reads it from the discovery document.",
  });
  const issuers = [original, updatedIssuer(original)];
  return Token.asString(conditional(Fn.contains(issuers, given), given, original));
}

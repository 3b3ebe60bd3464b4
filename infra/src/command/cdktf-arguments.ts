import { claimsStackName } from '@cognito-m2m/environment/names';
import { isRetired, isTrial } from '../environment-name.ts';
import { InfraError } from '../errors.ts';
import type { CdktfRequest } from './cdktf-request.ts';

/**
 * What CDKTF's command line must be told.
 *
 * @param variables - Of this process. @default none
 * @throws {InfraError} `ERR_INFRA_DESTROY_PROTECTED` for `destroy` of an environment that nobody retired;
 *   `ERR_INFRA_RETIRE_MISMATCH` if another environment is retired than the one that the request is about.
 */
export function toCdktfArguments(
  { command, environment, stacks, options }: CdktfRequest,
  variables: { readonly [name: string]: string | undefined } = {},
): string[] {
  const mayBeDestroyed = isRetired(environment, variables) || isTrial(environment);
  if (command === 'destroy' && !mayBeDestroyed) throw destroyProtected(environment, stacks);
  // CDKTF refuses a pool without the stack it is ordered after; told to ignore that, it forgets the order.
  const isAlone = command === 'deploy' && !stacks.some((stack) => takesClaims(stack, environment));
  // The stacks first: to CDKTF every word after `--var x=y` is one more variable.
  return [
    command,
    ...stacks,
    ...options,
    ...(isAlone ? ['--ignore-missing-stack-dependencies'] : []),
  ];
}

// Terraform would refuse as well, stack by stack and in its own words.
function destroyProtected(environment: string, stacks: readonly string[]): InfraError {
  const retire = `M2M_RETIRE=${environment} npx -y pnpm@12 cdktf`;
  const quoted = stacks.map((stack) => `'${stack}'`).join(' ');
  const message = [
    `${environment} is protected: client ids, claims and keys can't be made again. Nothing was destroyed.`,
    `At its end: ${retire} deploy ${quoted}, then ${retire} destroy ${quoted} (docs/deploy.md).`,
  ].join('\n');
  return new InfraError('ERR_INFRA_DESTROY_PROTECTED', message);
}

function takesClaims(stack: string, environment: string): boolean {
  return [`${environment}-*`, claimsStackName(environment)].includes(stack);
}

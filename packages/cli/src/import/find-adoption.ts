import type { Environment } from '@cognito-m2m/environment';
import { poolStackName } from '@cognito-m2m/environment/names';
import type { TerraformImport } from '@cognito-m2m/infra/adoption';
import type { EnvironmentDescription } from './pool-description.ts';

/** How Terraform takes over what is there already. */
export interface Adoption {
  /** The stack that takes it over: `legacy-pool-payments`. */
  readonly stack: string;
  readonly imports: readonly TerraformImport[];
}

/**
 * Says how Terraform takes over every pool that no deploy of this environment made.
 *
 * @param clientIds - App client ids by name, by pool.
 */
export async function findAdoption(
  environment: Environment,
  description: EnvironmentDescription,
  clientIds: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Promise<Adoption[]> {
  const foreign = description.pools.filter(({ isDeployed }) => !isDeployed);
  if (foreign.length === 0) return [];
  // The infrastructure takes a second to load, and only this needs it.
  const { terraformImports } = await import('@cognito-m2m/infra/adoption');
  return environment.pools.flatMap((declared) => {
    const found = foreign.find(({ name }) => name === declared.name);
    if (found === undefined) return [];
    const { userPoolId, pool, name } = found;
    const imports = terraformImports(environment, declared, {
      userPoolId,
      domainPrefix: pool.Domain,
      clientIds: clientIds.get(name) ?? new Map(),
    });
    return [{ stack: poolStackName(environment.name, name), imports }];
  });
}

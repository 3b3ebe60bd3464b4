import {
  type Environment,
  EnvironmentError,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { poolStackName } from '@cognito-m2m/environment/names';
import type { TerraformImport } from '@cognito-m2m/infra/adoption';
import type { DeclaredEnvironment } from './declare-environment.ts';
import type { EnvironmentDescription } from './pool-description.ts';

/** How Terraform takes over what exists already. */
export interface Adoption {
  /** The stack that takes it over: `legacy-pool-payments`. */
  readonly stack: string;
  /** The file of Terraform's `import` blocks that a deploy reads; `null` if it was not written. */
  readonly file: string | null;
  readonly imports: readonly TerraformImport[];
}

/** An adoption before its file is written. */
export interface FoundAdoption extends Omit<Adoption, 'file'> {
  /** Terraform's `import` blocks. */
  readonly blocks: string;
}

/**
 * Says how Terraform takes over every pool that no deploy of this environment created.
 *
 * What Terraform calls a resource does not depend on claims, so that claims which are still missing delay nothing.
 *
 * @returns `undefined` if the file has faults apart from its claims.
 */
export async function findAdoption(
  { value, clientIds }: DeclaredEnvironment,
  description: EnvironmentDescription,
): Promise<FoundAdoption[] | undefined> {
  const foreign = description.pools.filter(({ isDeployed }) => !isDeployed);
  if (foreign.length === 0) return [];
  const environment = withoutClaims(value);
  if (environment === undefined) return undefined;
  // The infrastructure takes a second to load, and only this needs it.
  const { adoptPool } = await import('@cognito-m2m/infra/adoption');
  return environment.pools.flatMap((declared) => {
    const found = foreign.find(({ name }) => name === declared.name);
    if (found === undefined) return [];
    const { userPoolId, pool, name } = found;
    const adopted = adoptPool(environment, declared, {
      userPoolId,
      domains: [pool.Domain, pool.CustomDomain].filter((domain) => domain !== undefined),
      clientIds: clientIds.get(name) ?? new Map(),
    });
    const stack = poolStackName(environment.name, name);
    return [{ stack, ...adopted }];
  });
}

function withoutClaims({ pools, ...shared }: EnvironmentInput): Environment | undefined {
  const bare = Object.entries(pools).map(([poolName, { defaults: _, clients, ...pool }]) => {
    const bareClients = Object.entries(clients).map(
      ([name, { description, scopes }]) => [name, { description, scopes }] as const,
    );
    return [poolName, { ...pool, clients: Object.fromEntries(bareClients) }] as const;
  });
  try {
    return validateEnvironment({}, { ...shared, pools: Object.fromEntries(bare) });
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

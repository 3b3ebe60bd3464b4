import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { App } from 'cdktf';
import type { ResourceArguments, StackConfig } from './stack-config.ts';
import { PoolStack } from './stacks/pool-stack.ts';

/** What Terraform is told to take over: `terraform import <address> <id>`. */
export interface TerraformImport {
  readonly address: string;
  readonly id: string;
}

/** The ids of what is there already. */
export interface ExistingPool {
  readonly userPoolId: string;
  /** The prefix domain, if the pool has one. */
  readonly domainPrefix?: string;
  /** App client ids by name. */
  readonly clientIds: ReadonlyMap<string, string>;
}

/**
 * Says how a pool's stack takes over a user pool that something else made: the pool, its domain, servers and clients.
 *
 * Nothing is deployed or written; everything else of the stack is made by its first deploy.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cognito_user_pool_client#import
 */
export function terraformImports(
  environment: Environment,
  pool: Pool,
  existing: ExistingPool,
): TerraformImport[] {
  const { resource } = renderStack(environment, pool);
  const { userPoolId, domainPrefix, clientIds } = existing;
  const each = (
    type: string,
    read: (block: ResourceArguments, address: string) => TerraformImport[],
  ) =>
    Object.entries(resource[type] ?? {}).flatMap(([logicalId, block]) =>
      read(block, `${type}.${logicalId}`),
    );
  return [
    ...each('aws_cognito_user_pool', (_block, address) => [{ address, id: userPoolId }]),
    ...each('aws_cognito_user_pool_domain', (_block, address) =>
      domainPrefix === undefined ? [] : [{ address, id: domainPrefix }],
    ),
    ...each('aws_cognito_resource_server', ({ identifier }, address) => [
      { address, id: `${userPoolId}|${identifier}` },
    ]),
    // One block for all clients, an instance for each.
    ...each('aws_cognito_user_pool_client', (_block, address) =>
      [...clientIds].map(([name, clientId]) => ({
        address: `${address}[${JSON.stringify(name)}]`,
        id: `${userPoolId}/${clientId}`,
      })),
    ),
  ];
}

/** CDKTF makes an app's folder whether or not anything is written to it. */
function renderStack(environment: Environment, pool: Pool): StackConfig {
  const outdir = mkdtempSync(join(tmpdir(), 'm2m-adoption-'));
  try {
    return new PoolStack(new App({ outdir }), { environment, pool }).toTerraform();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

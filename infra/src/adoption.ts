import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { App } from 'cdktf';
import type { ResourceArguments, StackConfig } from './stack-config.ts';
import { PoolStack } from './stacks/pool-stack.ts';

/** One resource that Terraform imports: an `import` block has the address as `to`, and the ID as `id`. */
export interface TerraformImport {
  readonly address: string;
  readonly id: string;
}

/** The IDs of what exists already. */
export interface ExistingPool {
  readonly userPoolId: string;
  /** The prefix and the domain of its own, as far as the pool has them. */
  readonly domains: readonly string[];
  /** App client IDs by name. */
  readonly clientIds: ReadonlyMap<string, string>;
}

/** Says how Terraform takes over a user pool that something else created: what it imports, and the `import` blocks for it. */
export function adoptPool(
  environment: Environment,
  pool: Pool,
  existing: ExistingPool,
): { readonly imports: readonly TerraformImport[]; readonly blocks: string } {
  const imports = terraformImports(environment, pool, existing);
  return { imports, blocks: renderImportBlocks(imports) };
}

/**
 * Lists what a pool's stack imports of a user pool that something else created: the pool, its domain, resource servers and
 * app clients.
 *
 * Nothing is deployed or written; the first deploy creates everything else of the stack. As `import` blocks, all of it
 * belongs to one plan, in which nothing is missing: `terraform import` would add one resource after the other.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cognito_user_pool_client#import
 */
export function terraformImports(
  environment: Environment,
  pool: Pool,
  existing: ExistingPool,
): TerraformImport[] {
  const { resource } = renderStack(environment, pool);
  const { userPoolId, domains, clientIds } = existing;
  const each = (
    type: string,
    read: (block: ResourceArguments, address: string) => TerraformImport[],
  ) =>
    Object.entries(resource[type] ?? {}).flatMap(([logicalId, block]) =>
      read(block, `${type}.${logicalId}`),
    );
  return [
    ...each('aws_cognito_user_pool', (_block, address) => [{ address, id: userPoolId }]),
    ...each('aws_cognito_user_pool_domain', ({ domain }, address) =>
      domains.filter((known) => known === domain).map((id) => ({ address, id })),
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

/** CDKTF creates an app's folder whether or not anything is written to it. */
function renderStack(environment: Environment, pool: Pool): StackConfig {
  const outdir = mkdtempSync(join(tmpdir(), 'm2m-adoption-'));
  try {
    return new PoolStack(new App({ outdir }), {
      environment,
      pool,
      importedClients: [],
    }).toTerraform();
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/**
 * Renders imports as Terraform's `import` blocks, for the file `infra/imports/<stack>.tf`.
 *
 * @see https://developer.hashicorp.com/terraform/language/import
 */
export function renderImportBlocks(imports: readonly TerraformImport[]): string {
  return imports
    .map(({ address, id }) => `import {\n  to = ${address}\n  id = ${quote(id)}\n}\n`)
    .join('\n');
}

/** A string of the Terraform language: JSON's, with expressions written as literals. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$${').replaceAll('%{', '%%{');
}

/** A stack's `import` blocks, in a file next to the configuration that CDKTF writes. */
export const IMPORTS_FILE = 'imports.tf';

/** The variable of a pool's stack that takes the issuer of its tokens, as the discovery document says. */
export const ISSUER_VARIABLE = 'issuer';

/** What a pool's stack says of itself, for the next deploy. */
export const POOL_OUTPUTS = {
  userPoolId: 'deployed-user-pool-id',
  issuer: 'deployed-issuer',
} as const;

/** The arguments of one resource, as Terraform reads them. */
export type ResourceArguments = { readonly [argument: string]: unknown };

/** A synthesized stack, as far as we look into it. */
export interface StackConfig {
  /** Resources by type and logical id. */
  readonly resource: {
    readonly [type: string]: { readonly [logicalId: string]: ResourceArguments };
  };
  readonly provider: {
    readonly aws: readonly {
      readonly allowed_account_ids?: readonly string[];
      readonly default_tags: readonly { readonly tags: { readonly [key: string]: string } }[];
    }[];
  };
  readonly terraform: {
    readonly backend: { readonly [type: string]: ResourceArguments };
    readonly required_providers: { readonly aws: { readonly version: string } };
  };
  /** What the blocks read of each client, by name. */
  readonly locals?: { readonly [name: string]: { readonly [key: string]: unknown } };
  readonly variable?: { readonly [name: string]: ResourceArguments };
  readonly output?: { readonly [name: string]: ResourceArguments };
}

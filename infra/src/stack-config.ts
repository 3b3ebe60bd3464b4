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
  readonly output?: { readonly [name: string]: ResourceArguments };
}

/** The answer of `m2m handover --json`. */
export interface HandoverJson {
  readonly environment: string;
  readonly region: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly description: string;
  readonly owner: string;
  readonly clientId: string;
  /** SSM parameters and their values. */
  readonly parameters: { readonly [name: string]: string };
  readonly secret: {
    readonly name: string;
    readonly arn: string;
    /** The alias of the key that encrypts it. */
    readonly keyAlias: string;
    /** Roles that may read it without a policy of their own account. */
    readonly readers: readonly string[];
  };
  readonly scopes: readonly string[];
  readonly accessTokenMinutes: number;
  /** Where each claim comes from, by name. */
  readonly claims: { readonly [name: string]: string };
  readonly metadata: readonly {
    readonly key: string;
    readonly isRequired: boolean;
    /** The values to choose from; absent where the value is a user's token. */
    readonly allowed?: readonly string[] | undefined;
  }[];
}

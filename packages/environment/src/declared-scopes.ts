/** What is read of a pool, whole or in the making. */
interface PoolOfScopes {
  readonly resourceServers?:
    | {
        readonly [identifier: string]:
          | { readonly scopes?: { readonly [scopeName: string]: unknown } | undefined }
          | undefined;
      }
    | undefined;
}

/** All scopes of a pool's resource servers, as clients name them: `<server>/<scope>`. */
export function listDeclaredScopes({ resourceServers = {} }: PoolOfScopes): string[] {
  return Object.entries(resourceServers).flatMap(([identifier, server]) =>
    Object.keys(server?.scopes ?? {}).map((scope) => `${identifier}/${scope}`),
  );
}

/** The part of dynalite that is used here; the package ships no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Creates a DynamoDB server; `path` keeps the data in a folder, without it they are in memory. */
  function dynalite(options?: {
    readonly createTableMs?: number;
    readonly path?: string | undefined;
  }): Server;
  export = dynalite;
}

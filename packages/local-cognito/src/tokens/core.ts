import type { Contract } from '@cognito-m2m/claim-schema';
import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import type { Journal } from '../model/journal.ts';
import type { Faults } from '../net/faults.ts';
import type { PoolRegistry } from '../pools/user-pool.ts';
import type { IssuerEdges } from './issue-token.ts';

/** What every route works on. */
export interface Core extends IssuerEdges, PoolRegistry {
  /** The name of what is served, such as an environment. */
  readonly name: string;
  readonly region: string;
  readonly journal: Journal;
  readonly faults: Faults;
  /** The server's address without a slash at its end. @param host - The `Host` header of the request. */
  readonly baseUrl: (host?: string) => string;
  /** The secret access key that other machines sign calls of the AWS API with; `undefined` lets them call only public ones. */
  readonly apiSecret: string | undefined;
  /** What the inspector page explains tokens by; without it the page shows no layers. */
  readonly claims: ClaimsSource | undefined;
}

/** The claims table, and the rules by which the trigger resolves what is in it. */
export interface ClaimsSource {
  readonly reader: ClaimsReader;
  readonly contract: Contract;
  readonly sizeBudgetBytes: number;
}

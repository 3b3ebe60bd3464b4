import type { Contract } from '@cognito-m2m/claim-schema';
import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import type { Environment } from '@cognito-m2m/environment';
import type { Journal } from '../model/journal.ts';
import type { ClientSecrets, PoolDirectory, SecretVersions } from '../pools/user-pool.ts';
import type { IssuerEdges } from './issue-token.ts';

/** What every route works on. */
export interface Core extends IssuerEdges {
  readonly environment: Environment;
  readonly directory: PoolDirectory;
  readonly secrets: ClientSecrets;
  readonly secretVersions: SecretVersions;
  readonly journal: Journal;
  /** What the inspector page explains tokens by; without it the page shows no layers. */
  readonly claims: ClaimsSource | undefined;
}

/** The claims table, and the rules by which the trigger resolves what is in it. */
export interface ClaimsSource {
  readonly reader: ClaimsReader;
  readonly contract: Contract;
  readonly sizeBudgetBytes: number;
}

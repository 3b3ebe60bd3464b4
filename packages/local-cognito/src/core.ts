import type { ClaimsReader } from '@cognito-m2m/claims-store/reader';
import type { Environment } from '@cognito-m2m/environment';
import type { Journal } from './journal.ts';
import type { ClientSecrets, PoolDirectory, SecretVersions } from './pools/user-pool.ts';
import type { IssuerEdges } from './tokens/issue-token.ts';

/** What every route works on. */
export interface Core extends IssuerEdges {
  readonly environment: Environment;
  readonly directory: PoolDirectory;
  readonly secrets: ClientSecrets;
  readonly secretVersions: SecretVersions;
  readonly journal: Journal;
  /** Reads the claims table, for whoever shows the layers of a claim. */
  readonly reader: ClaimsReader;
}

import { keysOf } from '@cognito-m2m/claim-schema/values';
/**
 * The environment variables that configure the trigger, by what they hold.
 *
 * The deploy and local Cognito write them, the trigger reads them, and the checks and `m2m import` read them back.
 */
export const TRIGGER_VARIABLES = {
  tableName: 'CLAIMS_TABLE_NAME',
  cacheSeconds: 'CLAIMS_CACHE_SECONDS',
  maxStaleSeconds: 'CLAIMS_MAX_STALE_SECONDS',
  sizeBudgetBytes: 'CLAIMS_SIZE_BUDGET_BYTES',
  /** The issuers of users' tokens whose keys are read at start, as JSON. */
  tokenIssuers: 'CLAIMS_TOKEN_ISSUERS',
  /** The functions for users' events by user pool ID, as JSON. */
  userTriggers: 'CLAIMS_USER_TRIGGERS',
  /** The digest of the contract that the trigger was built with; for whoever compares, the trigger has the contract itself. */
  contractDigest: 'CLAIMS_CONTRACT_DIGEST',
  /** The version of the product that was deployed; the trigger does not read it. */
  version: 'CLAIMS_VERSION',
} as const;

/** What the trigger is configured with. */
export interface TriggerConfiguration {
  readonly tableName: string;
  readonly cacheSeconds: number;
  readonly maxStaleSeconds: number;
  readonly sizeBudgetBytes: number;
  /** JSON; `undefined` where no pool declares an issuer. */
  readonly tokenIssuers: string | undefined;
  /** JSON; `undefined` where no pool names a function for its users. */
  readonly userTriggers: string | undefined;
  /** `undefined` where nobody compares. */
  readonly contractDigest: string | undefined;
  readonly version: string;
}

/** Writes the environment variables of the trigger. None is a secret. */
export function toTriggerVariables(configuration: TriggerConfiguration): {
  [variable: string]: string;
} {
  const fields = keysOf(TRIGGER_VARIABLES);
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = configuration[field];
      return value === undefined ? [] : [[TRIGGER_VARIABLES[field], String(value)]];
    }),
  );
}

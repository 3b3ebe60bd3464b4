import type { ClaimRules } from '@cognito-m2m/claim-schema';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Environment, Pool } from '@cognito-m2m/environment';
import type { CommandLine } from '../command-line.ts';
import type { Finding } from './finding.ts';

/** The trigger of a user pool, as far as the checks look at it. */
export interface AttachedTrigger {
  readonly functionArn: string;
  /** `V3_0`; earlier ones are not called for client credentials. */
  readonly version: string;
}

/** A user pool as Amazon Cognito describes it. */
export interface UserPoolView {
  readonly arn: string;
  readonly plan: string;
  readonly isDeletionProtected: boolean;
  readonly isSignUpOpen: boolean;
  /** The prefix or the custom domain. */
  readonly domain?: string;
  readonly trigger?: AttachedTrigger;
  /** Scopes of all resource servers, as `<server>/<scope>`. */
  readonly scopes: readonly string[];
}

/** An app client as Amazon Cognito describes it; its secret is never read into this. */
export interface AppClientView {
  readonly clientId: string;
  readonly name: string;
  readonly hasSecret: boolean;
  readonly isOAuthEnabled: boolean;
  readonly oauthFlows: readonly string[];
  readonly authFlows: readonly string[];
  readonly scopes: readonly string[];
  /** Epoch milliseconds at which the oldest secret was made; absent where the API can't say. */
  readonly oldestSecretAt?: number;
}

/** One deployed pool. */
export interface PoolView {
  readonly declared: Pool;
  readonly userPoolId: string;
  /** Declared clients that the deploy left no id of. */
  readonly missingClients: readonly string[];
  /** Absent where the claims table is missing or can't be read. */
  readonly listing?: PoolListing;
  /** `missing` if there is none of this id; absent where there is no Amazon Cognito to ask, or it can't be asked. */
  readonly pool?: UserPoolView | 'missing';
  /** Absent where they can't be read. */
  readonly clients?: readonly AppClientView[];
}

/** One statement of the alias's policy that lets Amazon Cognito in. */
export interface InvokePermission {
  readonly statementId: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** The trigger function. */
export interface FunctionView {
  readonly functionName: string;
  /** The alias that pools should call. */
  readonly alias: string;
  /** Its ARN; absent if there is no such alias. */
  readonly aliasArn?: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  /** The mark of the contract that it was built with; absent where the deploy said nothing. */
  readonly contractDigest?: string;
  readonly permissions: readonly InvokePermission[];
}

/** The claims table. */
export interface TableView {
  readonly tableName: string;
  readonly isDeletionProtected: boolean;
  readonly hasRecovery: boolean;
}

/** Everything that the checks look at, as plain data. */
export interface DeploymentView {
  readonly environment: Environment;
  /** Writes commands of `m2m` for the findings. */
  readonly commandLine: CommandLine;
  /** The command that deploys the environment, ready to paste. */
  readonly deployCommand: string;
  readonly pools: readonly PoolView[];
  /** Declared pools that are not there. */
  readonly missingPools: readonly string[];
  /** `missing` if there is none; absent where there is no AWS Lambda to ask, or it can't be asked. */
  readonly trigger?: FunctionView | 'missing';
  /** Tables that could be described. */
  readonly tables: readonly TableView[];
  /** Names of tables that the deploy's parameters name and that are not there. */
  readonly missingTables: readonly string[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
  /** Those of them that this caller may not look at. */
  readonly notAllowed: readonly string[];
}

/** What the checks measure against. */
export interface CheckLimits {
  /** Epoch seconds. */
  readonly now: number;
  readonly rules: ClaimRules;
  readonly secretDays: number;
  readonly expiryDays: number;
}

/** A check: a pure function of one deployment. */
export type Check = (view: DeploymentView, limits: CheckLimits) => readonly Finding[];

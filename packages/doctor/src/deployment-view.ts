import type { ClaimRules } from '@cognito-m2m/claim-schema';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Client, Environment, Pool, TriggerSettings } from '@cognito-m2m/environment';
import type { AttachedFunction, Attachment } from './attached-function.ts';
import type { Repair } from './repairs.ts';

/** The answer to a question about AWS; `found` is `undefined` if the thing does not exist. */
export interface Reading<T> {
  readonly found: T | undefined;
}

/** What the checks need of an environment. */
export interface DeclaredEnvironment extends Pick<Environment, 'name' | 'isDisposable'> {
  readonly trigger: Pick<TriggerSettings, 'cacheSeconds' | 'maxStaleSeconds' | 'sizeBudgetBytes'>;
}

/** What the checks need of a declared pool. */
export interface DeclaredPool
  extends Pick<
    Pool,
    'name' | 'plan' | 'domainPrefix' | 'existing' | 'userTrigger' | 'clientRegistration'
  > {
  /** Empty where only the claims table says which clients were deployed. */
  readonly clients: readonly Pick<
    Client,
    'name' | 'scopes' | 'readers' | 'clientId' | 'secretId'
  >[];
}

/** The grants for which app clients may register themselves; empty where they may not. */
export interface RegistrationView {
  /** With an initial access token. */
  readonly authenticated: readonly string[];
  /** Without one. */
  readonly open: readonly string[];
}

/** A user pool as Amazon Cognito describes it. */
export interface UserPoolView {
  readonly arn: string;
  readonly plan: string;
  readonly isDeletionProtected: boolean;
  readonly isSignUpOpen: boolean;
  /** The prefix or the custom domain. */
  readonly domain: string | undefined;
  readonly trigger: AttachedFunction | undefined;
  /** Scopes of all resource servers, as `<server>/<scope>`. */
  readonly scopes: readonly string[];
  /** Dynamic client registration; `undefined` for a pool that never had any. */
  readonly registration: RegistrationView | undefined;
  /** True if it is set to the updated form of the issuer, `https://issuer-cognito-idp.<region>.amazonaws.com/<pool ID>`. */
  readonly hasUpdatedIssuer: boolean;
}

/** The settings of an app client. They come with its secret, which is never read into this. */
export interface AppClientSettings {
  readonly hasSecret: boolean;
  readonly isOAuthEnabled: boolean;
  readonly oauthFlows: readonly string[];
  readonly authFlows: readonly string[];
  readonly scopes: readonly string[];
}

/** A client secret, without its value. */
interface ClientSecretView {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
}

/** An app client as Amazon Cognito lists and describes it. */
export interface AppClientView {
  readonly clientId: string;
  readonly name: string;
  /** True if the client registered itself: it has no secrets that could be rotated. */
  readonly isRegistered: boolean;
  /** `undefined` if they were not read. */
  readonly settings: AppClientSettings | undefined;
  /** Its secrets without their values, oldest first; `undefined` if they were not read. */
  readonly secrets: readonly ClientSecretView[] | undefined;
  /** The versions of its entry in AWS Secrets Manager; read only if it has more than one secret. */
  readonly storedVersions: readonly string[] | undefined;
}

/** One deployed pool. A reading is `undefined` if the question could not be asked. */
export interface PoolView {
  readonly declared: DeclaredPool;
  readonly userPoolId: string;
  readonly tableName: string;
  /** What the parameter `issuer` holds; `undefined` if it does not exist or was not read. */
  readonly issuer: string | undefined;
  /** The ids that the deployment's parameters name, by client name. */
  readonly clientIds: ReadonlyMap<string, string>;
  readonly listing: Reading<PoolListing> | undefined;
  readonly pool: Reading<UserPoolView> | undefined;
  /** What `m2m attach` remembers of an existing pool. */
  readonly attachment: Reading<Attachment> | undefined;
  readonly clients: readonly AppClientView[] | undefined;
  /** Who may read the secret of a declared client by the policy of the secret, by client name. */
  readonly readers: ReadonlyMap<string, readonly string[]>;
}

/** One statement of the alias's policy that lets Amazon Cognito call it. */
export interface InvokePermission {
  readonly statementId: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

/** The trigger function. */
export interface FunctionView {
  readonly functionName: string;
  /** The alias that pools should call. */
  readonly alias: string;
  /** Its ARN; `undefined` if there is no such alias. */
  readonly aliasArn: string | undefined;
  /** The published versions that the alias runs: one, or several with a share of the calls each. */
  readonly versions: readonly string[];
  /** The version that the deploy put behind the alias; `undefined` where nobody compares. */
  readonly declaredVersion: string | undefined;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly roleArn: string;
  /** `Active`, or why it cannot run: `Pending`, `Failed`, `Inactive`. */
  readonly state: string;
  /** How many calls may run at once, of those reserved for it; `undefined` without a reservation. */
  readonly reservedConcurrency: number | undefined;
  /** Environment variables by name; the trigger's hold no secret. */
  readonly variables: { readonly [name: string]: string };
  readonly permissions: readonly InvokePermission[];
}

/** The claims table. */
export interface TableView {
  readonly arn: string;
  /** `ACTIVE`, or what keeps it from being read. */
  readonly status: string;
  readonly isDeletionProtected: boolean;
  readonly hasRecovery: boolean;
}

/** A claims table that the deploy's parameters name. */
export interface NamedTable {
  readonly tableName: string;
  readonly table: Reading<TableView> | undefined;
  /** What the trigger's role may do with it; `found` is `undefined` if the role does not exist. */
  readonly access: Reading<'allowed' | 'denied'> | undefined;
}

/** A user pool that has the name of one of ours. */
export interface NamesakePool {
  readonly userPoolId: string;
  readonly name: string;
}

/** Everything that the checks look at, as plain data. A reading is `undefined` if the question could not be asked. */
export interface DeploymentView {
  readonly environment: DeclaredEnvironment;
  /** Writes commands of `m2m` for the findings. @param words - What follows `m2m`: `rotate payments billing-worker`. */
  readonly commandLine: (words: string) => string;
  /** The command that deploys the environment, ready to paste. */
  readonly deployCommand: string;
  readonly pools: readonly PoolView[];
  /** Declared pools that are not deployed. */
  readonly missingPools: readonly string[];
  readonly trigger: Reading<FunctionView> | undefined;
  readonly tables: readonly NamedTable[];
  /** Other pools with a name that our deploy gives; `undefined` if that was not read. */
  readonly namesakes: readonly NamesakePool[] | undefined;
  /** Issuers of users' tokens whose keys cannot be read. */
  readonly unreadableIssuers: readonly UnreadableIssuer[];
  /** Who may decrypt client secrets by a statement of their own in the key's policy; `undefined` if it was not read. */
  readonly keyReaders: readonly string[] | undefined;
  /** App clients that an issuer of users' tokens no longer has. */
  readonly goneIssuerClients: readonly GoneIssuerClient[];
  /** Requests of the last 7 days that were refused because they held no user token; `undefined` if nobody counted. */
  readonly requestsWithoutUserToken: number | undefined;
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
  /** Those of them that this caller may not look at. */
  readonly notAllowed: readonly string[];
}

/** An issuer of users' tokens whose keys cannot be read from here. */
interface UnreadableIssuer {
  /** Its name in the environment file. */
  readonly name: string;
  readonly pool: string;
  /** Such as `timeout` or `status 404`. */
  readonly reason: string;
}

/** An app client whose users' tokens are accepted, and that is not in its user pool. */
interface GoneIssuerClient {
  /** The name of the issuer in the environment file. */
  readonly name: string;
  readonly pool: string;
  readonly clientId: string;
}

/** What the checks measure against. */
export interface CheckLimits {
  /** Epoch seconds. */
  readonly now: number;
  readonly rules: ClaimRules;
  readonly secretDays: number;
  readonly expiryDays: number;
}

/** One thing that is wrong with a deployment. */
export interface Problem {
  /** `error`: tokens are missing, wrong or at risk now; `warning`: they will be; `notice`: planned, good to know. */
  readonly severity: 'error' | 'warning' | 'notice';
  /** What it is about: `pool payments`, `client payments/billing-worker`, `table m2m-dev-claims`. */
  readonly subject: string;
  /** What is the case; never a claim value. */
  readonly what: string;
  readonly why: string;
  /** What to do about it; it names a command. */
  readonly how: string;
  /** What `m2m doctor --fix` does; absent where a person must decide. */
  readonly repair?: Repair;
}

/** Checks by the name that `--json` shows: each is a pure function of one deployment. */
export type Checks<Name extends string = string> = {
  readonly [name in Name]: (view: DeploymentView, limits: CheckLimits) => readonly Problem[];
};

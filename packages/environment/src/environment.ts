import type {
  Contract,
  PartialClaimsOf,
  UnknownClientPolicy,
  VerifiedNames,
} from '@cognito-m2m/claim-schema';

/** A resource server: an API and the scopes it knows. */
export interface ResourceServer {
  /** The name people see. */
  readonly name: string;
  /** Descriptions by scope name; a client asks for `<server>/<scope>`. At most 100. */
  readonly scopes: { readonly [scopeName: string]: string };
}

/** A claim that the caller picks out of a list, as a team declares it. */
interface SelectorInput {
  /** The key in `aws_client_metadata`. */
  readonly key: string;
  /** The only values that are accepted. */
  readonly allow: readonly string[];
  /** True to refuse a request without the key. @default false */
  readonly required?: boolean;
}

/** An issuer of users' tokens, as a team declares it. */
export interface TokenIssuerInput {
  /** The exact `iss` of its tokens: an `https:` URL. */
  readonly issuer: string;
  /** Where its keys are: only needed if they are not at the issuer's own origin. @default found by discovery */
  readonly jwksUri?: string;
  /** App clients of the issuer whose tokens are accepted. Required unless `audience` is given. */
  readonly clientIds?: readonly string[];
  /** Audiences of which a token must name one. Required unless `clientIds` is given. */
  readonly audience?: readonly string[];
  /** The kind of token. Required for a user pool of Amazon Cognito. @default any */
  readonly tokenUse?: 'access' | 'id';
}

/** Claims of a user's token that the trigger verifies, as a team declares them. */
export interface TokenSelectorInput<C extends Contract = Contract> {
  /** The key in `aws_client_metadata` that holds the token. */
  readonly key: string;
  /** The name of an issuer of the pool. */
  readonly issuer: string;
  /** True to refuse a request without the token. @default false */
  readonly required?: boolean;
  /** How long ago the token may have been issued, in seconds: 30 to 3600. @default 300 */
  readonly maxAgeSeconds?: number;
  /** The claim of the token (value) that each claim of ours (key) is taken from. Ours must be `verified` in the contract. */
  readonly claims: string extends keyof C
    ? { readonly [claimName: string]: string }
    : { readonly [N in VerifiedNames<C>]?: string };
}

/** One app client as a team declares it. Client credentials is the only flow there is. */
export interface ClientInput<C extends Contract = Contract> {
  /** What the client does, in one sentence. */
  readonly description: string;
  /** Who answers for it. @default the pool's owner */
  readonly owner?: string;
  /**
   * The ID of an app client that the pool's owner has, in an `existing` pool: only its claims are declared here, and
   * `scopes` and `accessTokenMinutes` stay with its owner. @default an app client that the deploy creates
   */
  readonly clientId?: string;
  /** The name or ARN of the entry in AWS Secrets Manager with the secret of such a client. @default unknown */
  readonly secretId?: string;
  /** What it may request, as `<server>/<scope>`: at least 1, at most 50. Not for a client with a `clientId`. */
  readonly scopes?: readonly string[];
  /** How long a token lives, in minutes: 5 to 1440. @default the pool's default, or 60 */
  readonly accessTokenMinutes?: number;
  /** Claims that every token of this client carries. */
  readonly claims?: PartialClaimsOf<C>;
  /** Claims that a token carries only when the scope was granted. */
  readonly claimsByScope?: { readonly [scope: string]: PartialClaimsOf<C> };
  /** Claims that the caller picks, out of a list, through `aws_client_metadata`. */
  readonly claimsFromMetadata?: string extends keyof C
    ? { readonly [claimName: string]: SelectorInput }
    : { readonly [N in keyof C]?: SelectorInput };
  /** Claims of a user's token, which the trigger verifies first. @default none */
  readonly claimsFromToken?: TokenSelectorInput<C>;
  /** Claims taken out of the token, such as a pool default that does not fit this client. */
  readonly suppressClaims?: readonly string[];
  /** Declared scopes put into every token although the client did not ask. */
  readonly addScopes?: readonly string[];
  /** Scopes taken out of every token. */
  readonly suppressScopes?: readonly string[];
  /**
   * IAM roles that may read the client's ID and secret in AWS Secrets Manager, as ARNs; also of other accounts. A role must
   * exist when it is deployed. @default none: roles of this account need a policy of their own
   */
  readonly readers?: readonly string[];
}

/** A user pool that another stack owns. */
export interface ExistingPool {
  /** Such as `eu-central-1_AbC123XyZ`. */
  readonly userPoolId: string;
}

/** The function that customizes the tokens of users, in the pool of another owner. */
export interface UserTrigger {
  /** The ARN of the function, with its version or alias if it has one. */
  readonly functionArn: string;
  /** The version of the events that it was written for. */
  readonly eventVersion: 'V1_0' | 'V2_0' | 'V3_0';
}

/** A custom domain for the token endpoint. */
export interface CustomDomain {
  /** Such as `auth.example.com`. */
  readonly name: string;
  /** A certificate for that name, in `us-east-1`. */
  readonly certificateArn: string;
}

/**
 * Who may register app clients by themselves: nobody, holders of an initial access token, or everybody.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-dynamic-client-registration.html
 */
export type ClientRegistration = 'none' | 'authenticated' | 'open';

/** One user pool as a team declares it: one of ours, or an `existing` one of another owner. */
export interface PoolInput<C extends Contract = Contract> {
  /** Who answers for the pool. @default the environment's owner */
  readonly owner?: string;
  /** What the pool is for, in one sentence. */
  readonly description?: string;
  /**
   * The user pool, if another stack owns it: the deploy then adds claims to its tokens, and changes nothing of it.
   * @default a pool that the deploy creates
   */
  readonly existing?: ExistingPool;
  /** The function that customizes users' tokens in an `existing` pool. @default none: users' tokens are unchanged */
  readonly userTrigger?: UserTrigger;
  /**
   * The prefix of the token endpoint's domain; unique in its Region. `{accountId}` stands for the ID of the AWS account.
   * Required for a pool of ours without a `customDomain`.
   */
  readonly domainPrefix?: string;
  /** A custom domain for the token endpoint of a pool of ours. @default none */
  readonly customDomain?: CustomDomain;
  /** The feature plan; a lower one never calls the trigger for these tokens. @default 'ESSENTIALS' */
  readonly plan?: 'ESSENTIALS' | 'PLUS';
  /**
   * Who may register app clients of the pool by dynamic client registration, which the deploy does not set: `m2m doctor` reports
   * a pool that allows more. A registered client has no claims until it is declared. @default 'none'
   */
  readonly clientRegistration?: ClientRegistration;
  /** What happens to a client without a baseline. @default 'deny'; in an `existing` pool 'issue-without-claims' */
  readonly unknownClients?: UnknownClientPolicy;
  /** A web ACL of the same Region to associate with the pool. */
  readonly webAclArn?: string;
  /** Resource servers by identifier: at most 300. Required for a pool of ours. */
  readonly resourceServers?: { readonly [identifier: string]: ResourceServer };
  /** Issuers of users' tokens, by a name of yours. @default none */
  readonly tokenIssuers?: { readonly [issuerName: string]: TokenIssuerInput };
  /** What holds for each client of the pool that does not say otherwise. @default nothing */
  readonly defaults?: {
    /** Claims of every client of the pool, unless the client says otherwise. */
    readonly claims?: PartialClaimsOf<C>;
    readonly accessTokenMinutes?: number;
  };
  /** App clients by name. */
  readonly clients: { readonly [clientName: string]: ClientInput<C> };
  /**
   * The name of a client of the pool: the canary requests a real token as this client every `watch.canaryMinutes`, verifies it and
   * compares it with its declaration. Requires `watch`. @default none
   */
  readonly canary?: string;
}

/** Where Terraform keeps its state. */
export type StateInput =
  | { readonly type: 'local' }
  | { readonly type: 's3'; readonly bucket: string; readonly kmsKeyArn: string };

/** Settings of the trigger function, one per environment. */
export interface TriggerInput {
  /** How long a read serves from memory, in seconds; at most `maxStaleSeconds`. @default 30 */
  readonly cacheSeconds?: number;
  /** How long the last good read may serve while the table fails, in seconds. @default 900 */
  readonly maxStaleSeconds?: number;
  /** Most bytes of added claims in one token. @default 4096 */
  readonly sizeBudgetBytes?: number;
  /** What the bundle runs on: `nodejs22.x` or, with AWS provider 6, `nodejs24.x`. @default 'nodejs22.x' */
  readonly runtime?: string;
  /** Memory of the function, in MB. @default 512 */
  readonly memoryMb?: number;
  /** The most concurrent runs of the function, reserved out of the account's limit. @default none */
  readonly reservedConcurrency?: number;
  /** Runs that are kept ready; at most `reservedConcurrency`, where that is set. @default none */
  readonly provisionedConcurrency?: number;
  /** How long log lines are kept, in days. @default 90 */
  readonly logRetentionDays?: number;
}

/** One environment file. */
export interface EnvironmentInput<C extends Contract = Contract> {
  /** The file's name without `.ts`. */
  readonly name: string;
  /** The AWS Region of everything that is deployed, such as `eu-central-1`. */
  readonly region: string;
  /** Refuses to deploy into any other account. @default any */
  readonly accountId?: string;
  /** Who answers for pools that name no owner. */
  readonly owner?: string;
  /** Tags of everything, in addition to `application`, `environment`, `pool` and `owner`, which are ours. At most 46. */
  readonly tags?: { readonly [key: string]: string };
  /** Where Terraform keeps the state of each stack. @default `{ type: 'local' }`, on this machine: for a try */
  readonly state?: StateInput;
  /** True for a trial, which may be destroyed with its data: no deletion protection. Allowed only for `local`, `trial` and `trial-…`. @default false */
  readonly isDisposable?: boolean;
  /**
   * True for an environment that `m2m probe` measures: its trigger does what a request's metadata says, so whoever may request a token
   * there decides what is in it. Requires `isDisposable`. @default false
   */
  readonly probe?: boolean;
  /** Settings of the trigger function. @default every default */
  readonly trigger?: TriggerInput;
  /** The SNS topic of the same Region that alarms go to. @default none: alarms show in CloudWatch only */
  readonly alarmTopicArn?: string;
  /** Watches what is deployed: `{}` with every default. @default not watched */
  readonly watch?: WatchInput;
  /** User pools by name. */
  readonly pools: { readonly [poolName: string]: PoolInput<C> };
}

/** What the watcher may put back by itself. */
type Healing = 'trigger';

/** Settings of the watcher, one per environment. */
interface WatchInput {
  /** How often it looks, in minutes, in addition to each change that AWS CloudTrail reports: 1 to 60. @default 5 */
  readonly everyMinutes?: number;
  /** What it may put back by itself, at most three times an hour for each pool. @default nothing */
  readonly heal?: readonly Healing[];
  /** How often the canary of a pool requests a token, in minutes: 5 to 60. Each one costs $0.00225. @default 15 */
  readonly canaryMinutes?: number;
}

/** The watcher's settings with every default filled in. */
export type WatchSettings = Required<WatchInput>;

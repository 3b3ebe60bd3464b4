import type {
  ClaimDeclaration,
  Claims,
  Contract,
  TokenIssuer,
  UnknownClientPolicy,
} from '@cognito-m2m/claim-schema';
import type {
  ClientRegistration,
  CustomDomain,
  ExistingPool,
  ResourceServer,
  StateInput,
  UserTrigger,
  WatchSettings,
} from './environment.ts';

/** A client with every default filled in. */
export interface Client extends ClaimDeclaration {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  /** The app client of the pool's owner; `undefined` for one that the deploy creates. */
  readonly clientId: string | undefined;
  /** The entry in AWS Secrets Manager with the secret of a client of the pool's owner. */
  readonly secretId: string | undefined;
  /** For a client of the pool's owner: the scopes that bring it claims. The API knows all of them. */
  readonly scopes: readonly string[];
  /** For a client of the pool's owner: the default. The API knows the real one. */
  readonly accessTokenMinutes: number;
  /** Roles that may read its secret, as ARNs. */
  readonly readers: readonly string[];
}

/** True for an app client that the pool's owner has: only its claims are declared. */
export function isTheirs({ clientId }: Pick<Client, 'clientId'>): boolean {
  return clientId !== undefined;
}

/** A pool with every default filled in. */
export interface Pool {
  readonly name: string;
  readonly owner: string;
  readonly description: string;
  /** The user pool of another owner; `undefined` for one that the deploy creates. */
  readonly existing: ExistingPool | undefined;
  readonly userTrigger: UserTrigger | undefined;
  readonly domainPrefix: string | undefined;
  readonly customDomain: CustomDomain | undefined;
  readonly plan: 'ESSENTIALS' | 'PLUS';
  readonly clientRegistration: ClientRegistration;
  readonly unknownClients: UnknownClientPolicy;
  readonly webAclArn: string | undefined;
  /** For an existing pool: the scopes that its clients name. The API knows all of them. */
  readonly resourceServers: { readonly [identifier: string]: ResourceServer };
  readonly defaultClaims: Claims;
  readonly tokenIssuers: readonly TokenIssuer[];
  /** In the order of the file. */
  readonly clients: readonly Client[];
  /** The name of the client as which the canary requests tokens; `undefined` for none. */
  readonly canary: string | undefined;
}

/** The trigger's settings with every default filled in. */
export interface TriggerSettings {
  readonly cacheSeconds: number;
  readonly maxStaleSeconds: number;
  readonly sizeBudgetBytes: number;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number;
  readonly provisionedConcurrency?: number;
  readonly logRetentionDays: number;
}

/** A valid environment with every default filled in: what the CDKTF app, the command line and the local server work on. */
export interface Environment {
  /** The claim contract that the file was checked against, and that its tokens are issued under. */
  readonly contract: Contract;
  readonly name: string;
  readonly region: string;
  readonly accountId: string | undefined;
  /** Who answers for what all pools share: the environment's owner, or else the owners of its pools. */
  readonly owner: string;
  readonly tags: { readonly [key: string]: string };
  readonly state: StateInput;
  readonly isDisposable: boolean;
  readonly isProbe: boolean;
  readonly trigger: TriggerSettings;
  readonly alarmTopicArn: string | undefined;
  /** `undefined` if nothing watches the environment. */
  readonly watch: WatchSettings | undefined;
  /** In the order of the file. */
  readonly pools: readonly Pool[];
}

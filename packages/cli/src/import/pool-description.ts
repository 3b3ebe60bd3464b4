import type {
  ResourceServerType,
  UserPoolClientType,
  UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Attachment } from '@cognito-m2m/doctor';
import type { CustomDomain, EnvironmentInput, TriggerInput } from '@cognito-m2m/environment';

/** An app client as Amazon Cognito describes it; its secret is never read into this. */
export interface ClientDescription extends Omit<UserPoolClientType, 'ClientSecret'> {
  readonly hasSecret: boolean;
}

/** Everything that an import reads of one user pool, as plain data. */
export interface PoolDescription {
  /** Its name in the environment file. */
  readonly name: string;
  readonly userPoolId: string;
  readonly pool: UserPoolType;
  readonly resourceServers: readonly ResourceServerType[];
  readonly clients: readonly ClientDescription[];
  readonly groupNames: readonly string[];
  readonly identityProviderNames: readonly string[];
  readonly hasCustomLogin: boolean;
  readonly webAclArn: string | undefined;
  /** What the claims table holds; absent if there is none. */
  readonly listing: PoolListing | undefined;
  /** What the deploy wrote of each client, by the client's name. */
  readonly clientTexts: ReadonlyMap<string, string>;
  /** What the deploy wrote of the pool. */
  readonly text: string | undefined;
  /** True if the deploy of this very environment made the pool. */
  readonly isDeployed: boolean;
  /** A domain of its own, as far as its certificate is known. */
  readonly customDomain: CustomDomain | undefined;
  /** What the pool called before `m2m attach`; `undefined` if nothing is remembered. */
  readonly attachment: Attachment | undefined;
  /** IDs of the app clients that a deploy added to a pool of another owner. */
  readonly addedClientIds: ReadonlySet<string>;
}

/** The trigger of an environment that is deployed. */
export interface TriggerDescription {
  /** Who answers for what the pools share. */
  readonly owner: string | undefined;
  readonly settings: TriggerInput;
  readonly alarmTopicArn: string | undefined;
  /** How the environment is watched; `undefined` if nothing watches it. */
  readonly watch: EnvironmentInput['watch'];
  /** The client as which the canary requests tokens, by pool. */
  readonly canaries: ReadonlyMap<string, string>;
}

/** Everything that an import reads of an environment. */
export interface EnvironmentDescription {
  readonly name: string;
  readonly region: string;
  readonly pools: readonly PoolDescription[];
  /** Absent if the environment is not deployed. */
  readonly trigger: TriggerDescription | undefined;
}

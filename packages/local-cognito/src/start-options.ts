import type { Contract } from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';
import type { CognitoBehaviour } from './model/behaviour.ts';
import type { RequestRecord } from './model/journal.ts';

/** Options of `startLocalCognito`. */
export interface LocalCognitoOptions {
  readonly environment: Environment;
  /** The contract of the environment's claims; the inspector page explains tokens by it. @default no explanations */
  readonly contract?: Contract;
  /** TCP port of the HTTP server; 0 takes any free one. @default 0 */
  readonly port?: number;
  /** Address to listen on; anything but loopback lets other machines in. @default '127.0.0.1' */
  readonly host?: string;
  /** Names that a `Host` header may hold in addition to loopback and `host`. @default none */
  readonly allowedHosts?: readonly string[];
  /** Folder that keeps keys, ids, secrets and the table. @default nothing is kept */
  readonly dataDirectory?: string;
  /**
   * Address of an AWS-compatible API, such as moto, that the environment is deployed to: pools, clients and claims are
   * taken from there. Its credentials are not checked; not together with `dataDirectory`. @default an embedded DynamoDB
   */
  readonly endpointUrl?: string;
  /**
   * Whether clients have `ALLOW_CLIENT_TOKEN_AUTH` and so may use `GetClientToken`. The deploy gives it to none, because its
   * Terraform provider does not know it; not together with `endpointUrl`. @default false
   */
  readonly allowsClientTokenAuth?: boolean;
  /** The trigger's bundle, as a path or `file:` URL; `null` for pools without a trigger. @default the production bundle */
  readonly triggerBundle?: string | URL | null;
  /** Longest wait for the trigger, in milliseconds. @default 5000 */
  readonly triggerTimeoutMs?: number;
  /** Assumptions about Amazon Cognito that differ from the defaults. */
  readonly behaviour?: Partial<CognitoBehaviour>;
  readonly logger?: LocalCognitoLogger;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/** Receives what happens while the server runs. */
export interface LocalCognitoLogger {
  /** A request for a token was answered. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** The trigger wrote to its log: one line or several, or a part of one. */
  readonly onTriggerLog?: (text: string) => void;
}

/** An app client of a running server. */
export interface LocalClient {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A pool of a running server. */
export interface LocalPool {
  readonly name: string;
  readonly userPoolId: string;
  readonly issuer: string;
  readonly jwksUri: string;
  readonly tokenEndpoint: string;
  readonly clients: readonly LocalClient[];
}

/** What a running server says of itself. */
export interface LocalDeployment {
  /** The environment's name. */
  readonly environment: string;
  /** The server's address, without a slash at its end; AWS SDKs take it as an endpoint. */
  readonly url: string;
  readonly tableName: string;
  readonly dynamoDbEndpoint: string;
  /** True in front of another API (`endpointUrl`): what is deployed there is shown, and not to be changed from here. */
  readonly isReadOnly: boolean;
  readonly region: string;
  readonly pools: readonly LocalPool[];
}

/** A running server. */
export interface LocalCognito extends LocalDeployment {
  /** The last token requests, newest first. */
  requests(): readonly RequestRecord[];
  /** Finishes the requests under way, then frees every resource. */
  close(): Promise<void>;
}

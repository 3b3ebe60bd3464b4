import type { CognitoBehaviour } from './model/behaviour.ts';
import type { Fault } from './model/fault.ts';
import type { RequestRecord } from './model/journal.ts';
import type { TriggerInput } from './trigger/trigger-options.ts';

/** Options of the server, whatever its pools come from. */
export interface ServerOptions {
  /** TCP port of the HTTP server; 0 takes any free one. @default 0 */
  readonly port?: number;
  /** Address to listen on; other machines can reach any but loopback. @default '127.0.0.1' */
  readonly host?: string;
  /**
   * Names that a `Host` header may hold in addition to loopback and `host`; unless `publicUrl` is set, the answer to such a request
   * names this host in issuer, key set and discovery document. @default none
   */
  readonly allowedHosts?: readonly string[];
  /** The address that clients use, where it is not the server's own: issuer, key set and discovery document name it. */
  readonly publicUrl?: string;
  /**
   * The secret access key by which other machines sign calls of the AWS API, 16 to 128 characters; the access key id may be any. With
   * it they read and change everything. @default other machines may only call `GetClientToken`
   */
  readonly apiSecret?: string;
  /** `true` for TLS with a certificate that is made at the start, or the PEM files of your own. @default plain HTTP */
  readonly tls?: boolean | { readonly cert: string; readonly key: string };
  /** What all pools together may issue; beyond it requests are refused with 429. AWS allows 150. @default no limit */
  readonly quota?: { readonly tokensPerSecond: number };
  /** Longest wait for the trigger, in milliseconds. @default 5000 */
  readonly triggerTimeoutMs?: number;
  /** Assumptions about Amazon Cognito that differ from the defaults. */
  readonly behaviour?: Partial<CognitoBehaviour>;
  readonly logger?: LocalCognitoLogger;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/** An app client. */
export interface ClientOptions {
  /** @default derived from the names, the same at every start */
  readonly clientId?: string;
  /** @default generated */
  readonly clientSecret?: string;
  /** The scopes that it may ask for, as `<resource server>/<scope>`. */
  readonly scopes: readonly string[];
  /** How long a token lives, in minutes: 5 to 1440. @default the pool's, or 60 */
  readonly accessTokenMinutes?: number;
  /** Whether the client may use the `GetClientToken` operation. @default false */
  readonly allowsClientTokenAuth?: boolean;
  /** Shown by the inspector page. */
  readonly description?: string;
}

/** A resource server. */
export interface ResourceServerOptions {
  /** @default its identifier */
  readonly name?: string;
  /** Scope names, or descriptions by scope name. */
  readonly scopes: readonly string[] | { readonly [scope: string]: string };
}

/** How clients may register themselves. */
interface RegistrationOptions {
  /** Whether it needs no token with the scope `aws.cognito/dcr/register`. @default false */
  readonly open?: boolean;
  /** What clients that register with a token may use. @default both */
  readonly authenticatedGrantTypes?: readonly ('code' | 'client_credentials')[];
  /** What clients that register without one may use. @default only `code` */
  readonly openGrantTypes?: readonly ('code' | 'client_credentials')[];
  /** The scopes that registered clients may ask for, in addition to those of OpenID Connect. @default none */
  readonly allowedScopes?: readonly string[];
}

/** A user pool. */
export interface PoolOptions {
  /** @default made from the Region and the position, such as `eu-central-1_Local0001` */
  readonly userPoolId?: string;
  /** The prefix of the domain, or a whole domain name; requests with this host find the pool. */
  readonly domain?: string;
  /** Shown by the inspector page. */
  readonly description?: string;
  /** @default 'ESSENTIALS' */
  readonly plan?: 'LITE' | 'ESSENTIALS' | 'PLUS';
  /** For clients that say nothing. @default 60 */
  readonly accessTokenMinutes?: number;
  /** Resource servers by identifier. @default those that the scopes of the clients name */
  readonly resourceServers?: { readonly [identifier: string]: ResourceServerOptions };
  /** App clients by name. */
  readonly clients: { readonly [name: string]: ClientOptions };
  /** Dynamic client registration at `/oauth2/register`. @default off */
  readonly registration?: RegistrationOptions;
  /** A name in `triggers`, or `null` for none. @default the server's trigger */
  readonly trigger?: string | null;
}

/** Options of `startLocalCognito`; a configuration file has the same members. */
export interface LocalCognitoOptions extends ServerOptions {
  /** User pools by name. */
  readonly pools: { readonly [name: string]: PoolOptions };
  /** The Region of the pools. @default 'eu-central-1' */
  readonly region?: string;
  /** A folder that keeps keys, ids and secrets. @default nothing is kept */
  readonly data?: string;
  /** The pre token generation trigger of pools that name none. @default none */
  readonly trigger?: TriggerInput | null;
  /** More triggers by name, for pools with one of their own. */
  readonly triggers?: { readonly [name: string]: TriggerInput };
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

/** The clock of a running server: what tokens are issued by. The trigger has the clock of the machine. */
export interface LocalClock {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Moves the clock forward.
   *
   * @param span - Such as `'30s'`, `'5m'`, `'1h'`, `'2d'`, or a number of milliseconds.
   * @throws {RangeError} For anything else.
   */
  advance(span: string | number): void;
}

/** A running server. */
export interface LocalCognito {
  /** The server's address, without a slash at its end; AWS SDKs take it as an endpoint. */
  readonly url: string;
  readonly region: string;
  /** The file of the authority that signed the certificate, for a certificate that was made at the start. */
  readonly caFile: string | undefined;
  /** The pools that the server started with. */
  readonly pools: readonly LocalPool[];
  readonly clock: LocalClock;
  /** The last token requests, newest first. */
  requests(): readonly RequestRecord[];
  /** Changes assumptions about Amazon Cognito while the server runs. */
  setBehaviour(behaviour: Partial<CognitoBehaviour>): void;
  /** Makes the next answers of the token endpoints fail, to test how a client tries again. */
  failNext(fault: Fault): void;
  /** Finishes the requests under way, then frees every resource. */
  close(): Promise<void>;
}

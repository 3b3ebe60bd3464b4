/** The Lambda runtimes whose rules are known. */
export const RUNTIMES = ['nodejs22.x', 'nodejs24.x'] as const;

/** A Lambda runtime. */
export type Runtime = (typeof RUNTIMES)[number];

/**
 * The event of client credentials, version 3.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export interface TriggerEvent {
  readonly version: string;
  readonly triggerSource: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly userName: string;
  readonly callerContext: { readonly awsSdkVersion: string; readonly clientId: string };
  readonly request: {
    readonly userAttributes: { readonly [name: string]: string };
    readonly scopes: readonly string[];
    readonly clientMetadata?: { readonly [key: string]: string } | null;
  };
  readonly response: object;
}

/**
 * A trigger that runs in this process: takes the event, returns the whole event with its response.
 *
 * A method, so that handlers may type their event more narrowly.
 */
export type TriggerHandler = { handle(event: TriggerEvent): unknown }['handle'];

/** A pre token generation trigger (V3_0). */
export interface TriggerOptions {
  /**
   * The bundle, as a path or a `file:` URL: a JavaScript file, or the folder that Lambda would have. Its folder is the working
   * directory of the function. Not together with `endpoint`.
   */
  readonly bundle?: string | URL;
  /** The name of the exported function, for a folder after that of its file. @default 'handler', and 'index.handler' in a folder */
  readonly handler?: string;
  /** Environment variables, in addition to those that Lambda sets. */
  readonly env?: { readonly [name: string]: string };
  /** A file of `NAME=value` lines with more variables; `env` wins. */
  readonly envFile?: string;
  /** The runtime whose rules apply: what it would refuse is refused. @default 'nodejs22.x' */
  readonly runtime?: Runtime;
  /** What the function's context says as its memory, in megabytes. @default 128 */
  readonly memoryMb?: number;
  /** The longest wait for an answer, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** The address of a Lambda Invoke API, such as `sam local start-lambda`. Not together with `bundle`. */
  readonly endpoint?: string;
  /** The function's name. @default 'pre-token-generation', and 'function' at an endpoint */
  readonly functionName?: string;
}

/** A trigger: its bundle, its options, or a function. */
export type TriggerInput = string | URL | TriggerHandler | TriggerOptions;

/** What a worker is started with. */
export interface WorkerOptions {
  /** The bundle, a `file:` URL. */
  readonly bundleUrl: string;
  /** The whole environment of the function; nothing else of this process reaches it. */
  readonly environment: { readonly [name: string]: string };
  readonly functionArn: string;
  /** The name of the exported function. */
  readonly handlerName: string;
  readonly runtime: Runtime;
  readonly memoryMb: number;
  /** The folder that the function has as its working directory; `undefined` leaves this process's. */
  readonly taskRoot: string | undefined;
  /** Receives what the function writes to its log. @default the log ends in the worker */
  readonly onLog: ((text: string) => void) | undefined;
}

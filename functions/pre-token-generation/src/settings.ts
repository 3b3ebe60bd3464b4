import { DEFAULT_SIZE_BUDGET_BYTES, type Fault, type TokenIssuer } from '@cognito-m2m/claim-schema';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';

/** Where an issuer's keys are found. */
type IssuerAddress = Pick<TokenIssuer, 'issuer' | 'jwksUri'>;

/** The function of a pool's owner for users' events, and the version of the events that it was written for. */
export interface UserTriggerTarget {
  readonly functionArn: string;
  readonly eventVersion: 'V1_0' | 'V2_0' | 'V3_0';
}

/** What one deployment of the trigger reads from its environment variables. */
export interface Settings {
  /** `CLAIMS_TABLE_NAME`. */
  readonly tableName: string;
  /** `AWS_REGION`, set by Lambda. */
  readonly region: string;
  /** `CLAIMS_CACHE_SECONDS`: how long a record is used without another read; at most `maxStaleSeconds`. @default 30 */
  readonly cacheSeconds: number;
  /** `CLAIMS_MAX_STALE_SECONDS`: how old a record may be when the table can't be read. @default 900 */
  readonly maxStaleSeconds: number;
  /** `CLAIMS_SIZE_BUDGET_BYTES`: most bytes of all added claims as compact JSON. @default 4096 */
  readonly sizeBudgetBytes: number;
  /** `CLAIMS_TOKEN_ISSUERS`: the issuers of users' tokens whose keys are read at start, as JSON. @default none */
  readonly tokenIssuers: readonly IssuerAddress[];
  /** `CLAIMS_USER_TRIGGERS`: the functions for users' events by user pool ID, as JSON. @default none */
  readonly userTriggers: ReadonlyMap<string, UserTriggerTarget>;
  /** `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`. @default the endpoint of the region */
  readonly endpointUrl?: string | undefined;
}

/** The settings, or everything that is wrong with them. */
export type SettingsResult =
  | { readonly isValid: true; readonly settings: Settings }
  | { readonly isValid: false; readonly faults: readonly Fault[] };

/** A cached record may not outlive a working day, whatever the variables say. */
const MAX_SECONDS = 43_200;

/** No proxy takes a header of this size. */
const MAX_BUDGET_BYTES = 65_536;

/** Reads the settings from environment variables, and finds all faults at once. */
export function readSettings(variables: {
  readonly [name: string]: string | undefined;
}): SettingsResult {
  const faults: Fault[] = [];
  const text = (name: string): string => {
    const value = variables[name] ?? '';
    if (value === '') faults.push({ path: name, problem: 'not set', expected: 'a string' });
    return value;
  };
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = variables[name] ?? '';
    if (value === '') return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    const expected = `a whole number from ${min} to ${max}`;
    faults.push({ path: name, problem: 'wrong value', got: value, expected });
    return fallback;
  };
  const json = <T>(name: string, { parse, expected }: JsonSetting<T>): T | undefined => {
    const value = variables[name];
    const parsed = value ? parse(parseJson(value)) : undefined;
    if (value && !parsed) faults.push({ path: name, problem: 'wrong value', expected });
    return parsed;
  };

  const endpointUrl = variables['AWS_ENDPOINT_URL_DYNAMODB'] || variables['AWS_ENDPOINT_URL'];
  if (endpointUrl && !URL.canParse(endpointUrl)) {
    faults.push({ path: 'AWS_ENDPOINT_URL', problem: 'wrong value', expected: 'a URL' });
  }
  const settings = {
    tableName: text(TRIGGER_VARIABLES.tableName),
    region: text('AWS_REGION'),
    cacheSeconds: integer(TRIGGER_VARIABLES.cacheSeconds, 30, 0, MAX_SECONDS),
    maxStaleSeconds: integer(TRIGGER_VARIABLES.maxStaleSeconds, 900, 0, MAX_SECONDS),
    sizeBudgetBytes: integer(
      TRIGGER_VARIABLES.sizeBudgetBytes,
      DEFAULT_SIZE_BUDGET_BYTES,
      2,
      MAX_BUDGET_BYTES,
    ),
    tokenIssuers: json(TRIGGER_VARIABLES.tokenIssuers, ISSUERS) ?? [],
    userTriggers: json(TRIGGER_VARIABLES.userTriggers, USER_TRIGGERS) ?? new Map(),
    endpointUrl: endpointUrl || undefined,
  };
  if (settings.cacheSeconds > settings.maxStaleSeconds) {
    const expected = `at most ${TRIGGER_VARIABLES.maxStaleSeconds}, ${settings.maxStaleSeconds}`;
    faults.push({ path: TRIGGER_VARIABLES.cacheSeconds, problem: 'too long', expected });
  }
  return faults.length === 0 ? { isValid: true, settings } : { isValid: false, faults };
}

/** A variable that holds JSON. */
interface JsonSetting<T> {
  /** @returns Nothing for JSON of another shape, and for nothing. */
  readonly parse: (value: unknown) => T | undefined;
  readonly expected: string;
}

/** `[{"issuer":"https://…","jwksUri":"https://…"}]`, as the deploy writes it. */
const ISSUERS: JsonSetting<readonly IssuerAddress[]> = {
  parse: (value) => (Array.isArray(value) && value.every(isIssuerAddress) ? value : undefined),
  expected: 'a JSON list of objects with "issuer" and, if declared, "jwksUri"',
};

function isIssuerAddress(value: unknown): value is IssuerAddress {
  const { issuer, jwksUri }: { readonly [name: string]: unknown } = Object(value);
  return typeof issuer === 'string' && (jwksUri === undefined || typeof jwksUri === 'string');
}

/** `{"<user pool ID>":{"functionArn":"arn:…","eventVersion":"V2_0"}}`, as the deploy writes it. */
const USER_TRIGGERS: JsonSetting<ReadonlyMap<string, UserTriggerTarget>> = {
  parse(value) {
    const entries = Object.entries(Object(value));
    const targets = entries.filter((entry): entry is [string, UserTriggerTarget] =>
      isUserTrigger(entry[1]),
    );
    const isRight = value !== undefined && targets.length === entries.length;
    return isRight ? new Map(targets) : undefined;
  },
  expected: 'a JSON object of objects with "functionArn" and "eventVersion"',
};

function isUserTrigger(value: unknown): value is UserTriggerTarget {
  const { functionArn, eventVersion }: { readonly [name: string]: unknown } = Object(value);
  return typeof functionArn === 'string' && /^V[123]_0$/.test(String(eventVersion));
}

/** @returns Nothing for text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

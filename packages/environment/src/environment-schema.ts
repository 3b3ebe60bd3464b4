import { partition } from '@aws-sdk/core/client';
import { describeKind, type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { z } from 'zod';
import { partitionOf } from './deployed/partition.ts';
import type { EnvironmentInput } from './environment.ts';

/** An environment of which any part may be missing. */
export type PartialEnvironment = DeepPartial<EnvironmentInput>;

type DeepPartial<T> = T extends readonly (infer U)[]
  ? readonly U[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

const UNREADABLE_NAME = '__proto__';

/** The shape faults of an input, and the part of it that has none. */
interface ReadShape {
  readonly faults: readonly Fault[];
  /** The input without its faulty fields, so that the other rules can still look at the rest. */
  readonly readable: PartialEnvironment;
}

/** Checks the shape of an environment and keeps what can be read. */
export function readShape(input: unknown): ReadShape {
  const result = environmentSchema.safeParse(input, { reportInput: true });
  const unreadable = findUnreadableNames(input, '');
  if (result.success && unreadable.length === 0) {
    // A copy, without fields that are `undefined`.
    return { faults: [], readable: cloneJson(input) as EnvironmentInput };
  }
  const issues = result.error?.issues ?? [];
  const readable = cloneJson(input);
  for (const path of issues.flatMap(toFaultyPaths)) removeAt(readable, path);
  return {
    faults: [...issues.flatMap(toFaults), ...unreadable],
    readable: isRecord(readable) ? readable : {},
  };
}

/** Where the values are that can't be read; the fields next to an unknown one can. */
function toFaultyPaths(issue: z.core.$ZodIssue): (readonly PropertyKey[])[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  return [issue.path];
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.reduce<string>(
    (base, segment) => joinPath(base, typeof segment === 'symbol' ? String(segment) : segment),
    '',
  );
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: joinPath(path, key), problem: 'unknown field' }));
  }
  return [{ path: path === '' ? '(file)' : path, ...describe(issue) }];
}

function describe(issue: z.core.$ZodIssue): Omit<Fault, 'path'> {
  const got = describeInput(issue.input);
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return { problem: 'missing', expected: issue.expected };
  }
  if (issue.code === 'invalid_type') {
    return { problem: 'wrong type', got: describeKind(issue.input), expected: issue.expected };
  }
  if (issue.code === 'invalid_value') {
    return { problem: 'not allowed', got, expected: `one of ${issue.values.join(', ')}` };
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return { problem: 'not allowed', expected: '"local" or "s3"' };
  }
  return { problem: 'not allowed', got, expected: issue.message };
}

function describeInput(input: unknown): string {
  const isPrintable = typeof input === 'string' || typeof input === 'number';
  if (!isPrintable) return Array.isArray(input) ? `${input.length} of them` : describeKind(input);
  const text = JSON.stringify(input);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

// The schema library passes over this one name; a pool or client so called would go unchecked.
function findUnreadableNames(input: unknown, path: string): Fault[] {
  if (!isRecord(input) || Array.isArray(input)) return [];
  return Object.entries(input).flatMap(([name, value]) => {
    const fault = { path: joinPath(path, name), problem: 'bad name', expected: 'another name' };
    return name === UNREADABLE_NAME ? [fault] : findUnreadableNames(value, joinPath(path, name));
  });
}

// Environment files are plain data; a function or a cycle in one is left out and already reported as a wrong type.
function cloneJson(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(cloneJson);
  if (!isRecord(input)) return input;
  return Object.fromEntries(
    Object.entries(input)
      .filter(([key, value]) => key !== UNREADABLE_NAME && value !== undefined)
      .map(([key, value]) => [key, cloneJson(value)]),
  );
}

// The name stays: a faulty pool is a pool all the same, and clients may name a scope whose description is faulty.
function removeAt(root: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((node, segment) => (isRecord(node) ? node[String(segment)] : undefined), root);
  if (last === undefined || !isRecord(parent)) return;
  if (Array.isArray(parent)) delete parent[Number(last)];
  else parent[String(last)] = undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * The shape of an environment file and the AWS limits of each field by itself.
 *
 * What depends on another field is in `rules/`, and so are the names of pools, clients and the like: a record with a
 * schema for its names would not look below a bad one. Claims are opaque here, so that no message can quote one.
 */

/** A string that fits `pattern`; the message is what a fault shows as "expected". */
function text(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, expected);
}

function integer(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return z.int(expected).min(min, expected).max(max, expected);
}

/** Text that people read: 1 to 256 characters, as AWS takes for descriptions. */
const sentence = text(/^[^\n]{1,256}$/, '1 to 256 characters on one line');
/** What AWS takes as a tag's key or value. @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const tagText = z
  .string()
  .max(256, 'at most 256 characters')
  .regex(TAG_TEXT, 'letters, digits, spaces or _.:/=+-@, as tags take')
  .refine((value) => !isReservedTagText(value), 'a string that does not begin with "aws:"');
/** AWS keeps keys and values that begin so for itself, in capital letters as well. */
function isReservedTagText(text: string): boolean {
  return /^aws:/i.test(text);
}

/** Who answers for something; it becomes a tag. */
const owner = tagText.min(1, 'at least 1 character');
/** An ARN of one kind of resource; its Region is compared with the environment's in `validate-environment.ts`. */
function arn(service: string, resource: string, expected: string) {
  const pattern = new RegExp(`^arn:([^:]+):${service}:([^:]+):\\d{12}:${resource}$`);
  return z.string().refine((value) => {
    const [, partition, region] = pattern.exec(value) ?? [];
    return region !== undefined && isRegion(region) && partitionOf(region).name === partition;
  }, expected);
}

const claims = z.record(z.string(), z.unknown());
const scopeList = z.array(z.string());

const serverName = text(/^[\w\s+=,.@-]{1,256}$/, '1 to 256 letters, digits, spaces or +=,.@-_');

const resourceServer = z.strictObject({
  name: serverName,
  scopes: z.record(z.string(), sentence),
});

const metadataKey = text(/^.{1,128}$/, '1 to 128 characters');

const tokenNames = z.array(text(/^[\x21-\x7e]{1,256}$/, '1 to 256 characters without spaces'));

const tokenIssuer = z.strictObject({
  issuer: z.string(),
  jwksUri: z.string().optional(),
  clientIds: tokenNames.optional(),
  audience: tokenNames.optional(),
  tokenUse: z.enum(['access', 'id']).optional(),
});

/** A role and nothing wider: a whole account or a session is not a reader. */
const roleArn = text(
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
  'the ARN of an IAM role, such as arn:aws:iam::222222222222:role/billing',
);

const client = z.strictObject({
  description: sentence,
  owner: owner.optional(),
  // @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
  clientId: text(
    /^[\w+]{1,128}$/,
    'the ID of an app client: 1 to 128 letters, digits, _ or +',
  ).optional(),
  secretId: text(
    /^(?:arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
    'the name or ARN of a secret in AWS Secrets Manager',
  ).optional(),
  scopes: scopeList.min(1, 'at least 1 scope').max(50, 'at most 50 scopes').optional(),
  accessTokenMinutes: integer(5, 1440).optional(),
  claims: claims.optional(),
  claimsByScope: z.record(z.string(), claims).optional(),
  claimsFromMetadata: z
    .record(
      z.string(),
      z.strictObject({
        key: metadataKey,
        allow: z.array(z.string()).min(1, 'at least 1 value'),
        required: z.boolean().optional(),
      }),
    )
    .optional(),
  claimsFromToken: z
    .strictObject({
      key: metadataKey,
      issuer: z.string(),
      required: z.boolean().optional(),
      // Short, because nobody can see from here that a user has signed out.
      maxAgeSeconds: integer(30, 3600).optional(),
      claims: z.record(z.string(), text(/^.{1,256}$/, '1 to 256 characters')),
    })
    .optional(),
  suppressClaims: z.array(z.string()).optional(),
  addScopes: scopeList.optional(),
  suppressScopes: scopeList.optional(),
  readers: z.array(roleArn).optional(),
});

const pool = z.strictObject({
  owner: owner.optional(),
  description: sentence.optional(),
  existing: z
    .strictObject({
      userPoolId: text(/^[\w-]+_[0-9A-Za-z]+$/, 'a user pool ID such as eu-central-1_AbC123XyZ'),
    })
    .optional(),
  userTrigger: z
    .strictObject({
      functionArn: arn(
        'lambda',
        String.raw`function:[\w-]{1,64}(?::[\w$-]{1,128})?`,
        'the ARN of a Lambda function, a version or an alias of one',
      ),
      eventVersion: z.enum(['V1_0', 'V2_0', 'V3_0']),
    })
    .optional(),
  // AWS refuses its own names in a prefix.
  domainPrefix: text(
    // An account ID has one character more than the placeholder.
    /^(?!.*(?:aws|amazon|cognito))(?=[a-z0-9-]{1,63}$|.{1,62}$)(?:[a-z0-9]|\{accountId\})(?:(?:[a-z0-9-]|\{accountId\})*(?:[a-z0-9]|\{accountId\}))?$/,
    '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"; {accountId} stands for the account ID',
  ).optional(),
  // @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html
  customDomain: z
    .strictObject({
      name: text(
        /^(?=.{4,255}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){2,}[a-z]{2,63}$/,
        'a domain with at least three labels, such as auth.example.com',
      ),
      certificateArn: arn('acm', String.raw`certificate/[\w-]+`, 'the ARN of an ACM certificate'),
    })
    .optional(),
  plan: z.enum(['ESSENTIALS', 'PLUS']).optional(),
  clientRegistration: z.enum(['none', 'authenticated', 'open']).optional(),
  unknownClients: z.enum(['deny', 'issue-without-claims']).optional(),
  webAclArn: arn(
    'wafv2',
    String.raw`regional/webacl/[\w-]+/[\w-]+`,
    'the ARN of a regional AWS WAF web ACL',
  ).optional(),
  resourceServers: z.record(z.string(), resourceServer).optional(),
  tokenIssuers: z.record(z.string(), tokenIssuer).optional(),
  defaults: z
    .strictObject({ claims: claims.optional(), accessTokenMinutes: integer(5, 1440).optional() })
    .optional(),
  clients: z.record(z.string(), client),
  canary: z.string().optional(),
});

const trigger = z.strictObject({
  cacheSeconds: integer(0, 3600).optional(),
  // As the trigger takes it: half a day.
  maxStaleSeconds: integer(0, 43_200).optional(),
  // Above this no gateway in front of an API takes the header.
  sizeBudgetBytes: integer(256, 16_384).optional(),
  // What AWS Lambda still accepts for new functions: it closed nodejs20.x in 2026. nodejs24.x requires AWS provider 6.
  runtime: z.enum(['nodejs22.x', 'nodejs24.x']).optional(),
  memoryMb: integer(128, 10_240).optional(),
  reservedConcurrency: integer(1, 10_000).optional(),
  provisionedConcurrency: integer(1, 10_000).optional(),
  logRetentionDays: z
    .union(
      [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
        3288, 3653,
      ].map((days) => z.literal(days)),
      'a number of days that CloudWatch Logs offers, such as 30, 90 or 365',
    )
    .optional(),
});

const watch = z.strictObject({
  everyMinutes: integer(1, 60).optional(),
  heal: z.array(z.literal('trigger', 'trigger')).optional(),
  canaryMinutes: integer(5, 60).optional(),
});

/** The whole file. */
const environmentSchema = z.strictObject({
  // A stack is called `<environment>-pool-<pool>` or `<environment>-claims`: no two environments have one of the same name.
  name: text(
    /^(?!.*-pool(?:-|$))[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/,
    '1 to 20 lower-case letters, digits or inner hyphens, without "-pool-" inside or "-pool" at the end',
  ),
  region: z.string().refine(isRegion, 'a Region that the AWS SDK knows, such as eu-central-1'),
  accountId: text(/^\d{12}$/, '12 digits').optional(),
  owner: owner.optional(),
  tags: z.record(z.string(), tagText).optional(),
  state: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('local') }),
      z.strictObject({
        type: z.literal('s3'),
        bucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'an S3 bucket name'),
        kmsKeyArn: arn('kms', String.raw`(?:key|alias)/[\w/-]+`, 'the ARN of a KMS key or alias'),
      }),
    ])
    .optional(),
  isDisposable: z.boolean().optional(),
  probe: z.boolean().optional(),
  trigger: trigger.optional(),
  alarmTopicArn: arn('sns', String.raw`[\w-]+`, 'the ARN of an Amazon SNS topic').optional(),
  watch: watch.optional(),
  pools: z.record(z.string(), pool),
});

/**
 * True for a Region that the data of the AWS SDK lists.
 *
 * A name that only has the form of a Region is most often a typo: a deploy would fail after minutes, at an address that does
 * not exist. For a Region that AWS has added since, update `@aws-sdk/core`.
 */
export function isRegion(region: string): boolean {
  // It lists `aws-global` and the like as well, which are not places to deploy to.
  if (!/-\d+$/.test(region)) return false;
  return 'description' in partition(region);
}

import { readFile, writeFile } from 'node:fs/promises';
import * as sdk from '@aws-sdk/client-cognito-identity-provider';

/** The user pool operations that this repository calls, serves or watches. */
export const OPERATIONS: readonly string[] = [
  'AddCustomAttributes',
  'AddUserPoolClientSecret',
  'CreateGroup',
  'CreateResourceServer',
  'CreateUserPool',
  'CreateUserPoolClient',
  'CreateUserPoolDomain',
  'DeleteResourceServer',
  'DeleteUserPool',
  'DeleteUserPoolClient',
  'DeleteUserPoolClientSecret',
  'DeleteUserPoolDomain',
  'DescribeResourceServer',
  'DescribeUserPool',
  'DescribeUserPoolClient',
  'DescribeUserPoolDomain',
  'GetClientToken',
  'GetUICustomization',
  'GetUserPoolMfaConfig',
  'ListGroups',
  'ListIdentityProviders',
  'ListResourceServers',
  'ListTagsForResource',
  'ListUserPoolClientSecrets',
  'ListUserPoolClients',
  'ListUserPools',
  'TagResource',
  'UntagResource',
  'UpdateResourceServer',
  'UpdateUserPool',
  'UpdateUserPoolClient',
  'UpdateUserPoolDomain',
];

/** Enumerations whose values decide something here. */
const ENUMERATIONS = [
  'ClientTypeType',
  'DeletionProtectionType',
  'ExplicitAuthFlowsType',
  'IssuerType',
  'OAuthFlowType',
  'PreTokenGenerationLambdaVersionType',
  'StatusType',
  'UserPoolTierType',
] as const;

/** Names only: the members of every structure that the operations reach, and the values of the enumerations. */
export interface AwsModel {
  /** Member names by structure name. */
  readonly structures: { readonly [structure: string]: readonly string[] };
  /** Values by enumeration name. */
  readonly enumerations: { readonly [enumeration: string]: readonly string[] };
}

const COMMITTED = new URL('./aws-model.json', import.meta.url);

/** Reads the model that the installed SDK carries. */
export function readInstalledModel(): AwsModel {
  const structures = new Map<string, readonly string[]>();
  for (const operation of OPERATIONS) {
    const [, , , , input, output] = schemaOf(operation);
    collectStructures(input, structures);
    collectStructures(output, structures);
  }
  return {
    structures: Object.fromEntries([...structures].sort(byName)),
    enumerations: Object.fromEntries(ENUMERATIONS.map((name) => [name, enumerationOf(name)])),
  };
}

/** Reads the model that was committed. */
export async function readCommittedModel(): Promise<AwsModel> {
  return JSON.parse(await readFile(COMMITTED, 'utf8')) as AwsModel;
}

/** Commits a model: what `node --import tsx tests/aws-model/update.ts` calls. */
export async function writeCommittedModel(model: AwsModel): Promise<void> {
  await writeFile(COMMITTED, `${JSON.stringify(model, null, 2)}\n`);
}

/** Says in one line each what the newer model has in addition, and what it has no longer. */
export function describeChanges(before: AwsModel, after: AwsModel): string[] {
  return (['structures', 'enumerations'] as const).flatMap((kind) => {
    const names = new Set([...Object.keys(before[kind]), ...Object.keys(after[kind])]);
    return [...names].sort().flatMap((name) => {
      const old = before[kind][name] ?? [];
      const current = after[kind][name] ?? [];
      const added = current.filter((member) => !old.includes(member));
      const removed = old.filter((member) => !current.includes(member));
      return [
        ...added.map((member) => `new: ${name}.${member}`),
        ...removed.map((member) => `gone: ${name}.${member}`),
      ];
    });
  });
}

/** A structure, list, map or operation as the SDK's schema arrays hold them: kind, namespace, name, traits, then its parts. */
type Schema = readonly unknown[];

const LIST_KIND = 1;
const MAP_KIND = 2;
const STRUCTURE_KIND = 3;

function schemaOf(operation: string): Schema {
  const schema = (sdk as unknown as Record<string, unknown>)[`${operation}$`];
  if (!Array.isArray(schema)) throw new TypeError(`The SDK has no operation ${operation}.`);
  return schema;
}

function collectStructures(schema: unknown, found: Map<string, readonly string[]>): void {
  const resolved: unknown = typeof schema === 'function' ? schema() : schema;
  if (!Array.isArray(resolved)) return;
  const [kind, , name, , ...parts] = resolved;
  if (kind === LIST_KIND || kind === MAP_KIND) {
    for (const part of parts) collectStructures(unwrap(part), found);
    return;
  }
  if (kind !== STRUCTURE_KIND || found.has(String(name))) return;
  const [members, types] = parts as [string[], unknown[]];
  found.set(String(name), [...members].sort());
  for (const type of types) collectStructures(unwrap(type), found);
}

/** A member with traits is a pair of its schema and the traits. */
function unwrap(part: unknown): unknown {
  return Array.isArray(part) && typeof part[0] !== 'number' ? part[0] : part;
}

function enumerationOf(name: string): readonly string[] {
  const values = (sdk as unknown as Record<string, unknown>)[name];
  if (values === undefined) throw new TypeError(`The SDK has no enumeration ${name}.`);
  return Object.values(values as Record<string, string>).sort();
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import {
  COGNITO_PRINCIPAL,
  permissionStatementId,
  TRIGGER_ALIAS,
  triggerName,
} from '../deployed/names.ts';
import { partitionOf } from '../deployed/partition.ts';
import type { PartialEnvironment } from '../environment-schema.ts';
import { joinOwners } from '../normalise-environment.ts';
import { type PartialPool, presentEntries } from './rule.ts';

/** Quotas of one pool after an increase. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const POOL_QUOTAS = { resourceServers: 300, clients: 10_000 } as const;
const MAX_SCOPES_PER_SERVER = 100;

/**
 * Most bytes of the policy of the trigger's alias, in which each pool is a statement.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_POLICY_BYTES = 20_480;

/** AWS takes no longer tag value, and the owners of all pools are one. */
const MAX_OWNER_LENGTH = 256;

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html */
const MAX_SCOPE_LENGTH = 256;

/** Rules between pools: readers that the policies can hold, not too many pools, one owner each and not too many, no domain prefix twice. */
export function checkPools(environment: PartialEnvironment): Fault[] {
  const pools = presentEntries(environment.pools);
  const empty = environment.pools !== undefined && Object.keys(environment.pools).length === 0;
  return [
    ...checkReaders(environment),
    ...(empty ? [{ path: 'pools', problem: 'no pool declared', expected: 'at least 1 pool' }] : []),
    ...checkPolicySize(environment, pools),
    ...pools.flatMap(([name, pool]) => checkOwner(environment, pool, joinPath('pools', name))),
    ...checkOwners(environment, pools),
    ...checkPrefixes(pools),
  ];
}

function checkPolicySize(
  environment: PartialEnvironment,
  pools: readonly [string, PartialPool][],
): Fault[] {
  const bytes = policyOf(
    environment,
    pools.map(([name]) => name),
  ).length;
  if (bytes <= MAX_POLICY_BYTES) return [];
  const problem = 'more pools than the policy of the trigger has room for';
  const expected = `at most ${Math.floor((pools.length * MAX_POLICY_BYTES) / bytes)} with such names`;
  return [{ path: 'pools', problem, got: String(pools.length), expected }];
}

/** The policy of the trigger's alias as AWS Lambda writes it, with ids of the usual length. */
function policyOf({ name, region = '' }: PartialEnvironment, pools: readonly string[]): string {
  const arn = `arn:${partitionOf(region).name}`;
  const account = '123456789012';
  const Statement = pools.map((pool) => ({
    Sid: permissionStatementId(pool),
    Effect: 'Allow',
    Principal: { Service: COGNITO_PRINCIPAL },
    Action: 'lambda:InvokeFunction',
    Resource: `${arn}:lambda:${region}:${account}:function:${triggerName(name ?? '')}:${TRIGGER_ALIAS}`,
    Condition: {
      StringEquals: { 'AWS:SourceAccount': account },
      ArnLike: {
        'AWS:SourceArn': `${arn}:cognito-idp:${region}:${account}:userpool/${region}_aBcDeFgHi`,
      },
    },
  }));
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });
}

function checkOwners(
  environment: PartialEnvironment,
  pools: readonly [string, PartialPool][],
): Fault[] {
  if (Object.hasOwn(environment, 'owner')) return [];
  const owners = joinOwners(pools.flatMap(([, { owner }]) => owner ?? []));
  if (owners.length <= MAX_OWNER_LENGTH) return [];
  return [
    {
      path: 'owner',
      problem: 'missing: the owners of all pools together are too long for a tag',
      got: `${owners.length} characters`,
      expected: `one owner, or at most ${MAX_OWNER_LENGTH} characters`,
    },
  ];
}

/** Rules of one pool: AWS quotas. */
export function checkPool(pool: PartialPool, path: string): Fault[] {
  const tooMany = (['resourceServers', 'clients'] as const).flatMap((field) =>
    checkCount(pool[field], POOL_QUOTAS[field], joinPath(path, field)),
  );
  const serversPath = joinPath(path, 'resourceServers');
  const scopes = presentEntries(pool.resourceServers).flatMap(([identifier, server]) => {
    const scopesPath = joinPath(joinPath(serversPath, identifier), 'scopes');
    return [
      ...checkCount(server.scopes, MAX_SCOPES_PER_SERVER, scopesPath),
      ...Object.keys(server.scopes ?? {}).flatMap((name) =>
        checkScopeLength(identifier, name, joinPath(scopesPath, name)),
      ),
    ];
  });
  return [...tooMany, ...scopes];
}

function checkScopeLength(identifier: string, name: string, path: string): Fault[] {
  const { length } = `${identifier}/${name}`;
  if (length <= MAX_SCOPE_LENGTH) return [];
  const problem = 'too long together with the identifier of its resource server';
  const expected = `at most ${MAX_SCOPE_LENGTH} characters`;
  return [{ path, problem, got: `${length} characters`, expected }];
}

function checkOwner(environment: PartialEnvironment, pool: PartialPool, path: string): Fault[] {
  // An owner that could not be read is there, and has its own fault.
  if (Object.hasOwn(pool, 'owner') || Object.hasOwn(environment, 'owner')) return [];
  return [
    {
      path: joinPath(path, 'owner'),
      problem: 'missing',
      expected: 'an owner here or for the environment',
    },
  ];
}

function checkPrefixes(pools: readonly [string, PartialPool][]): Fault[] {
  const firstUse = new Map<string, string>();
  return pools.flatMap(([name, { domainPrefix }]) => {
    if (domainPrefix === undefined) return [];
    const first = firstUse.get(domainPrefix);
    firstUse.set(domainPrefix, first ?? name);
    if (first === undefined) return [];
    const path = joinPath(joinPath('pools', name), 'domainPrefix');
    return [{ path, problem: `pool "${first}" has this domain prefix already`, got: domainPrefix }];
  });
}

function checkCount(source: object | undefined, max: number, path: string): Fault[] {
  const count = Object.keys(source ?? {}).length;
  if (count <= max) return [];
  return [{ path, problem: 'too many', got: String(count), expected: `at most ${max}` }];
}

/**
 * What AWS accepts as a policy, in bytes, and what each holds without its readers.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const SECRET_POLICY = {
  name: 'the resource policy of the secret',
  maxBytes: 20_480,
  ownBytes: 400,
};
const KEY_POLICY = { name: 'the policy of the key', maxBytes: 32_768, ownBytes: 4_096 };

/** Quotes and a comma around each ARN. */
const SEPARATOR_BYTES = 3;

/** Roles that read a secret: in the environment's partition, each once, and no more than the two policies can hold. */
function checkReaders({ region, pools }: PartialEnvironment): Fault[] {
  const clients = presentEntries(pools).flatMap(([poolName, pool]) =>
    presentEntries(pool.clients).map(([clientName, { readers = [] }]) => ({
      path: joinPath(
        joinPath(joinPath(joinPath('pools', poolName), 'clients'), clientName),
        'readers',
      ),
      readers,
    })),
  );
  const all = [...new Set(clients.flatMap(({ readers }) => readers))];
  return [
    ...clients.flatMap(({ path, readers }) => [
      ...checkRoles(readers, path, region),
      ...checkSize(readers, path, SECRET_POLICY),
    ]),
    ...checkSize(all, 'pools', KEY_POLICY),
  ];
}

function checkRoles(readers: readonly string[], path: string, region: string | undefined): Fault[] {
  const expected = region === undefined ? undefined : partitionOf(region).name;
  return readers.flatMap((reader, index) => {
    const place = joinPath(path, index);
    if (readers.indexOf(reader) < index) {
      return [{ path: place, problem: 'listed twice', got: reader }];
    }
    const got = reader.split(':')[1] ?? '';
    if (expected === undefined || got === expected) return [];
    return [{ path: place, problem: 'in another partition', got, expected }];
  });
}

function checkSize(
  readers: readonly string[],
  path: string,
  { name, maxBytes, ownBytes }: typeof SECRET_POLICY,
): Fault[] {
  const bytes = readers.reduce((sum, reader) => sum + reader.length + SEPARATOR_BYTES, ownBytes);
  if (bytes <= maxBytes) return [];
  return [
    {
      path,
      problem: `${readers.length} readers are more than ${name} can hold`,
      got: `about ${bytes} bytes`,
      expected: `at most ${maxBytes} bytes`,
    },
  ];
}

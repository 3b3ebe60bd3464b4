import { type Contract, type Fault, joinPath } from '@cognito-m2m/claim-schema';
import type { PartialEnvironment } from '../read-shape.ts';
import { type PartialPool, presentEntries } from './rule.ts';

/** Quotas of one pool after an increase. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const POOL_QUOTAS = { resourceServers: 300, clients: 10_000 } as const;
const MAX_SCOPES_PER_SERVER = 100;

/**
 * Each pool is a statement of some 400 bytes in the policy of the trigger's alias, which takes 20 KB.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_POOLS = 50;

/** Rules between pools: not too many, one owner each, no domain prefix twice. */
export function checkPools(environment: PartialEnvironment): Fault[] {
  const pools = presentEntries(environment.pools);
  const empty = environment.pools !== undefined && pools.length === 0;
  return [
    ...(empty ? [{ path: 'pools', problem: 'no pool declared', expected: 'at least 1 pool' }] : []),
    ...checkCount(environment.pools, MAX_POOLS, 'pools'),
    ...pools.flatMap(([name, pool]) => checkOwner(environment, pool, joinPath('pools', name))),
    ...checkPrefixes(pools),
  ];
}

/** Rules of one pool: AWS quotas, and a policy that can work. */
export function checkPool(contract: Contract, pool: PartialPool, path: string): Fault[] {
  const tooMany = (['resourceServers', 'clients'] as const).flatMap((field) =>
    checkCount(pool[field], POOL_QUOTAS[field], joinPath(path, field)),
  );
  const serversPath = joinPath(path, 'resourceServers');
  const scopes = presentEntries(pool.resourceServers).flatMap(([identifier, server]) =>
    checkCount(
      server.scopes,
      MAX_SCOPES_PER_SERVER,
      joinPath(joinPath(serversPath, identifier), 'scopes'),
    ),
  );
  return [...tooMany, ...scopes, ...checkUnknownClients(contract, pool, path)];
}

function checkOwner(environment: PartialEnvironment, pool: PartialPool, path: string): Fault[] {
  if ((pool.owner ?? environment.owner) !== undefined) return [];
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

// Such a pool would refuse the very tokens that the policy lets through.
function checkUnknownClients(contract: Contract, pool: PartialPool, path: string): Fault[] {
  const required = Object.keys(contract).filter((name) => contract[name]?.required === true);
  if (pool.unknownClients !== 'issue-without-claims' || required.length === 0) return [];
  return [
    {
      path: joinPath(path, 'unknownClients'),
      problem: `the contract requires ${required.join(', ')} in every token`,
      got: 'issue-without-claims',
      expected: 'deny',
    },
  ];
}

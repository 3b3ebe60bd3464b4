import {
  type ClaimRules,
  type Contract,
  DEFAULT_SIZE_BUDGET_BYTES,
  contract as declaredContract,
  type Fault,
  joinPath,
} from '@cognito-m2m/claim-schema';
import type { Environment, EnvironmentInput, PoolInput } from './environment.ts';
import { invalidEnvironment } from './errors.ts';
import { normaliseEnvironment, normalisePool } from './normalise-environment.ts';
import { readShape } from './read-shape.ts';
import { checkClientClaims, checkPoolClaims } from './rules/claim-values.ts';
import { checkClientScopes } from './rules/client-scopes.ts';
import { checkPool, checkPools } from './rules/pools.ts';
import { type PartialClient, type PartialPool, presentEntries } from './rules/rule.ts';
import { checkClientTokens } from './rules/token-claims.ts';

/**
 * Checks an environment and fills in its defaults.
 *
 * @param input - What an environment file exports.
 * @param options.contract - The claim contract. @default the team's, `contract.ts`
 * @param options.source - What to call the input in the error. @default its name
 * @throws {EnvironmentError} `ERR_ENVIRONMENT_INVALID` with every fault at once.
 */
export function validateEnvironment(
  input: unknown,
  options: { contract?: Contract; source?: string } = {},
): Environment {
  const { faults: shapeFaults, readable } = readShape(input);
  const rules = {
    contract: options.contract ?? declaredContract,
    sizeBudgetBytes: readable.trigger?.sizeBudgetBytes ?? DEFAULT_SIZE_BUDGET_BYTES,
  };
  const faults = [
    ...shapeFaults,
    ...checkPools(readable),
    ...presentEntries(readable.pools).flatMap(([name, pool]) =>
      checkOnePool(name, pool, rules, shapeFaults),
    ),
  ];
  const source = options.source ?? `"${readable.name ?? 'without a name'}"`;
  if (faults.length > 0) throw invalidEnvironment(source, faults);
  // No fault: the whole input is readable.
  return normaliseEnvironment(readable as EnvironmentInput);
}

function checkOnePool(
  name: string,
  pool: PartialPool,
  rules: ClaimRules,
  shapeFaults: readonly Fault[],
): Fault[] {
  const path = joinPath('pools', name);
  const poolClaims = checkPoolClaims(rules.contract, pool, path);
  const clients = presentEntries(pool.clients).flatMap(([clientName, client]) => {
    const clientPath = joinPath(joinPath(path, 'clients'), clientName);
    const faults = checkOneClient(rules.contract, pool, client, clientPath);
    const blocking = [...faults, ...poolClaims, ...shapeFaults.filter(isUnder(clientPath))];
    if (blocking.length > 0) return faults;
    return checkTokensOf(name, pool, clientName, client, clientPath, rules);
  });
  return [...checkPool(rules.contract, pool, path), ...poolClaims, ...clients];
}

function checkOneClient(
  contract: Contract,
  pool: PartialPool,
  client: PartialClient,
  path: string,
): Fault[] {
  return [...checkClientScopes(pool, client, path), ...checkClientClaims(contract, client, path)];
}

function checkTokensOf(
  poolName: string,
  pool: PartialPool,
  clientName: string,
  client: PartialClient,
  path: string,
  rules: ClaimRules,
): Fault[] {
  // The client has no fault; of its pool, only the default claims count here, and they have none either.
  const single = { ...pool, clients: { [clientName]: client } } as PoolInput;
  const normal = normalisePool(poolName, single, '');
  return normal.clients.flatMap((normalClient) =>
    checkClientTokens(normal, normalClient, path, rules),
  );
}

function isUnder(path: string): (fault: Fault) => boolean {
  return (fault) =>
    fault.path === path ||
    (/^[.[]/.test(fault.path.slice(path.length)) && fault.path.startsWith(path));
}

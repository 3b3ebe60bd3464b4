import {
  type Contract,
  checkClaimName,
  checkClaims,
  checkClaimValue,
  checkUnverifiedSource,
  type Fault,
  findSecret,
  joinPath,
} from '@cognito-m2m/claim-schema';
import { type PartialClient, type PartialPool, presentEntries } from './rule.ts';

type ClaimMap = { readonly [name: string]: unknown };

/** The pool's default claims must fit the contract and hold no secret. */
export function checkPoolClaims(contract: Contract, pool: PartialPool, path: string): Fault[] {
  return checkClaimMap(
    contract,
    pool.defaults?.claims ?? {},
    joinPath(joinPath(path, 'defaults'), 'claims'),
  );
}

/** Every claim that a client names must fit the contract and hold no secret. */
export function checkClientClaims(
  contract: Contract,
  client: PartialClient,
  path: string,
): Fault[] {
  const scopesPath = joinPath(path, 'claimsByScope');
  return [
    ...checkClaimMap(contract, client.claims ?? {}, joinPath(path, 'claims')),
    ...presentEntries(client.claimsByScope).flatMap(([scope, claims]) =>
      checkClaimMap(contract, claims, joinPath(scopesPath, scope)),
    ),
    ...checkMetadataClaims(contract, client, joinPath(path, 'claimsFromMetadata')),
  ];
}

function checkMetadataClaims(contract: Contract, client: PartialClient, path: string): Fault[] {
  return presentEntries(client.claimsFromMetadata).flatMap(([name, selector]) => {
    const claimPath = joinPath(path, name);
    const nameFault =
      checkClaimName(name, claimPath) ?? checkUnverifiedSource(contract, name, claimPath);
    if (nameFault !== undefined) return [nameFault];
    return (selector.allow ?? []).flatMap((value, index) =>
      checkOne(contract, name, value, joinPath(joinPath(claimPath, 'allow'), index)),
    );
  });
}

function checkClaimMap(contract: Contract, claims: ClaimMap, path: string): Fault[] {
  const secrets = Object.entries(claims).flatMap(([name, value]) =>
    checkSecret(name, value, joinPath(path, name)),
  );
  return [...checkClaims(contract, claims, path), ...secrets];
}

function checkOne(contract: Contract, name: string, value: unknown, path: string): Fault[] {
  const fault = checkClaimValue(contract, name, value, path);
  return [...(fault === undefined ? [] : [fault]), ...checkSecret(name, value, path)];
}

function checkSecret(name: string, value: unknown, path: string): Fault[] {
  const kind = findSecret(name, value);
  if (kind === undefined) return [];
  const problem = 'looks like a secret, and everyone who holds a token can read its claims';
  return [{ path, problem, got: kind, expected: 'no secret' }];
}

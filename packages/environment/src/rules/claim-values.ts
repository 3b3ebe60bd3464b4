import {
  type Contract,
  checkClaimName,
  checkClaims,
  checkUnverifiedSource,
  checkWrittenClaim,
  type Fault,
  joinPath,
} from '@cognito-m2m/claim-schema';
import { type PartialClient, type PartialPool, presentEntries } from './rule.ts';

/** The pool's default claims must fit the contract and hold no secret. */
export function checkPoolClaims(contract: Contract, pool: PartialPool, path: string): Fault[] {
  return checkClaims(
    contract,
    pool.defaults?.claims ?? {},
    joinPath(joinPath(path, 'defaults'), 'claims'),
    { secrets: true },
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
    ...checkClaims(contract, client.claims ?? {}, joinPath(path, 'claims'), { secrets: true }),
    ...presentEntries(client.claimsByScope).flatMap(([scope, claims]) =>
      checkClaims(contract, claims, joinPath(scopesPath, scope), { secrets: true }),
    ),
    ...checkMetadataClaims(contract, client, joinPath(path, 'claimsFromMetadata')),
  ];
}

function checkMetadataClaims(contract: Contract, client: PartialClient, path: string): Fault[] {
  return presentEntries(client.claimsFromMetadata).flatMap(([name, selector]) => {
    const claimPath = joinPath(path, name);
    const fault =
      checkClaimName(name, claimPath) ?? checkUnverifiedSource(contract, name, claimPath);
    // Once, and not for each listed value.
    if (fault !== undefined) return [fault];
    return (selector.allow ?? []).flatMap((value, index) =>
      checkWrittenClaim(contract, name, value, joinPath(joinPath(claimPath, 'allow'), index), {
        secrets: true,
      }),
    );
  });
}

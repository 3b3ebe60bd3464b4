import {
  type ClaimDefinition,
  type ClaimLayers,
  type Claims,
  type Contract,
  claimTypeOf,
} from '@cognito-m2m/claim-schema';

/**
 * A contract that accepts every claim of these layers, and requires none.
 *
 * @param contract - Says what it can of claims that the layers do not hold, such as those of a user's token.
 */
export function acceptingContract(
  { baseline, override }: ClaimLayers,
  contract: Contract,
): Contract {
  const others = Object.entries(contract).map(([name, definition]): [string, ClaimDefinition] => [
    name,
    { ...definition, required: false },
  ]);
  const selected = Object.entries(baseline?.claimsFromMetadata ?? {}).flatMap(([name, { allow }]) =>
    allow.slice(0, 1).map((value) => [name, value] as const),
  );
  const overridden = Object.entries(override?.claims ?? {}).map(
    ([name, { value }]) => [name, value] as const,
  );
  const layers: readonly Claims[] = [
    baseline?.defaults ?? {},
    baseline?.claims ?? {},
    Object.fromEntries(overridden),
    ...Object.values(baseline?.claimsByScope ?? {}),
    Object.fromEntries(selected),
  ];
  const held = layers
    .flatMap(Object.entries)
    .map(([name, value]): [string, ClaimDefinition] => [
      name,
      { type: claimTypeOf(value) ?? 'string', description: name },
    ]);
  return Object.fromEntries([...others, ...held]);
}

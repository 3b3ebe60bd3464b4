import type { Contract } from '../contract-definition.ts';
import type { ClaimShape, ClaimShapes } from './claim-shapes.ts';

/** What happened to one claim between two versions of a contract, and whether it breaks those who read the claim. */
const BREAKS_READERS = {
  'claim-added': false,
  'claim-removed': true,
  'type-changed': true,
  // A verifier that knows the old list refuses a token with a new value.
  'values-added': true,
  // What a reader does for that value never happens again.
  'values-removed': true,
  'required-added': false,
  'required-dropped': true,
  'gateway-safe-added': false,
  'gateway-safe-dropped': true,
  'verified-added': false,
  // From then on a caller or an operator can choose the value.
  'verified-dropped': true,
} as const;

/** The kinds of change that a contract can see. A new description is none. */
export type ContractChangeKind = keyof typeof BREAKS_READERS;

/** One change of one claim. */
export interface ContractChange {
  readonly claim: string;
  readonly kind: ContractChangeKind;
  /** True if an API that reads the claim can break. */
  readonly isBreaking: boolean;
  /** What it was and what it is, as far as that helps: types or listed values of the contract. */
  readonly detail: string;
}

/**
 * Compares two versions of a contract.
 *
 * Readers need each claim to be there, of its type, with the values they know, as surely as before, and by the same
 * way. Anything else breaks them.
 *
 * @param before - The version that readers were built with.
 * @returns Every change, claims in the order of `before`, then the new ones.
 */
export function compareContracts(before: ClaimShapes, after: Contract): ContractChange[] {
  const kept = Object.entries(before).flatMap(([claim, shape]) => {
    const now = Object.hasOwn(after, claim) ? after[claim] : undefined;
    if (now === undefined) return [toChange(claim, 'claim-removed', `was ${shape.type}`)];
    return compareShapes(shape, now).map(([kind, detail]) => toChange(claim, kind, detail));
  });
  const added = Object.entries(after)
    .filter(([claim]) => !Object.hasOwn(before, claim))
    .map(([claim, { type }]) => toChange(claim, 'claim-added', type));
  return [...kept, ...added];
}

/** Renders a change as one line. */
export function formatChange({ claim, kind, detail }: ContractChange): string {
  return `"${claim}": ${kind.replaceAll('-', ' ')}${detail === '' ? '' : ` (${detail})`}`;
}

type Difference = readonly [kind: ContractChangeKind, detail: string];

function compareShapes(before: ClaimShape, after: ClaimShape): Difference[] {
  if (before.type !== after.type) return [['type-changed', `${before.type} → ${after.type}`]];
  return [
    ...compareValues(before.values, after.values),
    ...compareFlag('required', before.required, after.required),
    ...compareFlag('gateway-safe', before.gatewaySafe, after.gatewaySafe),
    ...compareFlag('verified', before.verified, after.verified),
  ];
}

function compareValues(before: ClaimShape['values'], after: ClaimShape['values']): Difference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [['values-removed', `only ${after?.join(', ')} left`]];
  if (after === undefined) return [['values-added', 'any value of the type']];
  const added = after.filter((value) => !before.includes(value));
  const removed = before.filter((value) => !after.includes(value));
  return [
    ...(added.length > 0 ? [['values-added', added.join(', ')] as const] : []),
    ...(removed.length > 0 ? [['values-removed', removed.join(', ')] as const] : []),
  ];
}

function compareFlag(
  name: 'required' | 'gateway-safe' | 'verified',
  before = false,
  after = false,
): Difference[] {
  if (before === after) return [];
  return [[after ? `${name}-added` : `${name}-dropped`, '']];
}

function toChange(claim: string, kind: ContractChangeKind, detail: string): ContractChange {
  return { claim, kind, isBreaking: BREAKS_READERS[kind], detail };
}

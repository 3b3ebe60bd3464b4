import type { Contract } from '../contract-definition.ts';
import { type Fault, formatFault } from '../fault.ts';
import type { ContractConsumer } from './contract-files.ts';
import { lintContract } from './lint-contract.ts';
import type { ClaimShape, ClaimShapes, MemberShape } from './shapes.ts';

/** Everything there is to say about a contract before it is merged. */
export interface ContractReport {
  /** What changed since the committed snapshot. */
  readonly changes: readonly ContractChange[];
  /** The consumers that would break. */
  readonly breakages: readonly ConsumerBreakage[];
  /** What the contract promises and cannot keep. */
  readonly faults: readonly Fault[];
  /** True if the contract may be merged as it is: no fault, no breakage, snapshot up to date. */
  readonly isAccepted: boolean;
}

/**
 * Checks a contract against its snapshot, its consumers and its own promises.
 *
 * Pure; the command and the test hand in what they read from the files.
 */
export function checkContract(
  contract: Contract,
  { snapshot, consumers }: { snapshot: ClaimShapes; consumers: readonly ContractConsumer[] },
): ContractReport {
  const changes = compareContracts(snapshot, contract);
  const breakages = findBreakages(contract, consumers);
  const faults = lintContract(contract);
  const isAccepted = changes.length + breakages.length + faults.length === 0;
  return { changes, breakages, faults, isAccepted };
}

/** Renders what is wrong or new: what breaks, what changed and what to do; of a contract with faults, only those. */
export function describeReport({ changes, breakages, faults }: ContractReport): string[] {
  if (faults.length > 0) {
    const lines = faults.map((fault) => `contract ${formatFault(fault)}`);
    return [...lines, 'Correct the contract first. Nothing was written.'];
  }
  return [
    ...breakages.map(
      ({ consumer, owner, claim, problem }) =>
        `BREAKS ${consumer} (owner: ${owner}): claim "${claim}" ${problem}`,
    ),
    ...changes.map(
      (change) => `${change.isBreaking ? 'breaking' : 'safe'}  ${formatChange(change)}`,
    ),
    breakages.length > 0
      ? 'Keep the claim, or agree with the owner and run: npx -y pnpm@12 contract:check --accept <consumer>'
      : 'No consumer is broken. Commit the change with: npx -y pnpm@12 contract:check --update',
  ];
}

/** One reason why a contract breaks a consumer. */
export interface ConsumerBreakage {
  readonly consumer: string;
  readonly owner: string;
  readonly claim: string;
  readonly problem: string;
}

/** Finds every consumer that a contract breaks, and the claim that does it. */
export function findBreakages(
  contract: Contract,
  consumers: readonly ContractConsumer[],
): ConsumerBreakage[] {
  return consumers.flatMap((consumer) => {
    const changes = compareContracts(consumer.reads, contract);
    return [
      ...changes
        .filter(({ isBreaking }) => isBreaking)
        .map((change) => toBreakage(consumer, change)),
      ...findUnsafeReads(contract, consumer),
    ];
  });
}

function toBreakage({ name, owner }: ContractConsumer, change: ContractChange): ConsumerBreakage {
  const problem = describeChange(change.kind, change.detail);
  return { consumer: name, owner, claim: change.claim, problem };
}

function findUnsafeReads(contract: Contract, consumer: ContractConsumer): ConsumerBreakage[] {
  if (consumer.isBehindGateway !== true) return [];
  const { name, owner, reads } = consumer;
  const problem = 'not gateway-safe, and this consumer reads it through API Gateway';
  return Object.keys(reads)
    .filter((claim) => Object.hasOwn(contract, claim) && contract[claim]?.gatewaySafe !== true)
    .map((claim) => ({ consumer: name, owner, claim, problem }));
}

/** What happened to one claim between two versions of a contract, and whether it breaks those who read the claim. */
const BREAKS_READERS = {
  'claim-added': false,
  'claim-removed': true,
  'type-changed': true,
  // A verifier that knows the old list refuses a token with a new value.
  'values-added': true,
  // What a reader does for that value never happens again.
  'values-removed': true,
  // A value may now be one that the old rules refuse.
  widened: true,
  narrowed: false,
  // A verifier leaves out members that its contract does not know.
  'member-added': false,
  'member-removed': true,
  // Readers may have read members that are not declared now, or may meet any member from now on.
  'members-declared': true,
  'members-opened': true,
  'required-added': false,
  'required-dropped': true,
  'gateway-safe-added': false,
  'gateway-safe-dropped': true,
  'verified-added': false,
  // A reader that trusts the claim would trust what a caller chose.
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
  /** What it was and what it is, as far as that helps: rules of the contract, and the member they are about. */
  readonly detail: string;
}

/**
 * Compares two versions of a contract.
 *
 * Readers need each claim to be there, of its type, within the limits they know, as surely as before, and by the same
 * way. Anything else breaks them.
 *
 * @param before - The version that readers were built with.
 * @returns Every change, claims in the order of `before`, then the new ones.
 */
export function compareContracts(before: ClaimShapes, after: Contract): ContractChange[] {
  const kept = Object.entries(before).flatMap(([claim, shape]) => {
    const now = Object.hasOwn(after, claim) ? after[claim] : undefined;
    if (now === undefined) return [toChange(claim, 'claim-removed', `was ${shape.type}`)];
    return compareClaims(shape, now).map(([kind, detail]) => toChange(claim, kind, detail));
  });
  const added = Object.entries(after)
    .filter(([claim]) => !Object.hasOwn(before, claim))
    .map(([claim, { type }]) => toChange(claim, 'claim-added', type));
  return [...kept, ...added];
}

/** Renders a change as one line. */
export function formatChange({ claim, kind, detail }: ContractChange): string {
  return `"${claim}": ${describeChange(kind, detail)}`;
}

/** Renders what happened, without the claim. */
function describeChange(kind: ContractChangeKind, detail: string): string {
  return `${kind.replaceAll('-', ' ')}${detail === '' ? '' : ` (${detail})`}`;
}

type Difference = readonly [kind: ContractChangeKind, detail: string];

function compareClaims(before: ClaimShape, after: ClaimShape): Difference[] {
  const differences = compareShapes(before, after);
  if (before.type !== after.type) return differences;
  return [
    ...differences,
    ...compareRequired(before.required, after.required),
    ...compareFlag('gateway-safe', before.gatewaySafe, after.gatewaySafe),
    ...compareFlag('verified', before.verified, after.verified),
  ];
}

type ValueShape = Omit<MemberShape, 'required'>;

function compareShapes(before: ValueShape, after: ValueShape): Difference[] {
  if (before.type !== after.type) return [['type-changed', `${before.type} → ${after.type}`]];
  return [
    ...compareValues(before.values, after.values),
    ...compareLimits(before, after),
    ...compareInteger(before.integer, after.integer),
    ...comparePattern(before.pattern, after.pattern),
    ...compareMembers(before.members, after.members),
  ];
}

function compareValues(before: ValueShape['values'], after: ValueShape['values']): Difference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [['values-removed', `only ${after?.join(', ')} left`]];
  if (after === undefined) return [['values-added', 'any value of the type']];
  const added = after.filter((value) => !before.includes(value));
  const removed = before.filter((value) => !after.includes(value));
  const differences: Difference[] = [];
  if (added.length > 0) differences.push(['values-added', added.join(', ')]);
  if (removed.length > 0) differences.push(['values-removed', removed.join(', ')]);
  return differences;
}

/** The limits, and the sign of a step that lets more values through. */
const LIMITS = [
  ['min', -1],
  ['max', 1],
  ['maxLength', 1],
  ['minItems', -1],
  ['maxItems', 1],
] as const;

function compareLimits(before: ValueShape, after: ValueShape): Difference[] {
  return LIMITS.flatMap(([field, wider]): Difference[] => {
    const was = before[field];
    const is = after[field];
    if (was === is) return [];
    const isWider = is === undefined || (was !== undefined && Math.sign(is - was) === wider);
    return [[isWider ? 'widened' : 'narrowed', describeStep(field, was, is)]];
  });
}

function compareInteger(before = false, after = false): Difference[] {
  if (before === after) return [];
  return [after ? ['narrowed', 'whole numbers only'] : ['widened', 'any number']];
}

// The two expressions do not show whether one matches more than the other.
function comparePattern(before: string | undefined, after: string | undefined): Difference[] {
  if (before === after) return [];
  return [[before === undefined ? 'narrowed' : 'widened', describeStep('pattern', before, after)]];
}

function compareMembers(before: ValueShape['members'], after: ValueShape['members']): Difference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [['members-declared', '']];
  if (after === undefined) return [['members-opened', '']];
  const kept = Object.entries(before).flatMap(([name, was]): Difference[] => {
    const is = Object.hasOwn(after, name) ? after[name] : undefined;
    if (is === undefined) return [['member-removed', name]];
    const differences = compareShapes(was, is);
    if (was.type === is.type)
      differences.push(...compareFlag('required', was.required, is.required));
    return differences.map(([kind, detail]) => [
      kind,
      `${name}${detail === '' ? '' : `: ${detail}`}`,
    ]);
  });
  const added = Object.keys(after)
    .filter((name) => !Object.hasOwn(before, name))
    .map((name): Difference => ['member-added', name]);
  return [...kept, ...added];
}

function compareRequired(
  before: ClaimShape['required'] = false,
  after: ClaimShape['required'] = false,
): Difference[] {
  if (typeof before === 'boolean' && typeof after === 'boolean') {
    return compareFlag('required', before, after);
  }
  // Every pool, or no pool, is compared as itself with a list.
  const poolsBefore = typeof before === 'boolean' ? [] : before;
  const poolsAfter = typeof after === 'boolean' ? [] : after;
  if (before === true) return [['required-dropped', `left: ${poolsAfter.join(', ')}`]];
  if (after === true) return [['required-added', 'every pool']];
  const dropped = poolsBefore.filter((pool) => !poolsAfter.includes(pool));
  const added = poolsAfter.filter((pool) => !poolsBefore.includes(pool));
  const differences: Difference[] = [];
  if (added.length > 0) differences.push(['required-added', added.join(', ')]);
  if (dropped.length > 0) differences.push(['required-dropped', dropped.join(', ')]);
  return differences;
}

function compareFlag(
  name: 'required' | 'gateway-safe' | 'verified',
  before = false,
  after = false,
): Difference[] {
  if (before === after) return [];
  return [[after ? `${name}-added` : `${name}-dropped`, '']];
}

function describeStep(
  field: string,
  was: string | number | undefined,
  is: string | number | undefined,
): string {
  return `${field} ${was ?? 'none'} → ${is ?? 'none'}`;
}

function toChange(claim: string, kind: ContractChangeKind, detail: string): ContractChange {
  return { claim, kind, isBreaking: BREAKS_READERS[kind], detail };
}

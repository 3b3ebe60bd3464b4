import type { Contract } from '../contract-definition.ts';
import type { Fault } from '../fault.ts';
import { type ContractChange, compareContracts } from './compare-contracts.ts';
import { type ConsumerBreakage, type ContractConsumer, findBreakages } from './consumer.ts';
import { lintContract } from './lint-contract.ts';
import type { ClaimShapes } from './shapes.ts';

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

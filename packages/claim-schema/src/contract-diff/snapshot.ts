import { createHash } from 'node:crypto';
import type { JsonValue } from '../claim-value.ts';
import type { Contract } from '../contract-definition.ts';
import type { Fault } from '../fault.ts';
import { type ClaimShape, type ClaimShapes, readShapes } from './claim-shapes.ts';
import { ContractError } from './errors.ts';

/** Takes down what readers of a contract depend on: everything except the descriptions, claims sorted by name. */
export function takeSnapshot(contract: Contract): { [claim: string]: ClaimShape } {
  return Object.fromEntries(
    Object.entries(contract)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([claim, { description: _, ...shape }]) => [claim, shape]),
  );
}

/**
 * Makes a short mark by which to tell whether two contracts say the same: 16 hexadecimal digits.
 *
 * Descriptions, and the order in which anything is written down, make no difference.
 */
export function digestContract(contract: Contract): string {
  const shapes = Object.entries(takeSnapshot(contract)).map(([claim, shape]) => [
    claim,
    Object.entries(shape).sort(([first], [second]) => (first < second ? -1 : 1)),
  ]);
  return createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 16);
}

/**
 * Reads a snapshot back from JSON.
 *
 * @param file - The file's name, for the message.
 * @throws {ContractError} `ERR_CONTRACT_SNAPSHOT_INVALID` with every fault.
 */
export function parseSnapshot(json: JsonValue, file: string): ClaimShapes {
  const faults: Fault[] = [];
  const shapes = readShapes(json, '', faults);
  if (faults.length === 0) return shapes;
  throw new ContractError('ERR_CONTRACT_SNAPSHOT_INVALID', file, faults);
}

import type { JsonObject, JsonValue } from '../claim-value.ts';
import type { Contract } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';
import { createFieldReader } from '../field-reader.ts';
import { type ContractChange, compareContracts, describeChange } from './compare-contracts.ts';
import { ContractError } from './errors.ts';
import { lintContract } from './lint-contract.ts';
import { type ClaimShapes, objectOf, readShapes } from './shapes.ts';

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

/** An API that reads claims, and what it was built to find in them. */
export interface ContractConsumer {
  readonly name: string;
  /** The team to talk to before a claim changes. */
  readonly owner: string;
  /** True if the API gets its claims from API Gateway's own authorizers and not from the verifier. @default false */
  readonly isBehindGateway?: boolean;
  /** The claims it reads, each as the contract had it: those of the option `reads` of its verifier or gateway reader. */
  readonly reads: ClaimShapes;
}

/** One reason why a contract breaks a consumer. */
export interface ConsumerBreakage {
  readonly consumer: string;
  readonly owner: string;
  readonly claim: string;
  readonly problem: string;
}

const CONSUMER_FIELDS = ['name', 'owner', 'isBehindGateway', 'reads'];

/**
 * Reads a consumer's declaration from JSON.
 *
 * @param file - The file's name, which is the consumer's name and `.json`.
 * @throws {ContractError} `ERR_CONTRACT_CONSUMER_INVALID` with every fault.
 */
export function parseConsumer(json: JsonValue, file: string): ContractConsumer {
  const faults: Fault[] = [];
  const source = objectOf(json, '', faults);
  checkFieldNames(source, faults);
  const fields = createFieldReader(source, '', faults);
  const isBehindGateway = 'isBehindGateway' in source && fields.boolean('isBehindGateway');
  const reads = readShapes(source['reads'] ?? null, 'reads', faults);
  const consumer = {
    name: fields.string('name'),
    owner: fields.string('owner'),
    isBehindGateway,
    reads,
  };
  if (`${consumer.name}.json` !== file) {
    faults.push({ path: 'name', problem: 'is not the name of the file' });
  }
  if (faults.length === 0) return consumer;
  throw new ContractError('ERR_CONTRACT_CONSUMER_INVALID', file, faults);
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

/** Gathers a fault for every unknown field: a misspelled one would have no effect. */
function checkFieldNames(json: JsonObject, faults: Fault[]): void {
  for (const name of Object.keys(json).filter((field) => !CONSUMER_FIELDS.includes(field))) {
    const expected = `one of ${CONSUMER_FIELDS.join(', ')}`;
    faults.push({ path: joinPath('', name), problem: 'unknown field', expected });
  }
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

import type { JsonObject, JsonValue } from '../claim-value.ts';
import { type Fault, joinPath } from '../fault.ts';
import { createFieldReader, isObject } from '../field-reader.ts';
import { ContractError } from './errors.ts';
import { type ClaimShapes, checkFields } from './shapes.ts';

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

/** Gathers a fault for every unknown field: a misspelled one would have no effect. */
function checkFieldNames(json: JsonObject, faults: Fault[]): void {
  for (const name of Object.keys(json).filter((field) => !CONSUMER_FIELDS.includes(field))) {
    const expected = `one of ${CONSUMER_FIELDS.join(', ')}`;
    faults.push({ path: joinPath('', name), problem: 'unknown field', expected });
  }
}

/** Reads a map of claim names to shapes out of JSON and gathers every fault, unknown fields included. */
function readShapes(json: JsonValue, path: string, faults: Fault[]): ClaimShapes {
  for (const [claim, shape] of Object.entries(objectOf(json, path, faults))) {
    faults.push(...checkShape(shape, 'claim', joinPath(path, claim)));
  }
  // Checked just above, field by field.
  return json as unknown as ClaimShapes;
}

/** Takes JSON for an object, or gathers a fault. */
function objectOf(json: JsonValue, path: string, faults: Fault[]): JsonObject {
  if (isObject(json)) return json;
  faults.push({ path: path === '' ? 'the file' : path, problem: 'is not an object' });
  return {};
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

function checkShape(json: JsonValue, owner: 'claim' | 'member', path: string): Fault[] {
  const faults: Fault[] = [];
  const shape = objectOf(json, path, faults);
  if (faults.length > 0) return faults;
  faults.push(...checkFields(shape, owner, path));
  if (!Object.hasOwn(shape, 'members')) return faults;
  const membersPath = joinPath(path, 'members');
  const members = Object.entries(objectOf(shape['members'] ?? null, membersPath, faults));
  return [
    ...faults,
    ...members.flatMap(([name, member]) =>
      checkShape(member, 'member', joinPath(membersPath, name)),
    ),
  ];
}

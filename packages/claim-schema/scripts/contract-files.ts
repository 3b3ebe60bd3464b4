import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Contract } from '@cognito-m2m/claim-schema';
import {
  type ContractConsumer,
  ContractError,
  parseConsumer,
  parseSnapshot,
  takeSnapshot,
} from '@cognito-m2m/claim-schema/contract-diff';

const SNAPSHOT_FILE = 'contract.snapshot.json';
const CONSUMERS_FOLDER = 'consumers';

/** What the check needs besides the contract itself. */
export interface ContractFiles {
  readonly snapshot: ReturnType<typeof parseSnapshot>;
  readonly consumers: readonly ContractConsumer[];
}

/**
 * Reads the committed snapshot and every consumer's declaration below a folder, sorted by file name.
 *
 * @throws {ContractError} For the first file that can't be used, with all its faults.
 */
export async function readContractFiles(directory: string): Promise<ContractFiles> {
  const folder = join(directory, CONSUMERS_FOLDER);
  // A contract that no API reads yet has no folder of consumers.
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const files = names.filter((file) => file.endsWith('.json')).sort();
  const [json, ...consumers] = await Promise.all([
    readJson(join(directory, SNAPSHOT_FILE)),
    ...files.map(async (file) => parseConsumer(await readJson(join(folder, file)), file)),
  ]);
  return { snapshot: parseSnapshot(json, SNAPSHOT_FILE), consumers };
}

/** Writes the contract's shapes over the snapshot. */
export async function writeSnapshot(directory: string, contract: Contract): Promise<void> {
  await writeJson(join(directory, SNAPSHOT_FILE), takeSnapshot(contract));
}

/**
 * Rewrites what one consumer reads to what the contract holds now; claims that are gone leave its list.
 *
 * The file name is the consumer's name.
 */
export async function acceptContract(
  directory: string,
  consumer: ContractConsumer,
  contract: Contract,
): Promise<void> {
  const shapes = Object.entries(takeSnapshot(contract));
  const reads = shapes.filter(([claim]) => Object.hasOwn(consumer.reads, claim));
  const file = join(directory, CONSUMERS_FOLDER, `${consumer.name}.json`);
  await writeJson(file, { ...consumer, reads: Object.fromEntries(reads) });
}

async function readJson(file: string) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const problem = error instanceof SyntaxError ? 'is no JSON' : 'can not be read';
    const path = 'the file';
    throw new ContractError('ERR_CONTRACT_FILE_UNREADABLE', basename(file), [{ path, problem }]);
  }
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '@cognito-m2m/claim-schema';
import {
  type ContractConsumer,
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

/** Reads the committed snapshot and every consumer's declaration below a folder, sorted by file name. */
export async function readContractFiles(directory: string): Promise<ContractFiles> {
  const folder = join(directory, CONSUMERS_FOLDER);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const consumers = files.map(async (file) =>
    parseConsumer(await readJson(join(folder, file)), file),
  );
  return {
    snapshot: parseSnapshot(await readJson(join(directory, SNAPSHOT_FILE))),
    consumers: await Promise.all(consumers),
  };
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
  return JSON.parse(await readFile(file, 'utf8'));
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

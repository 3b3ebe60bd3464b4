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

/** What the check needs in addition to the contract itself. */
export interface ContractFiles {
  readonly snapshot: ReturnType<typeof parseSnapshot>;
  readonly consumers: readonly ContractConsumer[];
}

/**
 * Reads the committed snapshot and every consumer's declaration below a folder, sorted by file name.
 *
 * A contract that has no snapshot yet is compared with an empty one, and one without the folder has no consumers.
 *
 * @throws {ContractError} For the first file that cannot be used, with all its faults.
 */
export async function readContractFiles(directory: string): Promise<ContractFiles> {
  const folder = join(directory, CONSUMERS_FOLDER);
  const files = (await ifThere(readdir(folder), [])).filter((file) => file.endsWith('.json'));
  const [json, ...consumers] = await Promise.all([
    ifThere(readJson(join(directory, SNAPSHOT_FILE)), {}),
    ...files.sort().map(async (file) => parseConsumer(await readJson(join(folder, file)), file)),
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
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? error : unreadable(file, 'cannot be read');
  });
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the file.
    throw unreadable(file, 'is not valid JSON');
  }
}

/** What was read, or something else where there is no such file or folder. */
async function ifThere<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  });
}

function unreadable(file: string, problem: string): ContractError {
  const fault = { path: 'the file', problem };
  return new ContractError('ERR_CONTRACT_FILE_UNREADABLE', basename(file), [fault]);
}

/** Written as `JSON.stringify` does; `biome.json` formats these files the same way, so that `check` accepts them. */
async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

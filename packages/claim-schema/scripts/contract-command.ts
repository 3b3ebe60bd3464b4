import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Contract } from '@cognito-m2m/claim-schema';
import {
  type ContractConsumer,
  ContractError,
  checkContract,
  describeReport,
  lintContract,
  parseConsumer,
  parseSnapshot,
  takeSnapshot,
} from '@cognito-m2m/claim-schema/contract-diff';
import { Command } from 'commander';
import { applyEdits, modify } from 'jsonc-parser';

const EXIT_OK = 0;
const EXIT_CALLER = 1;
const EXIT_FINDINGS = 2;

/** One call of the command. */
export interface ContractCheck {
  /** Holds `contract.snapshot.json` and, if there are any, `consumers/*.json`. */
  readonly directory: string;
  readonly contract: Contract;
  /** True to write the snapshot, which happens only if no consumer breaks. */
  readonly isUpdate: boolean;
  /** The consumer whose owner has agreed to the contract as it is. */
  readonly accept: string | undefined;
  readonly print: (line: string) => void;
}

/**
 * Runs `contract:check` for the contract of a package, with the arguments of the process, and sets its exit code.
 *
 * @param directory - The package's folder.
 */
export async function runContractCommand(directory: string, contract: Contract): Promise<void> {
  const command = new Command('npx -y pnpm@12 contract:check')
    .description('Shows how the contract changed and which consumers that breaks.')
    .option('--update', 'write the contract to the snapshot, unless a consumer breaks', false)
    .option(
      '--accept <consumer>',
      "write the contract to that consumer's file: its owner has agreed",
    )
    .addHelpText('after', '\nExit codes: 0 success, 1 usage or file error, 2 findings.')
    .parse();
  const { update, accept } = command.opts<{ update: boolean; accept?: string }>();
  const print = (line: string) => console.log(line);
  process.exitCode = await runContractCheck({
    directory,
    contract,
    isUpdate: update,
    accept,
    print,
  });
}

/**
 * Checks a contract against its files, and writes them as asked.
 *
 * @returns The exit code: 0 success, 1 for a consumer that does not exist or a file that cannot be used, 2 for findings.
 */
export async function runContractCheck(check: ContractCheck): Promise<number> {
  try {
    return await checkFiles(check);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    check.print(error.message);
    return EXIT_CALLER;
  }
}

async function checkFiles(check: ContractCheck): Promise<number> {
  const { directory, contract, accept, isUpdate, print } = check;
  const { consumers } = await readContractFiles(directory);
  const consumer = consumers.find(({ name }) => name === accept);
  if (accept !== undefined && consumer === undefined) {
    print(`Unknown consumer "${accept}". ${listConsumers(consumers)}`);
    return EXIT_CALLER;
  }
  // A consumer cannot have agreed to what cannot be kept.
  if (consumer !== undefined && lintContract(contract).length === 0) {
    await acceptContract(directory, consumer, contract);
    print(`Wrote consumers/${consumer.name}.json.`);
  }
  const report = checkContract(contract, await readContractFiles(directory));
  if (report.isAccepted) {
    print('The contract equals its snapshot, and no consumer is broken.');
    return EXIT_OK;
  }
  const isSafe = report.breakages.length + report.faults.length === 0;
  if (isUpdate && isSafe) {
    await writeSnapshot(directory, contract);
    print('Wrote contract.snapshot.json.');
    return EXIT_OK;
  }
  for (const line of describeReport(report)) print(line);
  // What was asked for is done; the changes that are left wait for --update.
  return accept !== undefined && isSafe ? EXIT_OK : EXIT_FINDINGS;
}

function listConsumers(consumers: readonly ContractConsumer[]): string {
  if (consumers.length === 0) return 'The folder consumers holds no consumer.';
  return `Known consumers: ${consumers.map(({ name }) => name).join(', ')}.`;
}

const SNAPSHOT_FILE = 'contract.snapshot.json';
const CONSUMERS_FOLDER = 'consumers';

/** What the check needs in addition to the contract itself. */
interface ContractFiles {
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
async function readContractFiles(directory: string): Promise<ContractFiles> {
  const folder = join(directory, CONSUMERS_FOLDER);
  const files = (await ifThere(readdir(folder), [])).filter((file) => file.endsWith('.json'));
  const [json, ...consumers] = await Promise.all([
    ifThere(readJson(join(directory, SNAPSHOT_FILE)), {}),
    ...files.sort().map(async (file) => parseConsumer(await readJson(join(folder, file)), file)),
  ]);
  return { snapshot: parseSnapshot(json, SNAPSHOT_FILE), consumers };
}

/** Writes the contract's shapes over the snapshot. */
async function writeSnapshot(directory: string, contract: Contract): Promise<void> {
  await writeJson(join(directory, SNAPSHOT_FILE), takeSnapshot(contract));
}

/**
 * Rewrites what one consumer reads to what the contract holds now; claims that are gone leave its list.
 *
 * The file name is the consumer's name.
 */
async function acceptContract(
  directory: string,
  consumer: ContractConsumer,
  contract: Contract,
): Promise<void> {
  const shapes = Object.entries(takeSnapshot(contract));
  const reads = shapes.filter(([claim]) => Object.hasOwn(consumer.reads, claim));
  const file = join(directory, CONSUMERS_FOLDER, `${consumer.name}.json`);
  const text = await readFile(file, 'utf8');
  // In place: whatever else the file says, and how, is its owner's.
  const edits = modify(text, ['reads'], Object.fromEntries(reads), {
    formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' },
  });
  await writeFile(file, applyEdits(text, edits));
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

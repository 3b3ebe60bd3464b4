import { type Contract, formatFault } from '@cognito-m2m/claim-schema';
import {
  type ContractConsumer,
  ContractError,
  type ContractReport,
  checkContract,
  formatChange,
  lintContract,
} from '@cognito-m2m/claim-schema/contract-diff';
import { Command } from 'commander';
import { acceptContract, readContractFiles, writeSnapshot } from './contract-files.ts';

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

/** Renders what is wrong or new: what breaks, what changed and what to do; of a contract with faults, only those. */
function describeReport({ changes, breakages, faults }: ContractReport): string[] {
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

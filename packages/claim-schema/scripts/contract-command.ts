import { type Contract, formatFault } from '@cognito-m2m/claim-schema';
import {
  ContractError,
  type ContractReport,
  checkContract,
  formatChange,
  lintContract,
} from '@cognito-m2m/claim-schema/contract-diff';
import { acceptContract, readContractFiles, writeSnapshot } from './contract-files.ts';

const EXIT_FINE = 0;
const EXIT_CALLER = 1;
const EXIT_FINDINGS = 2;

/** One call of the command. */
export interface ContractCheck {
  /** Holds `contract.snapshot.json` and `consumers/*.json`. */
  readonly directory: string;
  readonly contract: Contract;
  /** True to write the snapshot, which happens only if no consumer breaks. */
  readonly isUpdate: boolean;
  /** The consumer whose owner has agreed to the contract as it is. */
  readonly accept?: string;
  readonly print: (line: string) => void;
}

/**
 * Runs the contract check as a command.
 *
 * @returns The exit code: 0 fine, 1 for a consumer that does not exist and a file that can't be used, 2 for findings.
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
  const { directory, contract, accept, print } = check;
  const files = await readContractFiles(directory);
  const consumer = files.consumers.find(({ name }) => name === accept);
  if (accept !== undefined && consumer === undefined) {
    print(`No consumer "${accept}"; known: ${files.consumers.map(({ name }) => name).join(', ')}.`);
    return EXIT_CALLER;
  }
  // A consumer can't have agreed to what can't be kept.
  if (consumer !== undefined && lintContract(contract).length === 0) {
    await acceptContract(directory, consumer, contract);
    print(`consumers/${accept}.json holds the contract as it is.`);
  }

  const report = checkContract(contract, await readContractFiles(directory));
  if (check.isUpdate && report.breakages.length + report.faults.length === 0) {
    await writeSnapshot(directory, contract);
    print('contract.snapshot.json is up to date.');
    return EXIT_FINE;
  }
  for (const line of describeReport(report)) print(line);
  return report.isAccepted ? EXIT_FINE : EXIT_FINDINGS;
}

/** Renders a report for people: who breaks, what changed and what to do; of a contract with faults, those alone. */
function describeReport({ changes, breakages, faults, isAccepted }: ContractReport): string[] {
  if (isAccepted)
    return ['The contract is the committed one, and every consumer can live with it.'];
  if (faults.length > 0) {
    const lines = faults.map((fault) => `contract ${formatFault(fault)}`);
    return [...lines, 'Nothing is written before the contract has no fault.'];
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
      : 'No consumer breaks. Commit the change with: npx -y pnpm@12 contract:check --update',
  ];
}

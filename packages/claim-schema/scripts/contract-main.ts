import type { Contract } from '@cognito-m2m/claim-schema';
import { Command } from 'commander';
import { runContractCheck } from './contract-command.ts';

/**
 * Runs `contract:check` for the contract of a package, with the arguments of the process.
 *
 * Sets the exit code of the process: 0 when the contract is the committed one, 1 for a usage or file error, 2 for findings.
 *
 * @param directory - The package's folder: it holds `contract.snapshot.json` and `consumers/`.
 */
export async function runContractCommand(directory: string, contract: Contract): Promise<void> {
  const command = new Command('npx -y pnpm@12 contract:check')
    .description('Shows how the contract changed and which consumers that breaks.')
    .option('--update', 'write the contract to the snapshot, unless a consumer breaks', false)
    .option(
      '--accept <consumer>',
      "write the contract to that consumer's file: its owner has agreed",
    )
    .parse();
  const { update, accept } = command.opts<{ update: boolean; accept?: string }>();
  process.exitCode = await runContractCheck({
    directory,
    contract,
    isUpdate: update,
    ...(accept !== undefined && { accept }),
    print: (line) => console.log(line),
  });
}

export { runContractCheck } from './contract-command.ts';

import { fileURLToPath } from 'node:url';
import { contract } from '@cognito-m2m/claim-schema';
import { Command } from 'commander';
import { runContractCheck } from './contract-command.ts';

const command = new Command('npx -y pnpm@12 contract:check')
  .description(
    'Says how the contract changed and whom that breaks. Ends with 2 unless all is well.',
  )
  .option('--update', 'take the contract into the snapshot, unless a consumer breaks', false)
  .option(
    '--accept <consumer>',
    "take the contract into that consumer's file: its owner has agreed",
  )
  .parse();
const { update, accept } = command.opts<{ update: boolean; accept?: string }>();

process.exitCode = await runContractCheck({
  directory: fileURLToPath(new URL('..', import.meta.url)),
  contract,
  isUpdate: update,
  ...(accept !== undefined && { accept }),
  print: (line) => console.log(line),
});

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contract } from '@cognito-m2m/claim-schema';
import { runContractCheck } from './contract-command.ts';

/*
 * pnpm contract:check                      says what changed and whom it breaks; exit code 2 unless all is well
 * pnpm contract:check --update             takes the contract into the snapshot, unless a consumer breaks
 * pnpm contract:check --accept orders-api  takes the contract into that consumer's file: its owner has agreed
 */
const { values } = parseArgs({
  options: { update: { type: 'boolean', default: false }, accept: { type: 'string' } },
});

process.exitCode = await runContractCheck({
  directory: fileURLToPath(new URL('..', import.meta.url)),
  contract,
  isUpdate: values.update,
  ...(values.accept !== undefined && { accept: values.accept }),
  print: (line) => console.log(line),
});

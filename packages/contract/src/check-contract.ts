import { fileURLToPath } from 'node:url';
import { runContractCommand } from '@cognito-m2m/claim-schema/contract-command';
import { contract } from './contract.ts';

await runContractCommand(fileURLToPath(new URL('..', import.meta.url)), contract);

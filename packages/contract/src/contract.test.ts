import { fileURLToPath } from 'node:url';
import { runContractCheck } from '@cognito-m2m/claim-schema/contract-command';
import { expect, test } from '@jest/globals';
import { contract } from './contract.ts';

test('the contract has no fault, equals its committed snapshot and breaks no consumer', async () => {
  const lines: string[] = [];
  const directory = fileURLToPath(new URL('..', import.meta.url));

  const exitCode = await runContractCheck({
    directory,
    contract,
    isUpdate: false,
    accept: undefined,
    print: (line) => lines.push(line),
  });

  expect({ exitCode, lines }).toMatchObject({ exitCode: 0 });
});

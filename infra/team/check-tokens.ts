import { relative } from 'node:path';
import { contract } from '@cognito-m2m/contract';
import { EnvironmentError, findEnvironmentsDirectory } from '@cognito-m2m/environment';
import {
  compareTokens,
  findUnknownPools,
  readGoldenTokens,
  resolveTokens,
  writeGoldenTokens,
} from './golden-tokens.ts';

// `pnpm tokens:check` checks the pools that the contract names, and compares the tokens of every declared client with the
// committed ones; `--update` rewrites those.
const UPDATE = 'npx -y pnpm@12 tokens:check --update';
try {
  process.exitCode = await checkTokens(process.argv.includes('--update'));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function checkTokens(isUpdate: boolean): Promise<number> {
  const directory = await findEnvironmentsDirectory(import.meta.dirname);
  const unknownPools = await findUnknownPools(directory, contract);
  if (unknownPools.length > 0) {
    const lines = unknownPools.map((line) => `  - ${line}`).join('\n');
    process.stderr.write(
      `The contract requires claims in pools that no environment has:\n${lines}\n`,
    );
    process.stderr.write('Next: correct "required" in packages/contract/src/contract.ts.\n');
    return 2;
  }
  const tokens = await resolveTokens(directory, contract);
  const different = compareTokens(await readGoldenTokens(directory), tokens);
  if (different.length === 0) {
    process.stdout.write('The tokens of all clients are as committed.\n');
    return 0;
  }
  if (isUpdate) {
    const file = await writeGoldenTokens(directory, tokens);
    process.stdout.write(
      `Wrote ${relative(process.cwd(), file)}: ${different.length} clients changed.\n`,
    );
    return 0;
  }
  const lines = different.map((client) => `  - ${client}`).join('\n');
  process.stderr.write(
    `The tokens of ${different.length} clients differ from the committed ones:\n${lines}\n`,
  );
  process.stderr.write(`Next: ${UPDATE}, and review the diff.\n`);
  return 2;
}

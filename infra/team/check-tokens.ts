import { EnvironmentError } from '@cognito-m2m/environment';
import { checkTokens } from './golden-tokens.ts';

// `pnpm tokens:check` checks the pools that the contract names, and compares the tokens of every declared client with the
// committed ones; `--update` rewrites those.
try {
  process.exitCode = await checkTokens(process.argv.includes('--update'));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

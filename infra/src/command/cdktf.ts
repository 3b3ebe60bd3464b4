import { createInterface } from 'node:readline/promises';
import { contract } from '@cognito-m2m/contract';
import { EnvironmentError } from '@cognito-m2m/environment';
import { InfraError } from '../errors.ts';
import { runCommand } from './run-command.ts';

/** What the command says about itself. */
const USAGE = `Usage: npx -y pnpm@12 cdktf <command> <environment or stacks> [options]

  synth <environment>   checks it and writes its configuration:  synth dev
  list <environment>    lists its stacks:                        list dev
  diff <stacks>         shows what a deploy would change:        diff dev-pool-payments
  deploy <stacks>       deploys an environment or a part of it:  deploy 'dev-*'
  destroy <stacks>      destroys what may be destroyed:          destroy 'trial-*'

Options:
  --auto-approve             applies without asking (deploy, destroy)
  --parallelism <n>          how many pools at once, with --auto-approve; default 4
  --terraform-parallelism <n>  how many resources at once in one stack; default 10
  --new-client <name>        creates this app client in a pool that was imported (deploy, diff)
  --break-tokens <pool>      goes on although this existing pool calls the trigger: its token requests may then fail
  --migrate-state            moves Terraform's state when \`state\` in the environment file has changed
  --output <folder>          where the configuration goes (synth)
  --no-color                 no colors

An environment has one stack <environment>-claims and one <environment>-pool-<name> for each pool: docs/deploy.md.
`;

const stop = new AbortController();

function print(line: string, isError = false): void {
  (isError ? process.stderr : process.stdout).write(`${line}\n`);
}

function isTerminal(): boolean {
  return (
    process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
  );
}

async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    const message = 'Cannot ask for confirmation: stdin is not a terminal. Pass --auto-approve.';
    throw new InfraError('ERR_INFRA_NOT_CONFIRMED', message);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question}? Only "yes" is accepted: `);
  terminal.close();
  if (answer.trim() !== 'yes') {
    throw new InfraError('ERR_INFRA_NOT_CONFIRMED', 'Not confirmed. Nothing was changed.');
  }
}

const words = process.argv.slice(2);
if (words.some((word) => ['--help', '-h'].includes(word))) {
  process.stdout.write(USAGE);
} else if (words.length === 0) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  // This process waits until Terraform has ended.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => stop.abort(signal));
  const operator = { print, confirm, hasColors: isTerminal(), stop: stop.signal };
  await runCommand(words, contract, operator).catch((error: unknown) => {
    // These messages are complete; anything else is a bug and keeps its stack.
    if (!(error instanceof EnvironmentError || error instanceof InfraError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

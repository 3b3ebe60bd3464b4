import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { type AwsProvider, type ProviderPlace, startAwsProvider } from '../support/aws-provider.ts';

const execute = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

/** A plan's change of one resource, such as `update aws_dynamodb_table_item.x`. */
type PlannedChange = string;

/** A folder of its own from which the production stacks deploy, with an environment file and local state. */
export interface Deployment {
  /** Where the environment file is. */
  readonly environmentsDirectory: string;
  /** Writes the environment file. */
  declare(environment: EnvironmentInput): Promise<void>;
  /** Writes the import blocks of a stack, or removes them. */
  writeImports(stack: string, blocks: string | undefined): Promise<void>;
  /** Runs the `cdktf` command, one stack after the other. @returns what it printed. @throws if it fails. */
  cdktf(...words: string[]): Promise<string>;
  /** Runs it as people do: Terraform installs and starts its provider, for several stacks at once. */
  cdktfAsPeopleDo(...words: string[]): Promise<string>;
  /** Runs a program where the configuration of one synthesized stack is. @returns what it printed. @throws if it fails. */
  runInStack(stack: string, program: string, ...args: string[]): Promise<string>;
  /** Plans one synthesized stack. @returns what would change, sorted; empty for nothing. */
  plan(stack: string): Promise<PlannedChange[]>;
  /** The state file of one stack. */
  readState(stack: string): Promise<{ readonly serial: number; readonly resources: unknown[] }>;
  remove(): Promise<void>;
}

/** @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui#planned-change */
interface PlannedChangeLine {
  readonly change: { readonly action: string; readonly resource: { readonly addr: string } };
}

const INIT = ['init', '-input=false'];
const PLAN = ['plan', '-input=false', '-lock=false', '-json'];

/** The commands that run Terraform. The provider that runs here holds the configuration of one stack. */
const ONE_STACK_AT_A_TIME = ['--parallelism', '1'];
const TERRAFORM_COMMANDS = ['deploy', 'diff', 'destroy'];

/** Loud enough for a plan of all stacks. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Prepares a deployment of one environment into a local AWS API. */
export async function createDeployment(
  aws: ProviderPlace,
  environment: string,
): Promise<Deployment> {
  const root = await mkdtemp(join(tmpdir(), 'm2m-deploy-'));
  const cwd = join(root, 'infra');
  const main = resolve('@cognito-m2m/infra/main');
  const command = ['--import', resolve('tsx'), resolve('@cognito-m2m/infra/command')];
  const env = { ...process.env, ...aws.env, TF_IN_AUTOMATION: '1' };
  await mkdir(join(cwd, 'environments'), { recursive: true });
  await writeFile(join(cwd, 'package.json'), '{ "type": "module" }');
  // Environment files import `defineEnvironment`.
  await symlink(join(dirname(main), '..', 'node_modules'), join(cwd, 'node_modules'));

  const { run, close } = createRunner(cwd, env, () => startAwsProvider(aws, root));
  const cdktf = (...words: string[]) => {
    const needsProvider = TERRAFORM_COMMANDS.includes(words[0] ?? '');
    const options = needsProvider ? ONE_STACK_AT_A_TIME : [];
    return run(process.execPath, [...command, ...words, ...options], { needsProvider });
  };
  const directoryOf = (stack: string) => join(cwd, 'cdktf.out', environment, 'stacks', stack);
  // Only this stack names files, and the provider does not run in its folder.
  await symlink(join(directoryOf(`${environment}-claims`), 'assets'), join(root, 'assets'));
  const environmentsDirectory = join(cwd, 'environments');
  return {
    environmentsDirectory,
    declare: (input) =>
      writeFile(
        join(environmentsDirectory, `${environment}.ts`),
        `export default ${JSON.stringify(input, undefined, 2)};\n`,
      ),
    async writeImports(stack, blocks) {
      const file = join(cwd, 'imports', `${stack}.tf`);
      await mkdir(join(cwd, 'imports'), { recursive: true });
      await (blocks === undefined ? rm(file, { force: true }) : writeFile(file, blocks));
    },
    cdktf,
    cdktfAsPeopleDo: (...words) => run(process.execPath, [...command, ...words]),
    runInStack: (stack, program, ...args) => run(program, args, { directory: directoryOf(stack) }),
    async plan(stack) {
      const directory = directoryOf(stack);
      // Each run of Terraform reads the provider's schema for seconds: a stack that was deployed is initialised already.
      if (!existsSync(join(directory, '.terraform'))) await run('terraform', INIT, { directory });
      return readChanges(await run('terraform', PLAN, { directory }));
    },
    readState: async (stack) =>
      JSON.parse(await readFile(join(cwd, `terraform.${stack}.tfstate`), 'utf8')),
    async remove() {
      await close();
      await rm(root, { recursive: true });
    },
  };
}

/** Runs programs for one deployment. The provider starts with the first that needs it. */
function createRunner(
  cwd: string,
  env: NodeJS.ProcessEnv,
  startProvider: () => Promise<AwsProvider>,
) {
  let provider: Promise<AwsProvider> | undefined;
  return {
    async run(
      program: string,
      args: string[],
      { directory = cwd, needsProvider = program === 'terraform' } = {},
    ): Promise<string> {
      if (needsProvider) provider ??= startProvider();
      const attached = needsProvider ? (await provider)?.env : {};
      const options = { cwd: directory, env: { ...env, ...attached }, maxBuffer: MAX_OUTPUT_BYTES };
      const { stdout } = await execute(program, args, options);
      return stdout;
    },
    close: async () => (await provider)?.close(),
  };
}

/** Reads the changes out of the lines that `terraform plan -json` prints. */
export function readChanges(lines: string): PlannedChange[] {
  return lines
    .split('\n')
    .filter((line) => line.includes('"planned_change"'))
    .map((line) => {
      const { change }: PlannedChangeLine = JSON.parse(line);
      return `${change.action} ${change.resource.addr}`;
    })
    .sort();
}

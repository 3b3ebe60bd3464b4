import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Environment } from '@cognito-m2m/environment';
import { poolStackName } from '@cognito-m2m/environment/names';
import { App } from 'cdktf';
import { isTrial } from './environment-name.ts';
import { InfraError } from './errors.ts';
import { checkGuardrails } from './guardrails/check-guardrails.ts';
import { IMPORTS_FILE, type StackConfig } from './stack-config.ts';
import { ClaimsStack } from './stacks/claims-stack.ts';
import type { EnvironmentStack } from './stacks/environment-stack.ts';
import { PoolStack } from './stacks/pool-stack.ts';

/** What the app is made from. */
export interface SynthesisOptions {
  /** The folder that holds the trigger's built bundle and nothing else. */
  readonly triggerDirectory: string;
  /** Where the configuration goes. */
  readonly outputDirectory: string;
  /** A folder with Terraform's `import` blocks for a stack, in `<stack>.tf`. @default none */
  readonly importsDirectory?: string;
  /** True to remove what protects the environment from deletion, before it is destroyed. @default false */
  readonly isRetired?: boolean;
}

/** Where CDKTF writes the folders of the stacks. */
const STACKS = 'stacks';
/** Where CDKTF writes the bundle, in a folder named by its content. */
const ASSETS = 'assets';
/** The address of an app client in an `import` block, with its name. */
const IMPORTED_CLIENT = /\bto\s*=\s*aws_cognito_user_pool_client\.client\["([^"]+)"\]/g;

/**
 * Synthesizes the stacks of one environment.
 *
 * The output folder stays as it was unless every stack passes every guardrail and all of them are written.
 *
 * @returns The configuration of each stack by name, as written.
 * @throws {InfraError} `ERR_INFRA_GUARDRAILS_BROKEN` with every violation.
 */
export function synthesizeEnvironment(
  declared: Environment,
  options: SynthesisOptions,
): ReadonlyMap<string, StackConfig> {
  const { isRetired = false } = options;
  const environment = isRetired ? { ...declared, isDisposable: true } : declared;
  // CDKTF creates folders before there is anything to write, and writes one stack after the other.
  const draft = mkdtempSync(join(tmpdir(), 'm2m-synth-'));
  try {
    const app = new App({ outdir: draft });
    const stacks = addStacks(app, environment, options);
    const rendered = new Map(stacks.map((stack) => [stack.node.id, stack.toTerraform()]));
    const mayBeDeleted = isRetired || isTrial(environment.name);
    const pools = new Map(
      environment.pools.map((pool) => [poolStackName(environment.name, pool.name), pool]),
    );
    checkGuardrails(
      [...rendered].map(([name, config]) => ({
        name,
        config,
        mayBeDeleted,
        existingUserPoolId: pools.get(name)?.existing?.userPoolId,
        isProbe: environment.isProbe,
        clientRegistration: pools.get(name)?.clientRegistration ?? 'none',
      })),
    );
    app.synth();
    publishOutput(draft, options);
    return rendered;
  } finally {
    rmSync(draft, { recursive: true });
  }
}

function addStacks(app: App, environment: Environment, options: SynthesisOptions) {
  const { triggerDirectory } = options;
  const claims = new ClaimsStack(app, { environment, triggerDirectory });
  const pools = environment.pools.map((pool): EnvironmentStack => {
    const blocks = readImports(options, poolStackName(environment.name, pool.name)) ?? '';
    const importedClients = [...blocks.matchAll(IMPORTED_CLIENT)].map(([, name = '']) => name);
    const stack = new PoolStack(app, { environment, pool, importedClients });
    // Orders a deploy of the whole environment; nothing is read from the other stack.
    stack.addDependency(claims);
    return stack;
  });
  return [claims, ...pools];
}

/**
 * Copies a finished synth over the one before.
 *
 * What Terraform keeps in a stack's folder, such as its providers, stays; the assets of an earlier bundle go.
 */
function publishOutput(draft: string, options: SynthesisOptions): void {
  const { outputDirectory } = options;
  for (const stack of readdirSync(join(draft, STACKS))) {
    rmSync(join(outputDirectory, STACKS, stack, ASSETS), { recursive: true, force: true });
    rmSync(join(outputDirectory, STACKS, stack, IMPORTS_FILE), { force: true });
    const blocks = readImports(options, stack);
    if (blocks !== undefined) writeFileSync(join(draft, STACKS, stack, IMPORTS_FILE), blocks);
  }
  cpSync(draft, outputDirectory, { recursive: true });
}

function readImports({ importsDirectory }: SynthesisOptions, stack: string): string | undefined {
  const file = importsDirectory && join(importsDirectory, `${stack}.tf`);
  return file && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Finds the folder of the trigger's built bundle.
 *
 * @param isProbe - True for the trigger that does what a probe's requests say. @default false
 * @throws {InfraError} `ERR_INFRA_BUNDLE_MISSING` if it is not built.
 */
export function findTriggerDirectory(isProbe = false): string {
  const { resolve } = createRequire(import.meta.url);
  const name = isProbe ? 'probe-trigger' : 'pre-token-generation';
  try {
    return dirname(resolve(`@cognito-m2m/${name}/bundle`));
  } catch (cause) {
    const message = 'The trigger is not built. Run `npx -y pnpm@12 build` first.';
    throw new InfraError('ERR_INFRA_BUNDLE_MISSING', message, { cause });
  }
}

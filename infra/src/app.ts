import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@cognito-m2m/environment';
import { App } from 'cdktf';
import { isTrial } from './environment-name.ts';
import { checkGuardrails } from './guardrails/check-guardrails.ts';
import { publishOutput } from './publish-output.ts';
import type { StackConfig } from './stack-config.ts';
import { ClaimsStack } from './stacks/claims-stack.ts';
import type { EnvironmentStack } from './stacks/environment-stack.ts';
import { PoolStack } from './stacks/pool-stack.ts';

/** What the app is made from. */
export interface SynthesisOptions {
  /** The folder that holds the trigger's built bundle and nothing else. */
  readonly triggerDirectory: string;
  /** Where the configuration goes. */
  readonly outputDirectory: string;
  /** True to take off what protects the environment from deletion, before it is destroyed. @default false */
  readonly isRetired?: boolean;
}

/**
 * Synthesizes the stacks of one environment.
 *
 * The output folder stays as it was unless every stack keeps every guardrail and all of them are written.
 *
 * @returns The configuration of each stack by name, as written.
 * @throws {InfraError} `ERR_INFRA_GUARDRAILS_BROKEN` with every finding.
 */
export function synthesizeEnvironment(
  declared: Environment,
  options: SynthesisOptions,
): ReadonlyMap<string, StackConfig> {
  const { isRetired = false } = options;
  const environment = isRetired ? { ...declared, isDisposable: true } : declared;
  // CDKTF makes folders before there is anything to put into them, and writes one stack after the other.
  const draft = mkdtempSync(join(tmpdir(), 'm2m-synth-'));
  try {
    const app = new App({ outdir: draft });
    const stacks = addStacks(app, environment, options.triggerDirectory);
    const rendered = new Map(stacks.map((stack) => [stack.node.id, stack.toTerraform()]));
    checkGuardrails(
      [...rendered].map(([name, config]) => ({
        name,
        config,
        mayBeDeleted: isRetired || isTrial(environment.name),
      })),
    );
    app.synth();
    publishOutput(draft, options.outputDirectory);
    return rendered;
  } finally {
    rmSync(draft, { recursive: true });
  }
}

function addStacks(app: App, environment: Environment, triggerDirectory: string) {
  const claims = new ClaimsStack(app, { environment, triggerDirectory });
  const pools = environment.pools.map((pool): EnvironmentStack => {
    const stack = new PoolStack(app, { environment, pool });
    // Orders a deploy of the whole environment; nothing is read from the other stack.
    stack.addDependency(claims);
    return stack;
  });
  return [claims, ...pools];
}

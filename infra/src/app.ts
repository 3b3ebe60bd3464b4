import type { Environment } from '@cognito-m2m/environment';
import { App } from 'cdktf';
import { checkGuardrails } from './guardrails/check-guardrails.ts';
import type { StackConfig } from './stack-config.ts';
import { ClaimsStack } from './stacks/claims-stack.ts';
import type { EnvironmentStack } from './stacks/environment-stack.ts';
import { PoolStack } from './stacks/pool-stack.ts';

/** What the app is made from. */
export interface SynthesisOptions {
  /** The folder that holds the trigger's built bundle and nothing else. */
  readonly triggerDirectory: string;
  /** Where the configuration goes. @default as the `cdktf` command says, or `cdktf.out` */
  readonly outputDirectory?: string;
}

/**
 * Synthesizes the stacks of one environment.
 *
 * Nothing is written unless every stack keeps every guardrail.
 *
 * @returns The configuration of each stack by name, as written.
 * @throws {InfraError} `ERR_INFRA_GUARDRAILS_BROKEN` with every finding.
 */
export function synthesizeEnvironment(
  environment: Environment,
  options: SynthesisOptions,
): ReadonlyMap<string, StackConfig> {
  const { triggerDirectory, outputDirectory } = options;
  const app = new App(outputDirectory === undefined ? {} : { outdir: outputDirectory });
  const stacks = addStacks(app, environment, triggerDirectory);
  const rendered = new Map(stacks.map((stack) => [stack.node.id, stack.toTerraform()]));
  checkGuardrails(
    [...rendered].map(([name, config]) => ({
      name,
      config,
      isDisposable: environment.isDisposable,
    })),
  );
  app.synth();
  return rendered;
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

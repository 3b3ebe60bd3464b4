import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  type Environment,
  type EnvironmentInput,
  validateEnvironment,
} from '@cognito-m2m/environment';
import { findTriggerDirectory, synthesizeEnvironment } from '../src/app.ts';
import type { ResourceArguments, StackConfig } from '../src/stack-config.ts';

/** A synthesized stack. */
export interface SynthesizedStack {
  /** The whole configuration. */
  readonly config: StackConfig;
  /** All resources of a type, without CDKTF's metadata. */
  resources(type: string): ResourceArguments[];
  /** The only resource of a type. */
  resource(type: string): ResourceArguments;
  /** Terraform's reference to an attribute of the only resource of a type. */
  reference(type: string, attribute: string): string;
}

/** Synthesizes an environment into a folder that is deleted afterwards. */
export function synthesized(input: EnvironmentInput): (stackName: string) => SynthesizedStack {
  return synthesizedUnchecked(validateEnvironment(contract, input));
}

/** Synthesizes an environment that no file may declare. */
export function synthesizedUnchecked(
  environment: Environment,
): (stackName: string) => SynthesizedStack {
  const outputDirectory = mkdtempSync(join(tmpdir(), 'm2m-synth-'));
  try {
    const stacks = synthesizeEnvironment(environment, {
      triggerDirectory: findTriggerDirectory(),
      outputDirectory,
    });
    return (stackName) => {
      const config = stacks.get(stackName);
      if (config === undefined) throw new Error(`no stack ${stackName}`);
      return toStack(config);
    };
  } finally {
    rmSync(outputDirectory, { recursive: true });
  }
}

function toStack(config: StackConfig): SynthesizedStack {
  const resources = (type: string): ResourceArguments[] =>
    Object.values(config.resource[type] ?? {}).map(({ '//': _, ...given }) => given);
  return {
    config,
    resources,
    resource(type) {
      const [only, ...others] = resources(type);
      if (only === undefined || others.length > 0) {
        throw new Error(`expected one ${type}, got ${resources(type).length}`);
      }
      return only;
    },
    reference(type, attribute) {
      const [id, ...others] = Object.keys(config.resource[type] ?? {});
      if (id === undefined || others.length > 0) throw new Error(`expected one ${type}`);
      return `\${${type}.${id}.${attribute}}`;
    },
  };
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readChanges } from '../deploy/deployment.ts';
import { type ProviderPlace, startAwsProvider } from '../support/aws-provider.ts';
import { type OwnerChoices, type OwnerPool, ownerConfig } from './owner-config.ts';

const execute = promisify(execFile);

/** The Terraform stack of the pools' owner, with a state of its own. */
export interface OwnerStack {
  /** Writes the code and applies it. */
  apply(choices: OwnerChoices): Promise<void>;
  /** Plans the code that is there. @returns the addresses of what would change; empty for nothing. */
  plan(): Promise<string[]>;
  /** IDs of the pools. */
  readPools(): Promise<{ readonly [P in OwnerPool]: string }>;
  remove(): Promise<void>;
}

/** Prepares the stack: nothing is applied yet. */
export async function createOwnerStack(aws: ProviderPlace): Promise<OwnerStack> {
  const cwd = await mkdtemp(join(tmpdir(), 'm2m-owner-'));
  const provider = await startAwsProvider(aws, cwd);
  const env = { ...process.env, ...aws.env, ...provider.env, TF_IN_AUTOMATION: '1' };
  const terraform = async (...args: string[]) =>
    (await execute('terraform', args, { cwd, env })).stdout;
  let isInitialized = false;

  return {
    async apply(choices) {
      await writeFile(join(cwd, 'main.tf'), ownerConfig(choices));
      if (!isInitialized) await terraform('init', '-input=false');
      isInitialized = true;
      await terraform('apply', '-input=false', '-auto-approve');
    },
    async plan() {
      const lines = await terraform('plan', '-input=false', '-lock=false', '-json');
      return readChanges(lines)
        .map((change) => change.split(' '))
        .filter(([action]) => action !== 'read')
        .map(([, address = '']) => address);
    },
    readPools: async () => JSON.parse(await terraform('output', '-json', 'pools')),
    async remove() {
      await provider.close();
      await rm(cwd, { recursive: true });
    },
  };
}

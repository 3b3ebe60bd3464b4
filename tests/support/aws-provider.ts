import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** A running Terraform provider for AWS. */
export interface AwsProvider {
  /** The variables that make Terraform use it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** What the provider talks to, and where Terraform finds it. */
export interface ProviderPlace {
  readonly env: Readonly<Record<string, string>>;
  /** An unpacked mirror. */
  readonly providerMirror: string;
}

const START_TIMEOUT_MS = 60_000;
const OWNER = ['registry.terraform.io', 'hashicorp', 'aws'];
const PLATFORM = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** Ends the provider with its standard input, so that none outlives the test that started it. */
const SCRIPT = '"$0" -debug <&- & cat >/dev/null; kill $!';

/** Terraform and its provider decode a schema of many megabytes in each run; collecting garbage less often saves a third. */
export const GO_VARIABLES = { GOGC: '400' };

/** It cannot be configured twice with certificates of somebody's own. */
const NO_CERTIFICATES = { AWS_CA_BUNDLE: '' };

/** It writes every resource that it knows to its log each time that Terraform asks for its schema. */
const QUIET = { TF_LOG_SDK: 'off', TF_LOG_PROVIDER: 'off' };

/**
 * Starts the provider once, for many runs of Terraform that follow each other: each run would start it two or three times,
 * and a start costs more processor time than a plan of ours.
 *
 * The process holds one configuration, that of the run which came last. So runs with different configurations, such as
 * those of two stacks, must not overlap.
 *
 * @param place - With the variables of the API that it talks to: it reads its own environment, not that of Terraform.
 * @param cwd - Where file names in configurations begin.
 * @see https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
 */
export async function startAwsProvider(
  { env, providerMirror }: ProviderPlace,
  cwd: string,
): Promise<AwsProvider> {
  const binary = await findBinary(providerMirror);
  const directory = await mkdtemp(join(tmpdir(), 'm2m-provider-'));
  const child = spawn('sh', ['-c', SCRIPT, binary], {
    cwd,
    env: { ...process.env, ...env, ...QUIET, ...NO_CERTIFICATES, TMPDIR: directory },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const address = await readAddress(createInterface(child.stdout));
  return {
    env: { TF_REATTACH_PROVIDERS: address },
    async close() {
      child.stdin.end();
      await exited;
      await rm(directory, { recursive: true });
    },
  };
}

async function readAddress(lines: Interface): Promise<string> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  for await (const [line] of on(lines, 'line', { signal, close: ['close'] })) {
    const [, address] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('The AWS provider ended before it was ready.');
}

/** The newest version in the mirror, which is what Terraform takes as well. */
async function findBinary(providerMirror: string): Promise<string> {
  const versions = await readdir(join(providerMirror, ...OWNER));
  const byNumber = new Intl.Collator('en', { numeric: true });
  const [newest = ''] = versions
    .filter((name) => /^\d/.test(name))
    .sort(byNumber.compare)
    .reverse();
  const directory = join(providerMirror, ...OWNER, newest, PLATFORM);
  const names = await readdir(directory);
  const name = names.find((each) => each.startsWith('terraform-provider-aws'));
  if (name === undefined) throw new Error(`${directory} does not contain the AWS provider.`);
  return join(directory, name);
}

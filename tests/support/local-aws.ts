import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { GO_VARIABLES } from './aws-provider.ts';
import type { DeployTools } from './tools.ts';

/** A local AWS API. */
export interface LocalAws {
  readonly endpointUrl: string;
  /** The mirror in which Terraform finds its provider. */
  readonly providerMirror: string;
  /** The variables that send Terraform and the AWS SDKs to it. */
  readonly env: Readonly<Record<string, string>>;
  /** What makes a client of the AWS SDK talk to it. */
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  close(): Promise<void>;
}

/** How long Python may take to import moto, in milliseconds. */
const START_TIMEOUT_MS = 60_000;

const REGION = 'eu-central-1';

/** Starts moto on a free loopback port, with its gaps filled. */
export async function startLocalAws(tools: DeployTools): Promise<LocalAws> {
  const directory = await mkdtemp(join(tmpdir(), 'm2m-local-aws-'));
  const terraformConfig = join(directory, 'terraform.rc');
  const mirror = JSON.stringify(tools.providerMirror);
  await writeFile(
    terraformConfig,
    `provider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`,
  );
  const moto = spawnMoto(tools.python);
  const endpointUrl = await moto.url;
  return {
    endpointUrl,
    providerMirror: tools.providerMirror,
    env: {
      ...GO_VARIABLES,
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      // A gap in moto would be asked about 25 times.
      AWS_MAX_ATTEMPTS: '2',
      TF_CLI_CONFIG_FILE: terraformConfig,
      CHECKPOINT_DISABLE: '1',
    },
    clientOptions: {
      endpoint: endpointUrl,
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    async close() {
      await moto.end();
      await rm(directory, { recursive: true });
    },
  };
}

function spawnMoto(python: string) {
  const launcher = fileURLToPath(new URL('moto-launcher.py', import.meta.url));
  const child = spawn(python, [launcher], {
    // Without it moto looks for credentials of its own at an address that may not answer.
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const firstLine = once(createInterface(child.stdout), 'line', {
    signal: AbortSignal.timeout(START_TIMEOUT_MS),
  });
  const failed = exited.then(([code]) => {
    throw new Error(`moto ended with code ${code} before it was ready`);
  });
  // After the start, the end of moto is not a failure.
  failed.catch(() => {});
  return {
    url: Promise.race([firstLine, failed]).then(
      ([line]) => (JSON.parse(line) as { url: string }).url,
    ),
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { secretName } from '@cognito-m2m/environment/names';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import {
  createTokenClient,
  secretsManagerCredentials,
  type TokenClient,
  type TokenClientOptions,
} from '@cognito-m2m/token-client';
import { runM2m } from '../support/m2m.ts';
import { type FoundClient, findClient } from '../support/token.ts';
import { TOKEN_ENVIRONMENT, tokenEnvironment } from './token-environment.ts';

/** Local Cognito with the production trigger, and clocks that tests move for the server and its callers alike. */
export interface TokenWorld {
  readonly cognito: LocalEnvironment;
  clientOf(name: 'worker' | 'portal'): FoundClient;
  /** A token client as a service creates it, with the secret out of AWS Secrets Manager. */
  createTokens(name: 'worker' | 'portal', options?: Partial<TokenClientOptions>): TokenClient;
  /** Reads the client's secret, as AWS Secrets Manager keeps it. */
  readSecret(name: 'worker' | 'portal'): Promise<string>;
  /** How many tokens were issued. */
  issued(): number;
  /** The time of the server and of its callers, in milliseconds since 1970. */
  now(): number;
  /** Moves the clocks of everything on. */
  advance(seconds: number): void;
  /** Replaces a client's secret at once with `m2m rotate --retire-now`, as people run it. */
  rotate(name: 'worker' | 'portal'): Promise<void>;
  close(): Promise<void>;
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Starts the world. */
export async function startTokenWorld(): Promise<TokenWorld> {
  const startMs = Date.now();
  let aheadMs = 0;
  let issued = 0;
  // Stands still between two moves, however slow the machine is.
  const clock = () => startMs + aheadMs;
  const cognito = await startLocalEnvironment({
    environment: tokenEnvironment,
    clock,
    allowsClientTokenAuth: true,
    logger: {
      onRequest({ status }) {
        if (status === 200) issued++;
      },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'token-world-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const file = `export default ${JSON.stringify(TOKEN_ENVIRONMENT)};`;
  await writeFile(join(folder, `${tokenEnvironment.name}.ts`), file);
  const config = { region: cognito.region, endpoint: cognito.url, credentials };
  const client = new SecretsManager(config);
  const secretId = (name: string) => secretName(tokenEnvironment.name, 'payments', name);
  return {
    cognito,
    clientOf: (name) => findClient(cognito, 'payments', name),
    createTokens: (name, options) =>
      createTokenClient({
        endpoint: { tokenEndpoint: findClient(cognito, 'payments', name).pool.tokenEndpoint },
        credentials: secretsManagerCredentials({ client, secretId: secretId(name) }),
        time: { now: clock, monotonic: () => aheadMs },
        ...options,
      }),
    async readSecret(name) {
      const { SecretString = '' } = await client.getSecretValue({ SecretId: secretId(name) });
      return SecretString;
    },
    issued: () => issued,
    now: clock,
    advance(seconds) {
      aheadMs += seconds * 1_000;
    },
    async rotate(name) {
      const place = ['--env', tokenEnvironment.name, '--environments', folder];
      const target = ['--local-url', cognito.url];
      const words = ['rotate', 'payments', name, '--retire-now', '--yes', ...place, ...target];
      const { exitCode, stderr } = await runM2m(words);
      if (exitCode !== 0) throw new Error(`m2m rotate ended with ${exitCode}: ${stderr}`);
    },
    async close() {
      client.destroy();
      await Promise.all([cognito.close(), rm(folder, { recursive: true })]);
    },
  };
}

import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import {
  type Claims,
  type Contract,
  claimsSizeBytes,
  type Resolution,
} from '@cognito-m2m/claim-schema';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { contract } from '@cognito-m2m/contract';
import {
  type Environment,
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
  resolveClientTokens,
} from '@cognito-m2m/environment';

/** The custom part of one token, or why there is none. */
type GoldenToken =
  | { readonly sizeBytes: number; readonly claims: Claims }
  | { readonly denied: string };

/** The smallest and the largest token of each client: `environment`, `pool`, `client`. */
interface GoldenTokens {
  readonly [environment: string]: {
    readonly [pool: string]: {
      readonly [client: string]: { readonly smallest: GoldenToken; readonly largest: GoldenToken };
    };
  };
}

const FILE = 'golden-tokens.json';

/**
 * Resolves the tokens of every client in a folder of environment files.
 *
 * @throws {EnvironmentError} `ERR_ENVIRONMENT_INVALID` with all faults of a file.
 */
export async function resolveTokens(directory: string, contract: Contract): Promise<GoldenTokens> {
  const environments = await loadEnvironments(directory, contract);
  return Object.fromEntries(
    environments.map(({ name, pools, trigger }) => {
      const rules = { contract, sizeBudgetBytes: trigger.sizeBudgetBytes };
      const tokens = pools.map((pool) => [
        pool.name,
        Object.fromEntries(
          pool.clients.map((client) => {
            const { smallest, largest } = resolveClientTokens(pool, client, rules);
            return [client.name, { smallest: toGolden(smallest), largest: toGolden(largest) }];
          }),
        ),
      ]);
      return [name, Object.fromEntries(tokens)];
    }),
  );
}

/**
 * Lists the pools that the contract requires a claim in and that no environment has: a misspelled name would require nothing.
 *
 * @returns One line for each: the claim, the name, the pools that exist.
 */
export async function findUnknownPools(directory: string, contract: Contract): Promise<string[]> {
  const environments = await loadEnvironments(directory, contract);
  const pools = new Set(environments.flatMap((one) => one.pools.map(({ name }) => name)));
  return Object.entries(contract).flatMap(([claim, { required }]) => {
    const names = typeof required === 'object' ? required : [];
    return names
      .filter((name) => !pools.has(name))
      .map((name) => `${claim}: required in "${name}", expected one of ${[...pools].join(', ')}`);
  });
}

async function loadEnvironments(directory: string, contract: Contract): Promise<Environment[]> {
  const names = await listEnvironments({ directory });
  return Promise.all(
    names.toSorted().map((name) => loadEnvironment(name, { contract, directory })),
  );
}

/**
 * Reads the committed tokens.
 *
 * None if there is no file yet, or if it is not JSON, as after a write that was killed or a merge with conflicts: then all
 * tokens differ, and an update writes the file again.
 */
export async function readGoldenTokens(directory: string): Promise<GoldenTokens> {
  const text = await readFile(join(directory, FILE), 'utf8').catch((error: unknown) => {
    if (propertyOf(error, 'code') !== 'ENOENT') throw error;
    return '{}';
  });
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Writes the tokens for a commit. @returns The path of the file. */
export async function writeGoldenTokens(directory: string, tokens: GoldenTokens): Promise<string> {
  const file = join(directory, FILE);
  await writeFile(file, `${JSON.stringify(tokens, undefined, 2)}\n`);
  return file;
}

/** Lists the clients whose tokens differ, as `environment pool client`. */
export function compareTokens(golden: GoldenTokens, tokens: GoldenTokens): string[] {
  const [before, after] = [flatten(golden), flatten(tokens)];
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== after.get(key),
  );
}

function flatten(tokens: GoldenTokens): Map<string, string> {
  return new Map(
    Object.entries(tokens).flatMap(([environment, pools]) =>
      Object.entries(pools).flatMap(([pool, clients]) =>
        Object.entries(clients).map(
          ([client, pair]) => [`${environment} ${pool} ${client}`, JSON.stringify(pair)] as const,
        ),
      ),
    ),
  );
}

function toGolden(resolution: Resolution): GoldenToken {
  if (resolution.outcome === 'deny') return { denied: resolution.code };
  return { sizeBytes: claimsSizeBytes(resolution.claims), claims: resolution.claims };
}

const UPDATE = 'npx -y pnpm@12 tokens:check --update';

/**
 * Checks the pools that the contract names, and compares the tokens of every declared client with the committed ones.
 *
 * @param isUpdate - True to write the tokens in place of those that are committed.
 * @returns The exit code: 2 for a difference.
 */
export async function checkTokens(isUpdate: boolean): Promise<number> {
  const directory = await findEnvironmentsDirectory(import.meta.dirname);
  const unknownPools = await findUnknownPools(directory, contract);
  if (unknownPools.length > 0) {
    const lines = unknownPools.map((line) => `  - ${line}`).join('\n');
    process.stderr.write(
      `The contract requires claims in pools that no environment has:\n${lines}\n`,
    );
    process.stderr.write('Next: correct "required" in packages/contract/src/contract.ts.\n');
    return 2;
  }
  const tokens = await resolveTokens(directory, contract);
  const different = compareTokens(await readGoldenTokens(directory), tokens);
  if (different.length === 0) {
    process.stdout.write('The tokens of all clients are as committed.\n');
    return 0;
  }
  if (isUpdate) {
    const file = await writeGoldenTokens(directory, tokens);
    process.stdout.write(
      `Wrote ${relative(process.cwd(), file)}: ${different.length} clients changed.\n`,
    );
    return 0;
  }
  const lines = different.map((client) => `  - ${client}`).join('\n');
  process.stderr.write(
    `The tokens of ${different.length} clients differ from the committed ones:\n${lines}\n`,
  );
  process.stderr.write(`Next: ${UPDATE}, and review the diff.\n`);
  return 2;
}

import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import type { PartialEnvironment } from '../environment-schema.ts';
import { toWatchedPool } from '../watch-variables.ts';
import { type PartialPool, presentEntries } from './rule.ts';

/**
 * Most bytes for what the watcher knows of the pools, and for the canaries.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (4 KB for all variables of a function)
 */
const MAX_VARIABLE_BYTES = 3200;

/** What is watched must be known to the watcher, and a canary must be a client that can get a token by itself. */
export function checkWatch(environment: PartialEnvironment): Fault[] {
  const pools = presentEntries(environment.pools);
  return [
    ...pools.flatMap(([name, pool]) => checkCanary(environment, pool, joinPath('pools', name))),
    ...(environment.watch === undefined ? [] : checkWatchedSize(pools)),
    ...checkCanarySize(pools),
  ];
}

function checkWatchedSize(pools: readonly [string, PartialPool][]): Fault[] {
  const written = pools.map(([name, pool]) => {
    const { plan = 'ESSENTIALS', domainPrefix, clientRegistration = 'none' } = pool;
    const existing = pool.existing && { userPoolId: '', ...pool.existing };
    const userTrigger = pool.userTrigger && {
      functionArn: '',
      eventVersion: 'V3_0' as const,
      ...pool.userTrigger,
    };
    const watched = { name, plan, domainPrefix, existing, userTrigger, clientRegistration };
    return JSON.stringify(toWatchedPool(watched));
  });
  return checkSize(written, {
    path: 'pools',
    problem: "more pools than the variables of the watcher's function have room for",
  });
}

function checkCanarySize(pools: readonly [string, PartialPool][]): Fault[] {
  const written = pools.flatMap(([pool, { canary, clients }]) => {
    const client = canary === undefined ? undefined : clients?.[canary];
    if (client === undefined) return [];
    const { clientId, secretId, scopes = [] } = client;
    return [JSON.stringify({ pool, client: canary, clientId, secretId, scopes })];
  });
  return checkSize(written, {
    path: 'pools',
    problem:
      "more canaries, or scopes of canaries, than the variables of the canary's function have room for",
  });
}

function checkSize(written: readonly string[], fault: Pick<Fault, 'path' | 'problem'>): Fault[] {
  const bytes = Buffer.byteLength(`[${written.join()}]`);
  if (bytes <= MAX_VARIABLE_BYTES) return [];
  const fitting = Math.floor((written.length * MAX_VARIABLE_BYTES) / bytes);
  const got = `${written.length} of them with ${bytes} bytes`;
  return [
    { ...fault, got, expected: `at most ${MAX_VARIABLE_BYTES} bytes: about ${fitting} such` },
  ];
}

function checkCanary(
  { watch }: PartialEnvironment,
  { canary, clients }: PartialPool,
  poolPath: string,
): Fault[] {
  if (canary === undefined) return [];
  const path = joinPath(poolPath, 'canary');
  const client = clients && Object.hasOwn(clients, canary) ? clients[canary] : undefined;
  const unwatched: Fault[] =
    watch === undefined
      ? [{ path, problem: 'nothing watches the environment', expected: 'watch: {} as well' }]
      : [];
  if (client === undefined) {
    const expected = `one of ${Object.keys(clients ?? {}).join(', ')}`;
    return [...unwatched, { path, problem: 'not a client of the pool', got: canary, expected }];
  }
  if (client.claimsFromToken?.required === true) {
    const problem = "cannot get a token without a user's token";
    const expected = 'a client without required claimsFromToken';
    return [...unwatched, { path, problem, got: canary, expected }];
  }
  if (client.clientId !== undefined && client.secretId === undefined) {
    const problem = 'its secret is not known';
    return [...unwatched, { path, problem, got: canary, expected: 'a client with a secretId' }];
  }
  return unwatched;
}

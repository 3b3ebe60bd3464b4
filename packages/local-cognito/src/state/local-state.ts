import { createHash, randomBytes } from 'node:crypto';
import type { ClientDefinition, PoolDefinition, PoolSource } from './pool-definition.ts';

/** One secret of an app client. */
export interface ClientSecret {
  /** `<client id>--<epoch milliseconds>`. */
  readonly id: string;
  readonly value: string;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** One version of a client's entry in AWS Secrets Manager, as this server keeps it. */
export interface SecretVersion {
  readonly id: string;
  /** JSON: `client_id`, `client_secret`, and whatever else was put there. */
  readonly secretString: string;
  /** Staging labels, such as `AWSCURRENT`. */
  readonly stages: readonly string[];
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** What is remembered of one app client. */
export interface ClientState {
  readonly clientId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** One or two, oldest first. */
  readonly secrets: readonly ClientSecret[];
  /** Oldest first. @default the one that a deploy writes, with the oldest secret */
  readonly secretVersions?: readonly SecretVersion[];
}

/** One signing key of a pool. */
export interface SigningKeyState {
  readonly kid: string;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
}

/** What is remembered of one pool. */
export interface PoolState {
  readonly userPoolId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** The last one signs access tokens. The other one is made when the key set is first asked for. */
  readonly signingKeys: readonly SigningKeyState[];
  /** By the key of the client's definition. */
  readonly clients: { readonly [key: string]: ClientState };
}

/** Everything that local Cognito itself keeps; claims are in the table. */
export interface LocalState {
  readonly version: 1;
  /** By the key of the pool's definition. */
  readonly pools: { readonly [key: string]: PoolState };
  /** The pools that the API created. @default none */
  readonly created?: readonly PoolDefinition[];
}

/** The state of a server that never ran. */
export const EMPTY_STATE: LocalState = { version: 1, pools: {} };

/** Keeps the state; an update is kept once its promise resolves. */
export interface StateStore {
  /** The state as it is now. */
  current(): LocalState;
  /**
   * Replaces the state by what `change` makes of it.
   *
   * @throws Whatever `change` throws, and then nothing changes.
   */
  update(change: (state: LocalState) => LocalState): Promise<void>;
}

/** Creates a store that forgets everything when the process ends. */
export function createMemoryStore(initial: LocalState): StateStore {
  let state = initial;
  return {
    current: () => state,
    async update(change) {
      state = change(state);
    },
  };
}

/** The value of an own key: a pool may be called `constructor`. */
export function ownEntry<T>(entries: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

/** Replaces one pool in a state. */
export function withPool(
  state: LocalState,
  poolKey: string,
  change: (pool: PoolState) => PoolState,
): LocalState {
  const pool = ownEntry(state.pools, poolKey);
  if (pool === undefined) return state;
  return { ...state, pools: { ...state.pools, [poolKey]: change(pool) } };
}

/**
 * Brings the remembered state in line with the declared pools: what is no longer declared is forgotten, what is new gets ids and
 * a secret.
 *
 * @param now - Epoch milliseconds.
 */
export function reconcileState(state: LocalState, source: PoolSource, now: number): LocalState {
  const given = source.pools.flatMap(({ userPoolId = [] }) => userPoolId);
  const taken = new Set([
    ...given,
    ...Object.values(state.pools).map(({ userPoolId }) => userPoolId),
  ]);
  const pools = source.pools.map((pool): [string, PoolState] => {
    const known = ownEntry(state.pools, pool.key);
    const userPoolId = pool.userPoolId ?? known?.userPoolId ?? nextPoolId(source.region, taken);
    return [
      pool.key,
      {
        userPoolId,
        createdAt: known?.createdAt ?? toSeconds(now),
        signingKeys: known?.signingKeys ?? [],
        clients: reconcileClients(known, source.name, pool, now),
      },
    ];
  });
  return {
    version: 1,
    pools: Object.fromEntries(pools),
    created: source.pools.filter(({ isCreated }) => isCreated),
  };
}

/**
 * Makes a secret of a client.
 *
 * @param now - Epoch milliseconds.
 * @param others - The client's secrets so far: an id has a millisecond in it, and no two secrets share one.
 */
export function createClientSecret(
  clientId: string,
  now: number,
  value = generateClientSecret(),
  others: readonly ClientSecret[] = [],
): ClientSecret {
  // Later than every other, also where the clock stands still: the ID of a secret that was deleted is not used again.
  const time = Math.max(now, ...others.map(({ id }) => Number(id.split('--').at(-1)) + 1));
  return { id: `${clientId}--${time}`, value, createdAt: toSeconds(time) };
}

function reconcileClients(
  known: PoolState | undefined,
  sourceName: string,
  pool: PoolDefinition,
  now: number,
): PoolState['clients'] {
  const clients = pool.clients.map((client): [string, ClientState] => {
    const before = known && ownEntry(known.clients, client.key);
    const clientId =
      client.clientId ?? before?.clientId ?? toClientId(sourceName, pool.name, client.name);
    const secrets = reconcileSecrets(before?.secrets, client, clientId, now);
    const createdAt = before?.createdAt ?? toSeconds(now);
    return [client.key, { ...before, clientId, createdAt, secrets }];
  });
  return Object.fromEntries(clients);
}

function reconcileSecrets(
  known: readonly ClientSecret[] | undefined,
  { clientSecret }: ClientDefinition,
  clientId: string,
  now: number,
): readonly ClientSecret[] {
  if (clientSecret === null) return known ?? [];
  if (clientSecret === undefined) return known ?? [createClientSecret(clientId, now)];
  const isKept = known?.some(({ value }) => value === clientSecret);
  return known && isKept ? known : [createClientSecret(clientId, now, clientSecret)];
}

function nextPoolId(region: string, taken: Set<string>): string {
  let position = 1;
  while (taken.has(toUserPoolId(region, position))) position += 1;
  const userPoolId = toUserPoolId(region, position);
  taken.add(userPoolId);
  return userPoolId;
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** As long as the ids that Amazon Cognito gives app clients. */
const CLIENT_ID_LENGTH = 26;

/** As long as what follows the Region in the ids that Amazon Cognito gives pools. */
const POOL_ID_LENGTH = 9;

/** Between the 24 and 64 characters that Amazon Cognito allows. */
const SECRET_LENGTH = 52;

/** The lower-case letters and digits of which Amazon Cognito makes ids and secrets. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a pool id of AWS shape; the number is the pool's place in its environment, from 1. */
function toUserPoolId(region: string, position: number): string {
  return `${region}_Local${String(position).padStart(4, '0')}`;
}

/** Derives a client id from names: the same in every run, so that scripts and table items keep their meaning. */
function toClientId(environmentName: string, poolName: string, clientName: string): string {
  const name = JSON.stringify([environmentName, poolName, clientName]);
  return spell(createHash('sha256').update(name).digest(), CLIENT_ID_LENGTH);
}

/** Makes the id of a client that the API creates. */
export function createClientId(): string {
  return spell(randomBytes(CLIENT_ID_LENGTH), CLIENT_ID_LENGTH);
}

/** Makes the id of a pool that the API creates. */
export function createUserPoolId(region: string): string {
  return `${region}_${spell(randomBytes(POOL_ID_LENGTH), POOL_ID_LENGTH)}`;
}

/** Generates a client secret. */
function generateClientSecret(): string {
  return spell(randomBytes(SECRET_LENGTH), SECRET_LENGTH);
}

// 256 is not a multiple of 36: four letters are slightly likelier, which costs less than 1 bit of 268.
function spell(bytes: Buffer, length: number): string {
  return [...bytes.subarray(0, length)]
    .map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join('');
}

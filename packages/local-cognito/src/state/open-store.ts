import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { lockDataDirectory } from './data-lock.ts';
import {
  type ClientSecret,
  type ClientState,
  createMemoryStore,
  EMPTY_STATE,
  type LocalState,
  ownEntry,
  type PoolState,
  type StateStore,
} from './local-state.ts';
import type { ClientDefinition, PoolDefinition, PoolSource } from './pool-definition.ts';

/**
 * Opens the state of a server, in a folder if there is one.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_IN_USE` or `ERR_LOCAL_DATA_INVALID`.
 */
export async function openStore(
  dataDirectory: string | undefined,
  cleanup: Cleanup,
): Promise<StateStore> {
  if (dataDirectory === undefined) return createMemoryStore(EMPTY_STATE);
  cleanup.add(await lockDataDirectory(dataDirectory));
  return createFileStore(dataDirectory);
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

const FILE_NAME = 'state.json';

/** Only the owner may read private keys and secrets. */
const FILE_MODE = 0o600;

/**
 * Creates a store that keeps the state in a folder.
 *
 * The folder is there. An update is on the disk before its promise resolves: written aside, flushed, then put in place by one rename.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_DATA_INVALID` for a file that this version cannot read.
 */
export async function createFileStore(directory: string): Promise<StateStore> {
  const file = join(directory, FILE_NAME);
  let state = await readState(file);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    current: () => state,
    update(change) {
      const update = queue.then(async () => {
        const next = change(state);
        await writeAtomically(directory, file, JSON.stringify(next, null, 2));
        state = next;
      });
      // A failed update is its caller's news; the next one starts from the state before it.
      queue = update.catch(() => undefined);
      return update;
    },
  };
}

async function readState(file: string): Promise<LocalState> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unreadable(file, cause);
  });
  if (text === undefined) return EMPTY_STATE;
  const state = parseState(text);
  if (state?.version === EMPTY_STATE.version && typeof state.pools === 'object') return state;
  throw unreadable(file, new Error('it is not a state of this version'));
}

// Only this module writes the file, and whole: a version that fits is proof enough of the rest.
function parseState(text: string): LocalState | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

async function writeAtomically(directory: string, file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  await flush(draft, 'w', (handle) => handle.writeFile(text));
  await rename(draft, file);
  // The rename itself is durable once the folder is flushed.
  await flush(directory, 'r', async () => undefined);
}

async function flush(
  path: string,
  flags: string,
  write: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags, FILE_MODE);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, cause: unknown): LocalCognitoError {
  const reason = cause instanceof Error ? cause.message : 'unknown error';
  const message = `${file} cannot be read: ${reason}. Choose another folder with --data, or remove this one.`;
  return new LocalCognitoError('ERR_LOCAL_DATA_INVALID', message, { cause });
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

/** One request for a token, as the server remembers it: names and outcomes, never a secret or a token. */
export interface RequestRecord {
  /** Counts up from 1. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly via: 'oauth2/token' | 'GetClientToken';
  /** HTTP status of the answer. */
  readonly status: number;
  readonly durationMs: number;
  readonly poolName?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientName?: string | undefined;
  /** The scopes of the token. */
  readonly scopes?: readonly string[] | undefined;
  /** Names of the claims that the trigger added. */
  readonly customClaims?: readonly string[] | undefined;
  /** Names of the reserved claims that the trigger tried to change. */
  readonly ignoredClaims?: readonly string[] | undefined;
  /** The error code of a refused request. */
  readonly error?: string | undefined;
  /** Why the request was refused: the trigger's message or the rule that was broken. */
  readonly reason?: string | undefined;
}

/** Why a request was refused, in one line; a trigger's error holds its reason already. */
export function describeRefusal({ error = 'error', reason }: RequestRecord): string {
  return reason !== undefined && error.includes(reason)
    ? reason
    : `${error}: ${reason ?? 'no reason given'}`;
}

/** A request as it is remembered: small, because so many are, and without what only a reader needs. */
interface JournalEntry extends Omit<RequestRecord, 'sequence' | 'at' | 'durationMs'> {
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

/** Remembers the last requests. */
export interface Journal {
  /** Adds a request. */
  add(entry: JournalEntry): void;
  /** The remembered requests, newest first. */
  latest(): readonly RequestRecord[];
  /** Calls `listener` with each new request. @returns A function that stops it. */
  subscribe(listener: (record: RequestRecord) => void): () => void;
}

/** Enough for a page of them. */
const CAPACITY = 200;

/** Creates an empty journal. */
export function createJournal(capacity = CAPACITY): Journal {
  const entries: JournalEntry[] = [];
  const listeners = new Set<(record: RequestRecord) => void>();
  let count = 0;
  return {
    add(entry) {
      count += 1;
      entries.push(entry);
      if (entries.length > capacity) entries.shift();
      for (const listener of listeners) listener(toRecord(entry, count));
    },
    latest() {
      const first = count - entries.length + 1;
      return entries.map((entry, position) => toRecord(entry, first + position)).reverse();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function toRecord(entry: JournalEntry, sequence: number): RequestRecord {
  const { startedAt, endedAt, ...others } = entry;
  const at = new Date(startedAt).toISOString();
  return { sequence, at, durationMs: endedAt - startedAt, ...others };
}

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
  readonly scopes?: readonly string[];
  /** Names of the claims that the trigger added. */
  readonly customClaims?: readonly string[];
  /** Names of the reserved claims that the trigger tried to change. */
  readonly ignoredClaims?: readonly string[];
  /** The error code of a refused request. */
  readonly error?: string;
  /** Why the request was refused: the trigger's message or the rule that was broken. */
  readonly reason?: string;
}

/** Remembers the last requests. */
export interface Journal {
  /** Adds a request. @param describe - Called once the record is read, which most of them never are. */
  add(describe: () => Omit<RequestRecord, 'sequence'>): void;
  /** The remembered requests, newest first. */
  latest(): readonly RequestRecord[];
  /** Calls `listener` with each new request. @returns A function that stops it. */
  subscribe(listener: (record: RequestRecord) => void): () => void;
}

/** Enough for a page of them. */
const CAPACITY = 200;

/** Creates an empty journal. */
export function createJournal(capacity = CAPACITY): Journal {
  const records: (() => RequestRecord)[] = [];
  const listeners = new Set<(record: RequestRecord) => void>();
  let sequence = 0;
  return {
    add(describe) {
      sequence += 1;
      const record = describeOnce(sequence, describe);
      records.push(record);
      if (records.length > capacity) records.shift();
      for (const listener of listeners) listener(record());
    },
    latest: () => records.map((record) => record()).reverse(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function describeOnce(
  sequence: number,
  describe: () => Omit<RequestRecord, 'sequence'>,
): () => RequestRecord {
  let record: RequestRecord | undefined;
  return () => {
    record ??= { sequence, ...describe() };
    return record;
  };
}

import { isUnknownOperation } from './unknown-operation.ts';

/** Reads what a command can do without; what could not be read is kept for its report. */
export interface OptionalReads {
  /** Reads one thing; `undefined` if it is not there, or if this caller or this API can't read it. */
  read<T>(what: string, answer: Promise<T>): Promise<T | undefined>;
  /** What could not be read, and why, each once. */
  readonly notRead: readonly string[];
  /** Those of them that this caller may not read. */
  readonly notAllowed: readonly string[];
}

const MISSING: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'ProvisionedConcurrencyConfigNotFoundException',
  'WAFNonexistentItemException',
]);
const REFUSED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'NotAuthorizedException',
]);

/** Creates a collector for one run. */
export function createOptionalReads(): OptionalReads {
  const notRead = new Set<string>();
  const notAllowed = new Set<string>();
  return {
    get notRead() {
      return [...notRead];
    },
    get notAllowed() {
      return [...notAllowed];
    },
    async read(what, answer) {
      try {
        return await answer;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (MISSING.has(error.name)) return undefined;
        const isRefused = REFUSED.has(error.name);
        if (!isRefused && !isUnknownOperation(error)) throw error;
        const line = `${what}: ${isRefused ? 'not allowed to' : 'this API has no such operation'}`;
        notRead.add(line);
        if (isRefused) notAllowed.add(line);
        return undefined;
      }
    },
  };
}

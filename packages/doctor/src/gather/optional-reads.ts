import { propertyOf } from '@cognito-m2m/claim-schema/values';
import type { Reading } from '../deployment-view.ts';

/** Reads what a command can do without; what could not be read is kept for its report. */
export interface OptionalReads {
  /** Reads one thing; `undefined` if it does not exist, or if this caller or this API cannot read it. */
  read<T>(what: string, answer: Promise<T>): Promise<T | undefined>;
  /** Reads one thing and tells "does not exist" from "cannot be read", which is `undefined`. */
  look<T>(what: string, answer: Promise<T | undefined>): Promise<Reading<T> | undefined>;
  /** Notes something that is not looked at, and why. */
  skip(line: string): void;
  /** What could not be read, and why, each once. */
  readonly notRead: readonly string[];
  /** Those of them that this caller may not read. */
  readonly notAllowed: readonly string[];
}

const MISSING: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'NotFoundException',
  'NoSuchEntityException',
  'ParameterNotFound',
  'ProvisionedConcurrencyConfigNotFoundException',
  'WAFNonexistentItemException',
]);
const REFUSED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'NotAuthorizedException',
]);

/** The answer of AWS, or `undefined` if AWS says that the thing does not exist. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && MISSING.has(error.name)) return undefined;
    throw error;
  });
}

/** True if the API does not know the operation, as emulators of AWS do not know all. */
export function isUnknownOperation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'UnknownOperationException' ||
    error.name === 'NotImplemented' ||
    statusOf(error) === 501
  );
}

/** The HTTP status of an error of the SDK; `NaN` for any other. */
export function statusOf(error: unknown): number {
  return Number(propertyOf(propertyOf(error, '$metadata'), 'httpStatusCode'));
}

/** Creates a collector for one run. */
export function createOptionalReads(): OptionalReads {
  const notRead = new Set<string>();
  const notAllowed = new Set<string>();
  const look: OptionalReads['look'] = async (what, answer) => {
    try {
      return { found: await ifFound(answer) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isRefused = REFUSED.has(error.name);
      if (!isRefused && !isUnknownOperation(error)) throw error;
      const reason = isRefused ? 'not allowed to read it' : 'this API has no such operation';
      const line = `${what}: ${reason}`;
      notRead.add(line);
      if (isRefused) notAllowed.add(line);
      return undefined;
    }
  };
  return {
    skip: (line) => {
      notRead.add(line);
    },
    get notRead() {
      return [...notRead];
    },
    get notAllowed() {
      return [...notAllowed];
    },
    look,
    read: async (what, answer) => (await look(what, answer))?.found,
  };
}

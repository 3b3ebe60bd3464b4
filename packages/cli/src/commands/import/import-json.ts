import type { Adoption } from '../../import/find-adoption.ts';
import type { ImportNote } from '../../import/import-note.ts';

/** One thing that the file leaves out, or says although AWS did not. */
export interface ImportNoteJson extends Omit<ImportNote, 'place'> {
  /** `environment`, `pool payments`, `client payments/web-app`. */
  readonly subject: string;
}

/** One pool in the file. */
interface ImportedPoolJson {
  readonly pool: string;
  readonly userPoolId: string;
  /** True if a deploy of this environment made it. */
  readonly isDeployed: boolean;
  /** Names of the declared clients. */
  readonly clients: readonly string[];
}

/** The answer of `m2m import --json`. */
export interface ImportJson {
  readonly environment: string;
  readonly region: string;
  /** The file that was written; `null` if its text is the answer. */
  readonly file: string | null;
  /** The file's text, only with `--out -`. */
  readonly source?: string;
  readonly pools: readonly ImportedPoolJson[];
  /** What the file says although AWS does not. */
  readonly assumed: readonly ImportNoteJson[];
  /** What the file can't say. */
  readonly undeclared: readonly ImportNoteJson[];
  /** What could not be read, and why. */
  readonly notRead: readonly string[];
  /** What is wrong with the file as it is, to be completed by hand. */
  readonly faults: readonly string[];
  /** How Terraform takes over the pools that no deploy of this environment made. */
  readonly adoption: readonly Adoption[];
}

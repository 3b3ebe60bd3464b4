import type { ImportNote } from '../import-note.ts';

/** A note before it is said what it is about. */
export type Finding = Omit<ImportNote, 'place'>;

/** The finding, if it is one. */
export function when(isFound: boolean, finding: Finding): Finding[] {
  return isFound ? [finding] : [];
}

/** True if there is something in the list. */
export function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

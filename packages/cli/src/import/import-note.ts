/** What a note is about; neither of them means the whole environment. */
export interface Place {
  readonly pool?: string;
  readonly client?: string;
}

/** Something that an environment file can't say as it is, or that AWS did not say. Never holds a claim value or a secret. */
export interface ImportNote {
  readonly place: Place;
  /** What was found: "MFA is ON". */
  readonly what: string;
  /** Why the file can't say it. */
  readonly why: string;
  /** What happens to it, now and at the first deploy. */
  readonly outcome: string;
}

/** A part of an environment file, and what it leaves out. */
export interface Declared<T> {
  readonly value: T;
  readonly notes: readonly ImportNote[];
}

/** A note before it is said what it is about. */
export type NoteText = Omit<ImportNote, 'place'>;

/** The text, if it is one. */
export function when(isFound: boolean, text: NoteText): NoteText[] {
  return isFound ? [text] : [];
}

/** True if there is something in the list. */
export function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** The members with something in them: nobody writes an empty list or object into a file. */
export function filled<T extends object>(
  members: {
    readonly [name in keyof T]: T[name] | undefined;
  },
): Partial<T> {
  const kept = Object.entries(members).filter(
    ([, value]) =>
      value !== undefined && (typeof value !== 'object' || Object.keys(value ?? {}).length > 0),
  );
  // What is left has the type of its member.
  return Object.fromEntries(kept) as Partial<T>;
}

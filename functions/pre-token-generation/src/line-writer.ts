/** The part of a Powertools logger that is used: `members` are the line's fields as JSON text, see `json-members.ts`. */
export interface LineWriter {
  info(message: string, members: string): void;
  warn(message: string, members: string): void;
  error(message: string, members: string): void;
}

/** The fields of one log line. */
export type LineFields = { [name: string]: unknown };

/** The part of a Powertools logger that is used. */
export interface LineWriter {
  info(message: string, fields: LineFields): void;
  warn(message: string, fields: LineFields): void;
  error(message: string, fields: LineFields): void;
}

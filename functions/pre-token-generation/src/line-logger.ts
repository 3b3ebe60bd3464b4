import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { joinMembers, toMembers } from './json-members.ts';
import type { LineWriter } from './line-writer.ts';

/**
 * Puts a line together as text.
 *
 * The default formatter merges all fields deeply and asks for the time zone each time; here most of a line comes as text
 * already, in the field that Powertools calls `extra`.
 */
class LineFormatter extends LogFormatter {
  override formatAttributes(
    { logLevel, message, timestamp, serviceName, xRayTraceId }: UnformattedAttributes,
    { extra = '' }: LogAttributes,
  ): LogItem {
    const attributes = {
      level: logLevel,
      message,
      timestamp: timestamp.toISOString(),
      service: serviceName,
      xray_trace_id: xRayTraceId,
    };
    return new LogItem({ attributes: { line: joinMembers(toMembers(attributes), String(extra)) } });
  }
}

/** Prints the formatter's text; the default one turns fields into text by a function called for every member. */
class LineLogger extends Logger {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    super({ logFormatter: new LineFormatter() });
    this.#write = write;
  }

  protected override printLog(_logLevel: number, log: LogItem): void {
    this.#write(`{${log.getAttributes()['line']}}\n`);
  }
}

/**
 * Creates a logger; level and service name come from the variables of Powertools.
 *
 * @param write - Takes a line, its line break included.
 */
export function createLineLogger(write: (line: string) => void): LineWriter {
  return new LineLogger(write);
}

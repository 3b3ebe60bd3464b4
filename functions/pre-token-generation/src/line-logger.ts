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
  protected override printLog(_logLevel: number, log: LogItem): void {
    process.stdout.write(`{${log.getAttributes()['line']}}\n`);
  }
}

/** Creates the logger of one container; level and service name come from the variables of Powertools. */
export function createLineLogger(): LineWriter {
  return new LineLogger({ logFormatter: new LineFormatter() });
}

import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { LineWriter } from './line-writer.ts';

/** Puts a line together from plain fields; the default one merges them deeply and asks for the time zone each time. */
class LineFormatter extends LogFormatter {
  override formatAttributes(
    { logLevel, message, timestamp, serviceName, xRayTraceId }: UnformattedAttributes,
    fields: LogAttributes,
  ): LogItem {
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: timestamp.toISOString(),
        service: serviceName,
        xray_trace_id: xRayTraceId,
        ...fields,
      },
    });
  }
}

/**
 * Writes lines of plain data.
 *
 * The default one calls a function for every member of a line, to render errors and break cycles: our lines hold
 * neither, and writing one is most of what a token costs that is in memory.
 */
class LineLogger extends Logger {
  protected override printLog(_logLevel: number, log: LogItem): void {
    process.stdout.write(`${JSON.stringify(log.getAttributes())}\n`);
  }
}

/** Creates the logger of one container; level and service name come from the variables of Powertools. */
export function createLineLogger(): LineWriter {
  return new LineLogger({ logFormatter: new LineFormatter() });
}

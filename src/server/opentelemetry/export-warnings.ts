import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { TelemetryOptions } from "../telemetry.ts";

interface Exporter<Data> {
  export(data: Data, done: (result: ExportResult) => void): void;
}

/**
 * Says in the log when a collector stops taking what it is sent, and when it takes it again: once each. Not what it
 * said, which may be anything.
 */
export function warningOnFailure<Data, E extends Exporter<Data>>(
  exporter: E,
  what: string,
  logger: TelemetryOptions["logger"],
): E {
  const send = exporter.export.bind(exporter);
  let fails = false;
  exporter.export = (data, done) => {
    send(data, (result) => {
      const failed = result.code === ExportResultCode.FAILED;
      if (failed && !fails)
        logger.warn({ opentelemetry: `the collector does not take ${what}: they are lost` });
      if (!failed && fails) logger.info({ opentelemetry: `the collector takes ${what} again` });
      fails = failed;
      done(result);
    });
  };
  return exporter;
}

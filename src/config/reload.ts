import type { Logger } from "pino";
import { ConfigError } from "./layers.ts";

/** Settings that can be read anew while the server runs. */
export interface Reloadable<Value> {
  /** What is in force. Who has it keeps it: running answers notice nothing of another. */
  current(): Value;
  /** Reads anew, for SIGHUP. What is wrong is refused with a line in the log, and the old settings stay. */
  reload(logger: Pick<Logger, "info" | "error">): void;
}

/** @throws {ConfigError} where the first reading fails */
export function reloadable<Value>(load: () => Value): Reloadable<Value> {
  let current = load();
  return {
    current: () => current,
    reload(logger) {
      try {
        current = load();
        logger.info({ reload: "providers and routes were read anew" });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        logger.error({ reload: "refused, the old providers and routes stay", error: error.message });
      }
    },
  };
}

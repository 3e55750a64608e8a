import { isLoopbackHost } from "../core/loopback.ts";
import { ConfigError } from "./layers.ts";

/** What stands in a flag is there for all to read who can list processes. @throws {ConfigError} */
export function checkLedger(ledger: string | undefined, isFlag: boolean): void {
  if (ledger === undefined || ledger.startsWith("sqlite:")) return;
  const url = URL.parse(ledger);
  if (url === null) throw new ConfigError("ledger is no address such as postgres://user@host/database.");
  if (!isFlag || url.password === "") return;
  throw new ConfigError(
    "--ledger must have no password in it: others on this machine can read flags. Put it into NASH_LLM_LEDGER_PASSWORD or --ledger-password-file.",
  );
}

/** @throws {ConfigError} for a password where all can read it, and for a connection that others could read */
export function checkStore(store: string | undefined, isFlag: boolean): void {
  if (store === undefined) return;
  const url = URL.parse(store);
  if (url === null) throw new ConfigError("store is no address such as rediss://cache.example:6379.");
  if (isFlag && url.password !== "")
    throw new ConfigError(
      "--store must have no password in it: others on this machine can read flags. Put it into NASH_LLM_STORE_PASSWORD or --store-password-file.",
    );
  if (url.protocol === "redis:" && !isLoopbackHost(url.hostname))
    throw new ConfigError(
      `store = "redis://…" is not encrypted, and ${url.hostname} is not this machine: use rediss:// there.`,
    );
}

import type { UsageInMemory } from "../clients/usage-in-memory.ts";
import type { Secrets, Settings } from "../config.ts";
import type { ServerOptions } from "../server/start.ts";
import { UsageError } from "./exit.ts";

/** A key of fewer characters can be guessed by whoever has what the store holds. */
const LEAST_KEY = 32;

/**
 * What the server shares with others through `--store`; nothing without one, and then none of it is loaded.
 * @param local counts what clients have used while the store cannot be reached
 * @throws {UsageError} for settings that do not go together
 */
export async function openStore(
  settings: Settings,
  { storeKey, storePassword }: Secrets,
  { logger }: ServerOptions,
  local: UsageInMemory | undefined,
): Promise<Pick<ServerOptions, "shared" | "clientUsage">> {
  if (settings.store === undefined) return {};
  if (storeKey === undefined || storeKey.reveal().length < LEAST_KEY)
    throw new UsageError(
      `--store needs a key of at least ${LEAST_KEY} characters, the same for all servers, in NASH_LLM_STORE_KEY or --store-key-file: openssl rand -hex 32`,
    );
  if (storePassword !== undefined && settings.store.startsWith("redis+unix:"))
    throw new UsageError(
      "A store behind a socket takes no password: the rights of the socket say who may use it.",
    );
  const { openShared } = await import("../store/open-shared.ts");
  return openShared(settings.store, { password: storePassword, key: storeKey }, logger, local);
}

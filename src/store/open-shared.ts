import { UsageInMemory } from "../clients/usage-in-memory.ts";
import type { Secret } from "../core/secret.ts";
import type { Log } from "../server/log.ts";
import type { Shared } from "../server/start.ts";
import { AnswersInStore } from "./answers-in-store.ts";
import { redisConnection } from "./connection.ts";
import { HealthInStore } from "./health-in-store.ts";
import { SharedStore } from "./shared-store.ts";
import { StoreKey } from "./store-key.ts";
import { UsageInStore } from "./usage-in-store.ts";
import { whyLost } from "./why-lost.ts";

export interface StoreSecrets {
  readonly password: Secret | undefined;
  readonly key: Secret;
}

/**
 * Opens the store of the settings. Nothing is waited for: until it is reached, the server goes on alone.
 * @param address of the settings
 * @param local counts what clients have used while the store cannot be reached
 */
export function openShared(
  address: string,
  { password, key }: StoreSecrets,
  logger: Pick<Log, "info" | "warn">,
  local: UsageInMemory = new UsageInMemory(),
): { readonly shared: Shared; readonly clientUsage: UsageInStore } {
  const url = new URL(address);
  if (password !== undefined) url.password = encodeURIComponent(password.reveal());
  const store = new SharedStore({
    connection: () => redisConnection(url.href),
    whyLost: (command) => whyLost(url, command),
    key: new StoreKey(key),
    logger,
  });
  const answers = new AnswersInStore(store);
  const shared: Shared = {
    answers,
    health: new HealthInStore(store),
    isDegraded: () => !store.isUp,
    async close() {
      await answers.close();
      store.close();
    },
  };
  const clientUsage = new UsageInStore(store, local);
  store.start();
  return { shared, clientUsage };
}

import { UsageInMemory } from "../clients/usage-in-memory.ts";
import type { Secrets } from "../config.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { LedgerStore } from "../ledger/store.ts";
import type { Log } from "../server/log.ts";

/** A server's ledger, and the clients' counts, which begin with what it says they have spent today. */
export interface OpenedLedger {
  readonly ledger: Ledger;
  readonly clientUsage: UsageInMemory;
}

/** The ledger and its database are loaded only where they are wanted. Nothing is waited for. */
export async function openLedger(
  setting: string,
  { ledgerPassword }: Secrets,
  logger: Log,
): Promise<OpenedLedger> {
  const [{ openStore }, { Ledger }] = await Promise.all([
    import("../ledger/open-store.ts"),
    import("../ledger/ledger.ts"),
  ]);
  const store = await openStore(setting, ledgerPassword);
  const clientUsage = new UsageInMemory();
  // A database that is new, or gone, has nothing to tell; that it is gone is told when it is written.
  void readCosts(store, clientUsage).catch(() => undefined);
  return { ledger: new Ledger(store, logger), clientUsage };
}

async function readCosts(store: LedgerStore, usage: UsageInMemory): Promise<void> {
  const { usageLine, usageQuery } = await import("../ledger/usage-query.ts");
  const since = new Date().toISOString().slice(0, 10);
  const { sql, parameters } = usageQuery(["client"], { since, names: {} });
  for (const { client, cost } of (await store.query(sql, parameters)).map(usageLine))
    if (client !== "" && cost > 0) usage.spentBefore({ name: client }, cost);
}

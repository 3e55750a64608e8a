import { afterEach, expect, test } from "bun:test";
import { UsageInMemory } from "../../src/clients/usage-in-memory.ts";
import { Secret } from "../../src/core/secret.ts";
import type { RedisConnection } from "../../src/store/connection.ts";
import { SharedStore } from "../../src/store/shared-store.ts";
import { StoreKey } from "../../src/store/store-key.ts";
import { UsageInStore } from "../../src/store/usage-in-store.ts";

/** A store that is there or not, as the test says, with a stand-in for the connection. */
const stores: SharedStore[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

function storeOver(answer: (command: string, args: readonly string[]) => unknown) {
  const state = { isThere: true };
  const lines: unknown[] = [];
  const open = new Set<() => void>();
  const connection = (): RedisConnection => {
    const closed = Promise.withResolvers<never>();
    closed.promise.catch(() => undefined);
    const close = () => closed.reject(Object.assign(new Error("secret address"), { code: "ERR_CLOSED" }));
    open.add(close);
    return {
      connect: () => (state.isThere ? Promise.resolve() : Promise.reject(new Error("secret address"))),
      send: (command, args) =>
        command === "XREAD"
          ? closed.promise
          : Promise.race([Promise.resolve(answer(command, args)), closed.promise]),
      close,
    };
  };
  const log = (line: unknown) => void lines.push(line);
  const store = new SharedStore({
    connection,
    key: new StoreKey(new Secret("k".repeat(40))),
    logger: { info: log, warn: log } as never,
  });
  stores.push(store);
  const lose = () => {
    state.isThere = false;
    for (const close of open) close();
  };
  return { store, state, lines, lose };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !holds(); i++) await Bun.sleep(10);
  expect(holds()).toBe(true);
}

test("a store that is lost is told of once, and reached again", async () => {
  const { store, state, lines, lose } = storeOver(() => "OK");
  let ups = 0;
  store.onUp(() => ups++);
  store.start();
  await until(() => store.isUp);
  lose();
  await until(() => !store.isUp);
  expect(store.command("GET", "a")).rejects.toThrow("cannot be reached");
  await Bun.sleep(1_200);
  state.isThere = true;
  await until(() => store.isUp);
  expect(ups).toBe(2);
  expect(lines.map((line) => (line as { store: string }).store)).toEqual(["reached", "lost", "reached"]);
  expect(JSON.stringify(lines)).not.toContain("secret address");
});

test("clients are counted by the store, alone without it, and what they spent meanwhile is told when it is back", async () => {
  const settled: unknown[][] = [];
  const { store, state, lose } = storeOver((command, args) => {
    if (command !== "EVAL") return "OK";
    const isAdmission = String(args[0]).includes("cjson");
    if (!isAdmission) settled.push(args.slice(5, 7).map(Number));
    return isAdmission ? ["costPerDay", 90_000] : 1;
  });
  const usage = new UsageInStore(store, new UsageInMemory());
  const client = { name: "ada", models: ["*"], limits: { streams: 1 } };
  const [first, second] = [{ isAnswer: true }, { isAnswer: true }];
  store.start();
  await until(() => store.isUp);
  expect(await usage.admit(client, first)).toEqual({ limit: "costPerDay", retryAfter: 90 });
  lose();
  await until(() => !store.isUp);
  expect(await usage.admit(client, first)).toBeUndefined();
  expect(await usage.admit(client, second)).toMatchObject({ limit: "streams" });
  usage.settle(client, first, { tokens: 7, cost: 0.5 });
  expect(await usage.admit(client, second)).toBeUndefined();
  usage.settle(client, second, { tokens: 3, cost: 0.25 });
  expect(settled).toEqual([]);
  state.isThere = true;
  await until(() => settled.length > 0);
  expect(settled).toEqual([[10, 0.75]]);
});

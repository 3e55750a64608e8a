import { expect, test } from "bun:test";
import { IDLE, KeepAliveReader } from "../../src/api/keep-alive.ts";

/** A source whose values are given by hand. */
function source<T>() {
  const asked: PromiseWithResolvers<T>[] = [];
  return {
    asked,
    next() {
      const value = Promise.withResolvers<T>();
      asked.push(value);
      return value.promise;
    },
  };
}

test("hands on what comes", async () => {
  const from = source<number>();
  const reader = new KeepAliveReader(from, 60_000);
  const next = reader.next();
  from.asked[0]?.resolve(7);
  expect(await next).toBe(7);
  reader.close();
});

test("says silence when nothing came for too long, and loses nothing by it", async () => {
  const from = source<number>();
  const reader = new KeepAliveReader(from, 1);
  expect(await reader.next()).toBe(IDLE);
  expect(await reader.next()).toBe(IDLE);
  reader.sent();
  const next = reader.next();
  from.asked[0]?.resolve(7);
  const first = await next;
  expect(first === IDLE ? await afterSilence(reader) : first).toBe(7);
  expect(from.asked.length).toBe(1);
  reader.close();
});

async function afterSilence(reader: KeepAliveReader<number>): Promise<unknown> {
  reader.sent();
  return reader.next();
}

test("hands on a failure of its source", async () => {
  const from = source<number>();
  const reader = new KeepAliveReader(from, 60_000);
  const next = reader.next().catch((error: unknown) => error);
  from.asked[0]?.reject(new Error("broken"));
  expect(await next).toEqual(new Error("broken"));
  reader.close();
});

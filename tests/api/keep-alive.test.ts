import { expect, test } from "bun:test";
import { Listener, SILENCE } from "../../src/api/keep-alive.ts";

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
  const listener = new Listener(from, 60_000);
  const next = listener.next();
  from.asked[0]?.resolve(7);
  expect(await next).toBe(7);
  listener.close();
});

test("says silence when nothing came for too long, and loses nothing by it", async () => {
  const from = source<number>();
  const listener = new Listener(from, 1);
  expect(await listener.next()).toBe(SILENCE);
  expect(await listener.next()).toBe(SILENCE);
  listener.wrote();
  const next = listener.next();
  from.asked[0]?.resolve(7);
  const first = await next;
  expect(first === SILENCE ? await afterSilence(listener) : first).toBe(7);
  expect(from.asked.length).toBe(1);
  listener.close();
});

async function afterSilence(listener: Listener<number>): Promise<unknown> {
  listener.wrote();
  return listener.next();
}

test("hands on a failure of its source", async () => {
  const from = source<number>();
  const listener = new Listener(from, 60_000);
  const next = listener.next().catch((error: unknown) => error);
  from.asked[0]?.reject(new Error("broken"));
  expect(await next).toEqual(new Error("broken"));
  listener.close();
});

import { describe, expect, test } from "bun:test";
import {
  type ResolvedAddress,
  type Resolver,
  resolveWithin,
  withMemory,
} from "../../src/upstream/dns-cache.ts";
import { withLanes } from "../../src/upstream/system-resolver.ts";

const ANSWER: readonly ResolvedAddress[] = [{ address: "192.0.2.1", family: 4 }];

/** A resolver whose answers the test gives, and the names that it was asked for. */
function scripted() {
  const asked: {
    name: string;
    answer: (found: readonly ResolvedAddress[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const resolve: Resolver = (name) => {
    const { promise, resolve: answer, reject: fail } = Promise.withResolvers<readonly ResolvedAddress[]>();
    asked.push({ name, answer, fail });
    return promise;
  };
  return { asked, names: () => asked.map(({ name }) => name), resolve };
}

/** Lets every promise that is settled run its reactions. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("resolveWithin", () => {
  test("gives the answer, or what the resolver throws", async () => {
    expect(await resolveWithin(async () => ANSWER, "a.test", 1000)).toBe(ANSWER);
    const broken = resolveWithin(() => Promise.reject(new Error("broken")), "a.test", 1000);
    await expect(broken).rejects.toThrow("broken");
  });

  test("ends when the time is over", async () => {
    const { resolve } = scripted();
    await expect(resolveWithin(resolve, "a.test", 1)).rejects.toThrow("does not answer");
  });

  test("ends when the signal aborts, and asks nobody when it has", async () => {
    const { resolve, asked } = scripted();
    const leaving = new AbortController();
    const waiting = resolveWithin(resolve, "a.test", 60_000, leaving.signal);
    leaving.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    await expect(resolveWithin(resolve, "a.test", 60_000, leaving.signal)).rejects.toThrow("left");
    expect(asked.length).toBe(1);
  });
});

describe("withMemory", () => {
  test("requests for one name share a look-up, and its answer for a while", async () => {
    const { resolve, asked, names } = scripted();
    let now = 0;
    const remembering = withMemory(resolve, { keep: 100, now: () => now });
    const both = [remembering("a.test"), remembering("a.test")];
    expect(names()).toEqual(["a.test"]);
    now = 50;
    asked[0]?.answer(ANSWER);
    expect(await Promise.all(both)).toEqual([ANSWER, ANSWER]);
    now = 149;
    expect(await remembering("a.test")).toBe(ANSWER);
    expect(names()).toEqual(["a.test"]);
    now = 150;
    void remembering("a.test");
    expect(names()).toEqual(["a.test", "a.test"]);
  });

  test("a failure or an empty answer is not kept", async () => {
    const { resolve, asked } = scripted();
    const remembering = withMemory(resolve);
    const first = remembering("a.test");
    asked[0]?.fail(new Error("not found"));
    await expect(first).rejects.toThrow("not found");
    const second = remembering("a.test");
    asked[1]?.answer([]);
    expect(await second).toEqual([]);
    await settle();
    void remembering("a.test");
    expect(asked.length).toBe(3);
  });

  test("a look-up that hangs is not shared for ever, nor does its late failure harm a newer one", async () => {
    const { resolve, asked } = scripted();
    let now = 0;
    const remembering = withMemory(resolve, { keep: 100, now: () => now });
    const hung = remembering("a.test");
    now = 100;
    const newer = remembering("a.test");
    asked[1]?.answer(ANSWER);
    expect(await newer).toBe(ANSWER);
    asked[0]?.fail(new Error("timed out"));
    await expect(hung).rejects.toThrow("timed out");
    await settle();
    expect(await remembering("a.test")).toBe(ANSWER);
    expect(asked.length).toBe(2);
  });

  test("the oldest names make room", async () => {
    const names: string[] = [];
    const remembering = withMemory(
      async (name) => {
        names.push(name);
        return ANSWER;
      },
      { names: 2 },
    );
    for (const name of ["a", "b", "c", "c", "b", "a"]) await remembering(name);
    expect(names).toEqual(["a", "b", "c", "a"]);
  });
});

describe("withLanes", () => {
  function twoLanes(patience?: number) {
    const blocking = scripted();
    const overflow = scripted();
    const options = { lanes: 2, blocking: blocking.resolve, overflow: overflow.resolve };
    return {
      blocking,
      overflow,
      resolve: withLanes(patience === undefined ? options : { ...options, patience }),
    };
  }

  test("asks the other resolver only while all lanes are taken", async () => {
    const { blocking, overflow, resolve } = twoLanes();
    const first = resolve("a");
    void resolve("b");
    expect(overflow.names()).toEqual([]);
    const third = resolve("c");
    expect(overflow.names()).toEqual(["c"]);
    overflow.asked[0]?.answer(ANSWER);
    expect(await third).toBe(ANSWER);

    blocking.asked[0]?.answer(ANSWER);
    expect(await first).toBe(ANSWER);
    await settle();
    void resolve("d");
    // "c" was answered before its turn came, so its place in the lane went to "d".
    expect(blocking.names()).toEqual(["a", "b", "d"]);
  });

  test.each(["fail", "answer"] as const)("waits for a lane if the other knows nothing (%s)", async (how) => {
    const { blocking, overflow, resolve } = twoLanes();
    const first = resolve("a");
    void resolve("b");
    const third = resolve("c");
    if (how === "fail") overflow.asked[0]?.fail(new Error("not found"));
    else overflow.asked[0]?.answer([]);
    blocking.asked[0]?.fail(new Error("timed out"));
    await expect(first).rejects.toThrow("timed out");
    await settle();
    expect(blocking.names()).toEqual(["a", "b", "c"]);
    blocking.asked[2]?.answer(ANSWER);
    expect(await third).toBe(ANSWER);
  });

  test("fails where both do, and forgets who waited too long", async () => {
    const { blocking, overflow, resolve } = twoLanes(0);
    const first = resolve("a");
    void resolve("b");
    const third = resolve("c").then(
      () => "found",
      () => "given up",
    );
    overflow.asked[0]?.fail(new Error("not found"));
    blocking.asked[0]?.answer(ANSWER);
    await first;
    await settle();
    expect(blocking.names()).toEqual(["a", "b"]);
    expect(await third).toBe("given up");
  });
});

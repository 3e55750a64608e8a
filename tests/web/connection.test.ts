import { describe, expect, test } from "bun:test";
import { resolveProvider, withPath } from "../../src/providers/index.ts";
import { Connections, DEMO, hostOf, isDemo, needsKey } from "../../src/web/chat/connection.ts";
import { PRESETS } from "../../src/web/chat/presets.ts";

const OPENAI = { baseUrl: "https://api.example/v1", model: "m" };

test("a new browser begins with the demo, which needs no key", () => {
  const connections = new Connections(undefined);
  expect(connections.current).toEqual(DEMO);
  expect(connections.keyFor(DEMO)).toBe("none");
});

test("the choice outlives the page, the key does not", () => {
  const kept = new Map<string, string>();
  const shelf = {
    length: 0,
    key: () => null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const before = new Connections(shelf);
  before.setKey(OPENAI, "sk-canary");
  before.use(OPENAI);
  expect(before.keyFor(OPENAI)).toBe("sk-canary");
  expect(JSON.stringify([...kept])).not.toContain("sk-canary");
  const after = new Connections(shelf);
  expect(after.current).toEqual(OPENAI);
  expect(after.keyFor(OPENAI)).toBeUndefined();
});

test("a key belongs to the address that it was typed for", () => {
  const connections = new Connections(undefined);
  connections.setKey(OPENAI, "sk-canary");
  expect(connections.keyFor({ baseUrl: "https://other.example/v1" })).toBeUndefined();
});

test("what is the demo, and what needs a key", () => {
  expect(isDemo({ baseUrl: "http://demo.invalid/v1" })).toBe(true);
  expect(isDemo({ baseUrl: "http://demo.invalid.example/v1" })).toBe(false);
  for (const host of ["localhost", "127.0.0.1:11434", "[::1]:1234"])
    expect(needsKey({ baseUrl: `http://${host}/v1` })).toBe(false);
  for (const host of ["localhost.example", "10.0.0.1", "127.0.0.1.example"])
    expect(needsKey({ baseUrl: `http://${host}/v1` })).toBe(true);
  expect(hostOf(DEMO)).toBe("built in");
  expect(hostOf({ baseUrl: "not an address" })).toBe("not an address");
});

describe("presets", () => {
  test.each([...PRESETS])("$label is an address that the server knows", ({ address }) => {
    const url = new URL(`https://${address}`);
    const provider = resolveProvider(url, "any");
    expect(provider.hosts).toContain(url.hostname);
    const bare = withPath(new URL(url.origin), provider);
    expect(bare.href.replace(/\/$/, "")).toBe(url.href.replace(/\/$/, ""));
  });
});

import { describe, expect, test } from "bun:test";
import { resolveProvider, withPath } from "../../src/providers/index.ts";
import { Connections, DEMO, hostOf, isDemo, needsKey } from "../../src/web/chat/connection.ts";
import { Drafts } from "../../src/web/chat/drafts.ts";
import { PRESETS } from "../../src/web/chat/presets.ts";
import { requestOf } from "../../src/web/chat/request.ts";
import { Secrets } from "../../src/web/chat/secrets.ts";

const OPENAI = { baseUrl: "https://api.example/v1", model: "m" };

test("a new browser begins with the demo, which needs no key", () => {
  const connections = new Connections(undefined, new Secrets(undefined));
  expect(connections.current).toEqual(DEMO);
  expect(connections.keyFor(DEMO)).toBe("none");
});

/** A shelf in memory. */
function shelf() {
  const kept = new Map<string, string>();
  return {
    kept,
    length: 0,
    key: () => null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe("what outlives a reload", () => {
  test("the choice does; the key does not, unless that was switched on", () => {
    const [local, tab] = [shelf(), shelf()];
    const before = new Connections(local, new Secrets(tab));
    before.setKey(OPENAI, "sk-canary");
    before.use(OPENAI);
    expect(before.keyFor(OPENAI)).toBe("sk-canary");
    expect(JSON.stringify([...local.kept, ...tab.kept])).not.toContain("sk-canary");
    const after = new Connections(local, new Secrets(tab));
    expect(after.current).toEqual(OPENAI);
    expect(after.keyFor(OPENAI)).toBeUndefined();
  });

  test("switched on, keys stay with the tab alone; switched off, they are gone at once", () => {
    const [local, tab] = [shelf(), shelf()];
    const secrets = new Secrets(tab);
    const before = new Connections(local, secrets);
    before.setKey(OPENAI, "sk-canary");
    secrets.remember(true);
    before.use(OPENAI);
    expect(JSON.stringify([...local.kept])).not.toContain("sk-canary");
    expect(new Secrets(tab).isRemembered).toBe(true);
    expect(new Connections(local, new Secrets(tab)).keyFor(OPENAI)).toBe("sk-canary");
    secrets.remember(false);
    expect([...tab.kept]).toEqual([]);
    expect(before.keyFor(OPENAI)).toBe("sk-canary");
  });

  test("drafts, and which conversation is open", () => {
    const tab = shelf();
    const drafts = new Drafts(tab);
    drafts.open = "a";
    drafts.set("a", "half a sent");
    drafts.set("b", "other");
    drafts.set("b", "");
    const after = new Drafts(tab);
    expect([after.open, after.get("a"), after.get("b")]).toEqual(["a", "half a sent", ""]);
  });
});

test("the server's own routes need neither address nor key", () => {
  const own = { baseUrl: "", model: "fast" };
  expect(needsKey(own)).toBe(false);
  const request = requestOf({ turns: [{ role: "user", id: "u", text: "Hi" }] }, own, "none");
  expect(request).toEqual({ messages: [{ role: "user", content: "Hi" }], model: "fast" });
});

test("a key belongs to the address that it was typed for", () => {
  const connections = new Connections(undefined, new Secrets(undefined));
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

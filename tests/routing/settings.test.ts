import { describe, expect, test } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import { modelsListed } from "../../src/routing/models.ts";
import { ownKeysSentence } from "../../src/routing/own-keys.ts";
import { isBarePrefix, splitPrefix } from "../../src/routing/path-prefix.ts";
import { routeFor } from "../../src/routing/route-patterns.ts";
import { allowRules, NO_ROUTING } from "../../src/routing/settings.ts";
import { isAllowed } from "../../src/upstream/allow-rules.ts";
import { parseAddress } from "../../src/upstream/ip-address.ts";
import { SETTINGS } from "./support.ts";

test.each<[path: string, prefix: string | undefined, rest?: string]>([
  ["/groq/v1/chat/completions", "groq", "/v1/chat/completions"],
  ["/groq/v1/models/a/b", "groq", "/v1/models/a/b"],
  ["/groq/v1", "groq", "/v1"],
  ["/groq/chat/completions", "groq", "/chat/completions"],
  ["/anthropic/messages", "anthropic", "/messages"],
  ["/nosuch/v1/messages", "nosuch", "/v1/messages"],
  ["/demo/v1/models", "demo", "/v1/models"],
  ["/v1/chat/completions", undefined],
  ["/v1/v1/models", undefined],
  ["/chat/completions", undefined],
  ["/docs/v1/x", undefined],
  ["/assets/chat.js", undefined],
  ["/groq", undefined],
  ["/groq/", undefined],
  ["/groq/nowhere", undefined],
  ["/Groq/v1/models", undefined],
  ["/gr.oq/v1/models", undefined],
  ["//v1/models", undefined],
  ["/", undefined],
])("%s begins with %s", (path, prefix, rest = path) => {
  expect(splitPrefix(path)).toEqual({ prefix, path: rest });
});

test.each([
  ["/groq", true],
  ["/groq/", true],
  ["/work", true],
  ["/demo", true],
  ["/nosuch", false],
  ["/v1", false],
  ["/docs", false],
  ["/", false],
  ["/groq/v1", false],
])("%s is a bare prefix: %s", (path, expected) => {
  expect(isBarePrefix(path, SETTINGS)).toBe(expected);
});

test.each<[pattern: string, matching: readonly string[], other: readonly string[]]>([
  ["*", ["a", "a/b"], [""]],
  ["claude-*", ["claude-", "claude-x/y"], ["claude", "my-claude-x"]],
  ["*-mini", ["-mini", "gpt-mini"], ["gpt-mini-2"]],
  ["a*b*c", ["abc", "a1b2c", "abbc"], ["acb", "ac", "ab"]],
  ["a*a", ["aa", "aba"], ["a"]],
  ["a**b", ["ab", "axb"], ["a"]],
  ["*ab*ba*", ["abba", "xabyba"], ["aba"]],
  ["gpt.5*", ["gpt.5-x"], ["gptx5-x"]],
])("the pattern %s", (pattern, matching, other) => {
  const settings = { ...NO_ROUTING, routes: [{ model: pattern, to: [{ provider: "open", model: "m" }] }] };
  for (const name of matching) expect([name, routeFor(name, settings)?.model]).toEqual([name, pattern]);
  for (const name of other) expect([name, routeFor(name, settings)]).toEqual([name, undefined]);
});

test("a pattern takes no time that a caller could lengthen", () => {
  const routes = [{ model: `${"*a".repeat(50)}*b`, to: [{ provider: "open", model: "m" }] }];
  const started = performance.now();
  expect(routeFor("a".repeat(100_000), { ...NO_ROUTING, routes })).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(500);
});

test("models that are listed: routes by name, then those of the settings", () => {
  const settings = {
    ...SETTINGS,
    routes: [...SETTINGS.routes, { model: "work/large", to: [{ provider: "open", model: "m" }] }],
  };
  expect(modelsListed(settings)).toEqual([
    { id: "every-one", provider: "open" },
    { id: "fast", provider: "work" },
    { id: "mixed", provider: "open" },
    { id: "groq/shadowed", provider: "open" },
    { id: "work/large", provider: "open" },
  ]);
  expect(modelsListed(NO_ROUTING)).toEqual([]);
});

describe("the address policy lets requests reach the addresses of the settings", () => {
  const rules = allowRules({
    ...NO_ROUTING,
    providers: ["http://10.1.2.3:8000/v1", "http://gpu-box/v1", "https://[fd00::1]:8443"].map((url, i) => ({
      name: `p${i}`,
      baseUrl: new URL(url),
      models: [],
    })),
  });
  test.each([
    ["http://10.1.2.3:8000/other", "10.1.2.3", true],
    ["http://10.1.2.3:8001/v1", "10.1.2.3", false],
    ["https://10.1.2.3:8000/v1", "10.1.2.3", false],
    ["http://10.1.2.4:8000/v1", "10.1.2.4", false],
    ["http://gpu-box/v1", "10.9.9.9", true],
    ["http://gpu-box:8080/v1", "10.9.9.9", false],
    ["https://[fd00::1]:8443/v1", "fd00::1", true],
  ])("%s", (url, address, expected) => {
    const parsed = parseAddress(address);
    expect(isAllowed(rules, new URL(url), parsed === undefined ? [] : [parsed])).toBe(expected);
  });
});

describe("which own keys can be spent, and by whom", () => {
  const two = {
    ...SETTINGS,
    providers: [
      ...SETTINGS.providers,
      { name: "second", baseUrl: new URL("https://s.example"), key: new Secret("s"), models: [] },
    ],
  };
  const open = { token: undefined, allowOrigins: [], exposed: false };
  test.each<[Parameters<typeof ownKeysSentence>, string | undefined]>([
    [[NO_ROUTING, open], undefined],
    [
      [SETTINGS, open],
      "the key of work can be spent by any program on this computer, and by this server's pages",
    ],
    [
      [two, { ...open, token: new Secret("t") }],
      "the keys of work and second can be spent by whoever has the token",
    ],
    [
      [SETTINGS, { ...open, allowOrigins: ["https://a.example"] }],
      "the key of work can be spent by any program on this computer, and by this server's pages and those of https://a.example",
    ],
  ])("%#", (given, expected) => {
    expect(ownKeysSentence(...given)).toBe(expected);
  });
});

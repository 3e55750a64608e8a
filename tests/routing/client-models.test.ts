import { describe, expect, test } from "bun:test";
import { mayReach, wouldReach } from "../../src/routing/client-models.ts";
import { findEndpoints } from "../../src/routing/endpoints.ts";
import type { RoutingSettings } from "../../src/routing/settings.ts";

/** What a client's `models` allow, by every way of naming a target (docs/protocol.md, section 12). */

const SETTINGS: RoutingSettings = {
  defaultProvider: "other",
  providers: [
    { name: "work", baseUrl: new URL("https://work.example/v1"), models: [] },
    { name: "other", baseUrl: new URL("https://other.example/v1"), models: [] },
  ],
  routes: [
    { model: "fast", to: [{ provider: "work", model: "small" }] },
    {
      model: "both",
      to: [
        { provider: "work", model: "small" },
        { provider: "other", model: "large" },
      ],
    },
    { model: "claude-*", to: [{ provider: "other", model: "*" }] },
  ],
};

interface Way {
  readonly model: string;
  readonly prefix?: string;
  readonly headers?: Record<string, string>;
}
const at = (url: string) => ({ "x-nash-llm-base-url": url });

function reaches(models: readonly string[], { model, prefix, headers = {} }: Way): boolean {
  const client = { name: "a", models, limits: {} };
  const way = { model, prefix, headers: new Headers(headers) };
  const is = mayReach(client, findEndpoints(way, SETTINGS), model, SETTINGS);
  expect(wouldReach(client, way, SETTINGS)).toBe(is);
  return is;
}

describe.each<[string, readonly string[], readonly Way[], readonly Way[]]>([
  [
    "a route, by its name alone",
    ["fast"],
    [{ model: "fast" }],
    [
      { model: "both" },
      { model: "small" },
      { model: "work/small" },
      { model: "small", prefix: "work" },
      { model: "fast", prefix: "work" },
      { model: "fast", headers: at("https://work.example/v1") },
      { model: "", prefix: "work" },
    ],
  ],
  [
    "a model of a provider, however it is named",
    ["work/small"],
    [
      { model: "work/small" },
      { model: "small", prefix: "work" },
      { model: "fast" },
      { model: "small", headers: at("https://work.example/v1") },
      { model: "small", headers: at("https://work.example/v1/") },
      { model: "", prefix: "work" },
    ],
    [
      { model: "both" },
      { model: "work/smaller" },
      { model: "large", prefix: "work" },
      { model: "small" },
      { model: "other/small" },
      { model: "small", headers: at("https://work.example/v2") },
      { model: "small", headers: at("https://work.example/v1?a=b") },
      { model: "small", headers: at("http://work.example/v1") },
      { model: "small", headers: at("https://work.example:8443/v1") },
      { model: "small", headers: at("https://else.example/v1") },
      { model: "", prefix: "other" },
    ],
  ],
  [
    "patterns keep to their side of the slash",
    ["w*/small*", "*/large"],
    [{ model: "work/small-2" }, { model: "large" }, { model: "large", prefix: "work" }, { model: "both" }],
    [{ model: "openrouter/a/large" }, { model: "work/x-small" }, { model: "claude-large" }],
  ],
  [
    "a pattern without a slash is of routes alone",
    ["claude-*"],
    [{ model: "claude-x" }],
    [{ model: "other/claude-x" }, { model: "claude-x", prefix: "other" }, { model: "fast" }],
  ],
  [
    "a part of a route that is a pattern",
    ["claude-haiku-*"],
    [{ model: "claude-haiku-5" }],
    [{ model: "claude-opus-5" }],
  ],
  ["the name of a route with a pattern", ["claude-*"], [{ model: "claude-opus-5" }], []],
  [
    "a known provider by its address",
    ["openai/gpt-*"],
    [
      { model: "gpt-5", headers: at("https://api.openai.com/v1") },
      { model: "gpt-5", headers: at("https://api.openai.com") },
      { model: "openai/gpt-5" },
    ],
    [{ model: "o5", headers: at("https://api.openai.com/v1") }, { model: "groq/gpt-5" }],
  ],
  [
    "everything",
    ["*"],
    [
      { model: "fast" },
      { model: "x" },
      { model: "x", headers: at("https://else.example") },
      { model: "", prefix: "work" },
    ],
    [],
  ],
])("%s", (_name, models, allowed, refused) => {
  if (allowed.length > 0)
    test.each(allowed)("allowed: %j", (way) => {
      expect(reaches(models, way)).toBe(true);
    });
  if (refused.length > 0)
    test.each(refused)("refused: %j", (way) => {
      expect(reaches(models, way)).toBe(false);
    });
});

import { describe, expect, test } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import { KNOWN_PROVIDER_NAMES } from "../../src/routing/named-providers.ts";
import { targetsFor } from "../../src/routing/targets-for.ts";
import { type Asked, ask, bearer, refusal, SETTINGS } from "./support.ts";

/** Where a request goes (docs/protocol.md, section 10): the five ways and their order. */

const KEY = bearer("k");
const url = (asked: Asked) =>
  ask({ headers: KEY, ...asked }).map((line) => line.split(" ").slice(0, 3).join(" "));

describe("each way", () => {
  test.each<[what: string, asked: Asked, ...expected: string[]]>([
    [
      "an address in the headers",
      { model: "m", headers: { ...KEY, "x-nash-llm-base-url": "https://api.groq.com" } },
      "openai https://api.groq.com/openai/v1 m",
    ],
    [
      "its protocol too",
      {
        model: "m",
        headers: {
          ...KEY,
          "x-nash-llm-base-url": "https://x.example/v1",
          "x-nash-llm-protocol": "anthropic",
        },
      },
      "anthropic https://x.example/v1 m",
    ],
    ["a prefix of the settings", { prefix: "open", model: "m" }, "openai https://open.example/v1 m"],
    [
      "a prefix that is known",
      { prefix: "anthropic", model: "m" },
      "anthropic https://api.anthropic.com/v1 m",
    ],
    [
      "a prefix of the settings in a known one's place",
      { prefix: "groq", model: "m" },
      "openai https://gateway.example/groq m",
    ],
    ["a prefix without a model", { prefix: "openrouter" }, "openai https://openrouter.ai/api/v1 "],
    ["a route by name", { model: "every-one" }, "openai https://open.example/v1 exact"],
    ["a route by pattern", { model: "every-body" }, "openai https://open.example/v1 pattern"],
    ["a route that keeps the name", { model: "same/a/b" }, "openai https://open.example/v1 same/a/b"],
    [
      "a route with several",
      { model: "fast" },
      "openai https://work.example/v1 gpt-5-mini",
      "openai http://127.0.0.1:9000/v1 qwen3",
    ],
    ["a provider in the model", { model: "openai/gpt-5" }, "openai https://api.openai.com/v1 gpt-5"],
    [
      "only its first segment",
      { model: "openrouter/anthropic/claude-x" },
      "openai https://openrouter.ai/api/v1 anthropic/claude-x",
    ],
    ["one of the settings in the model", { model: "claude-proxy/m" }, "anthropic https://proxy.example/v1 m"],
    ["the demo", { model: "demo/demo-echo" }, "openai http://demo.invalid/v1 demo-echo"],
    ["a server here", { model: "ollama/qwen3:8b" }, "openai http://127.0.0.1:11434/v1 qwen3:8b"],
    [
      "the default",
      { model: "m", settings: { defaultProvider: "open" } },
      "openai https://open.example/v1 m",
    ],
    [
      "a known default",
      { model: "gpt-5", settings: { defaultProvider: "openai" } },
      "openai https://api.openai.com/v1 gpt-5",
    ],
    [
      "an unknown first segment",
      { model: "meta-llama/Llama-3.3", settings: { defaultProvider: "open" } },
      "openai https://open.example/v1 meta-llama/Llama-3.3",
    ],
    [
      "a name in other letters",
      { model: "OpenAI/gpt-5", settings: { defaultProvider: "open" } },
      "openai https://open.example/v1 OpenAI/gpt-5",
    ],
    [
      "a provider and no model",
      { model: "openai/", settings: { defaultProvider: "open" } },
      "openai https://open.example/v1 openai/",
    ],
    [
      "a slash in front",
      { model: "/openai/m", settings: { defaultProvider: "open" } },
      "openai https://open.example/v1 /openai/m",
    ],
  ])("%s", (_, asked, ...expected) => {
    expect(url(asked)).toEqual(expected);
  });
});

describe("their order", () => {
  const all: Asked = {
    prefix: "open",
    model: "groq/shadowed",
    settings: { defaultProvider: "here" },
    headers: { ...KEY, "x-nash-llm-base-url": "https://first.example/v1" },
  };
  test.each<[what: string, asked: Asked, expected: string]>([
    ["the header first", all, "openai https://first.example/v1 groq/shadowed"],
    ["then the prefix", { ...all, headers: KEY }, "openai https://open.example/v1 groq/shadowed"],
    ["then the route", { ...all, headers: KEY, prefix: undefined }, "openai https://open.example/v1 route"],
    [
      "then the name",
      { ...all, headers: KEY, prefix: undefined, model: "groq/m" },
      "openai https://gateway.example/groq m",
    ],
    [
      "then the default",
      { ...all, headers: KEY, prefix: undefined, model: "m" },
      "openai http://127.0.0.1:9000/v1 m",
    ],
  ])("%s", (_, asked, expected) => {
    expect(url(asked)).toEqual([expected]);
  });

  test("an empty header is none", () => {
    expect(url({ ...all, headers: { ...KEY, "x-nash-llm-base-url": "" } })).toEqual([
      "openai https://open.example/v1 groq/shadowed",
    ]);
  });
});

describe("no way", () => {
  test.each(["gpt-5", "claude-sonnet-4-5", "gemini-3", "llama", ""])(
    "nothing is guessed from %j",
    (model) => {
      const failure = refusal({ model, headers: KEY });
      expect(failure).toMatchObject({ type: "invalid_request", status: 400, param: "model" });
      for (const way of [
        "x-nash-llm-base-url",
        "/<provider>/v1",
        "[[route]]",
        "<provider>/<model>",
        "default-provider",
      ]) {
        expect(failure.message).toContain(way);
      }
      expect(failure.message).not.toContain("k\n");
    },
  );

  test("an unknown prefix is refused, whatever the model says", () => {
    const failure = refusal({ prefix: "nosuch", model: "openai/gpt-5", headers: KEY });
    expect(failure.status).toBe(400);
    expect(failure.message).toContain('No provider here is called "nosuch".');
    expect(failure.message).toContain("work, open, here, groq, claude-proxy, openai, anthropic");
  });

  test.each<[Record<string, string>, param: string]>([
    [{ "x-nash-llm-base-url": "api.openai.com" }, "x-nash-llm-base-url"],
    [{ "x-nash-llm-base-url": "https://a.example, https://b.example" }, "x-nash-llm-base-url"],
    [{ "x-nash-llm-base-url": "https://a.example", "x-nash-llm-protocol": "gemini" }, "x-nash-llm-protocol"],
  ])("headers that cannot be used: %j", (headers, param) => {
    expect(refusal({ model: "m", headers: { ...KEY, ...headers } })).toMatchObject({ status: 400, param });
  });
});

describe("the protocol: settings, the request's word, the host, the model, OpenAI's", () => {
  const protocolOf = (asked: Asked) => ask({ headers: KEY, ...asked }).map((line) => line.split(" ")[0]);
  test.each<[asked: Asked, expected: string]>([
    [{ prefix: "claude-proxy", model: "gpt-5", protocol: "openai" }, "anthropic"],
    [{ prefix: "open", model: "gpt-5", protocol: "anthropic" }, "anthropic"],
    [{ prefix: "anthropic", model: "gpt-5" }, "anthropic"],
    [{ prefix: "openai", model: "claude-x" }, "openai"],
    [{ prefix: "open", model: "claude-x" }, "anthropic"],
    [{ prefix: "open", model: "x" }, "openai"],
    [{ prefix: "open", model: "claude-x", protocol: "responses" }, "responses"],
    [{ prefix: "openai", model: "x", protocol: "responses" }, "responses"],
  ])("%j", (asked, expected) => {
    expect(protocolOf(asked)).toEqual([expected]);
  });
});

describe("tools that only Responses takes", () => {
  const protocolOf = (model: string, more: Asked = {}) =>
    ask({ prefix: "openai", headers: KEY, model, hasTools: true, ...more }).map((line) => line.split(" ")[0]);

  test.each(["gpt-5.4", "gpt-5.4-mini", "gpt-5.10", "gpt-6", "gpt-10"])("%s", (model) => {
    expect(protocolOf(model)).toEqual(["responses"]);
    expect(protocolOf(model, { hasTools: false })).toEqual(["openai"]);
    expect(protocolOf(model, { protocol: "openai" })).toEqual(["openai"]);
    expect(protocolOf(model, { prefix: "open" })).toEqual(["openai"]);
  });

  test.each(["gpt-4o", "gpt-5", "gpt-5.1", "gpt-5.3", "o3", "gpt-oss-120b"])("not %s", (model) => {
    expect(protocolOf(model)).toEqual(["openai"]);
  });

  test("at Azure too, with the key in its own place", () => {
    const headers = { ...KEY, "x-nash-llm-base-url": "https://garden.openai.azure.com" };
    expect(ask({ model: "gpt-5.4", hasTools: true, headers })).toEqual([
      "responses https://garden.openai.azure.com/openai/v1 gpt-5.4 k",
    ]);
  });
});

describe("what answers call the model", () => {
  const names = (model: string, prefix?: string) =>
    targetsFor({ dialect: "openai-chat", model, prefix, headers: new Headers(KEY) }, SETTINGS, {
      token: undefined,
      allowOrigins: [],
    }).map(({ model: name, askedModel }) => [name, askedModel]);

  test("a route renames, all else does not", () => {
    expect(names("fast")).toEqual([
      ["gpt-5-mini", "fast"],
      ["qwen3", "fast"],
    ]);
    expect(names("same/a")).toEqual([["same/a", "same/a"]]);
    expect(names("openai/gpt-5")).toEqual([["gpt-5", "gpt-5"]]);
    expect(names("m", "open")).toEqual([["m", "m"]]);
  });
});

describe("the native fields", () => {
  test("api_base_url and api_key: nothing of all this applies", () => {
    const asked: Asked = {
      dialect: "nash",
      model: "fast",
      prefix: "work",
      headers: { ...bearer("other"), "x-nash-llm-base-url": "https://first.example" },
      baseUrl: new URL("https://api.mistral.ai"),
      apiKey: new Secret("k"),
    };
    expect(ask(asked)).toEqual(["openai https://api.mistral.ai/v1 fast k"]);
  });

  test("api_base_url without api_key is 422, also where the headers have one", () => {
    expect(
      refusal({ dialect: "nash", model: "m", headers: KEY, baseUrl: new URL("https://api.mistral.ai") }),
    ).toMatchObject({ type: "invalid_request", param: "api_key" });
    expect(
      refusal({ dialect: "nash", model: "m", headers: KEY, baseUrl: new URL("https://api.mistral.ai") })
        .status,
    ).toBeUndefined();
  });

  test("api_key without api_base_url is the caller's key", () => {
    expect(
      ask({ dialect: "nash", model: "openai/m", headers: bearer("other"), apiKey: new Secret("k") }),
    ).toEqual(["openai https://api.openai.com/v1 m k"]);
  });
});

test("providers by name: those that have one address, in names that a path can hold", () => {
  expect(KNOWN_PROVIDER_NAMES).toEqual(
    expect.arrayContaining([
      "openai",
      "anthropic",
      "groq",
      "ollama",
      "lm-studio",
      "llama-cpp",
      "vllm",
      "demo",
    ]),
  );
  expect(KNOWN_PROVIDER_NAMES).not.toContain("azure");
  for (const name of KNOWN_PROVIDER_NAMES) expect(name).toMatch(/^[a-z0-9-]+$/);
});

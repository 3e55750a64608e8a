import { describe, expect, test } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import { type Asked, ask, bearer, OWN_KEY, refusal, TOKEN } from "./support.ts";

/** Whose key goes where (docs/protocol.md, section 10). */

/** The key of each target; `own …` where it is the provider's. */
const keys = (asked: Asked) => ask(asked).map((line) => line.split(" ").slice(3).join(" "));
const at = (prefix: string, headers: Record<string, string>, more: Asked = {}) =>
  keys({ prefix, model: "m", headers, ...more });

describe("the caller's key", () => {
  test.each<
    [
      headers: Record<string, string>,
      dialect: "openai-chat" | "openai-responses" | "anthropic" | "nash",
      key: string,
    ]
  >([
    [bearer("k"), "openai-chat", "k"],
    [bearer("k"), "anthropic", "k"],
    [{ authorization: "bearer k" }, "openai-chat", "k"],
    [{ authorization: "BEARER   k" }, "openai-chat", "k"],
    [bearer("My API Key"), "openai-chat", "My API Key"],
    [{ "x-api-key": "My API Key" }, "anthropic", "My API Key"],
    [{ "x-api-key": "k" }, "openai-chat", "k"],
    [{ ...bearer("b"), "x-api-key": "x" }, "openai-chat", "b"],
    [{ ...bearer("b"), "x-api-key": "x" }, "openai-responses", "b"],
    [{ ...bearer("b"), "x-api-key": "x" }, "nash", "b"],
    [{ ...bearer("b"), "x-api-key": "x" }, "anthropic", "x"],
    [{ authorization: "Basic abc", "x-api-key": "x" }, "openai-chat", "x"],
    [{ authorization: "Bearer ", "x-api-key": "x" }, "openai-chat", "x"],
    [{ ...bearer("b"), "x-api-key": "" }, "anthropic", "b"],
  ])("%j to %s", (headers, dialect, key) => {
    expect(at("open", headers, { dialect })).toEqual([key]);
  });

  test("that no header can carry is refused, and not repeated", () => {
    const failure = refusal({ prefix: "open", model: "m", headers: bearer("schl\u00fcssel") });
    expect(failure).toMatchObject({ type: "invalid_request", status: 400 });
    expect(failure.message).not.toContain("schl");
  });

  test.each([{}, { authorization: "Basic abc" }, { authorization: "Bearer" }, { "x-api-key": " " }])(
    "%j has none: 401 with what to do",
    (headers) => {
      const failure = refusal({ prefix: "open", model: "m", headers });
      expect(failure.type).toBe("authentication");
      expect(failure.message).toMatch(/no key for open.*x-api-key.*key-env/);
    },
  );

  test.each(["here", "ollama", "lm-studio", "demo"])("%s needs none", (prefix) => {
    expect(at(prefix, {})).toEqual(["none"]);
    expect(at(prefix, bearer("k"))).toEqual(["k"]);
  });
});

describe("a provider's own key", () => {
  test.each<[what: string, asked: Asked]>([
    ["prefix", { prefix: "work", model: "m" }],
    ["name", { model: "work/m" }],
    ["default", { model: "m", settings: { defaultProvider: "work" } }],
  ])("is spent where the provider was chosen by %s, and the caller's stays here", (_, asked) => {
    expect(keys(asked)).toEqual([`own ${OWN_KEY}`]);
    expect(keys({ ...asked, headers: bearer("caller") })).toEqual([`own ${OWN_KEY}`]);
    expect(ask(asked)[0]).toContain(" https://work.example/v1 ");
  });

  test("never at an address in the headers, be it that provider's own", () => {
    const headers = { "x-nash-llm-base-url": "https://work.example/v1" };
    expect(refusal({ prefix: "work", model: "m", headers }).type).toBe("authentication");
    expect(keys({ prefix: "work", model: "m", headers: { ...headers, ...bearer("k") } })).toEqual(["k"]);
  });

  test("nor at api_base_url", () => {
    const baseUrl = new URL("https://work.example/v1");
    expect(keys({ dialect: "nash", model: "fast", baseUrl, apiKey: new Secret("k") })).toEqual(["k"]);
  });
});

describe("routes", () => {
  test("the caller's key goes to the first alone; others are tried with their own, or where none is needed", () => {
    expect(keys({ model: "mixed", headers: bearer("k") })).toEqual(["k", `own ${OWN_KEY}`, "none"]);
    expect(keys({ model: "fast", headers: bearer("k") })).toEqual([`own ${OWN_KEY}`, "none"]);
  });

  test("without a key from the caller those remain that need none of theirs", () => {
    expect(keys({ model: "mixed" })).toEqual([`own ${OWN_KEY}`, "none"]);
    expect(refusal({ model: "every-one" }).type).toBe("authentication");
  });
});

describe("this server's token", () => {
  const inPlace: readonly Record<string, string>[] = [
    bearer(TOKEN),
    { "x-api-key": TOKEN },
    { ...bearer(TOKEN), "x-api-key": TOKEN },
  ];

  test.each(inPlace)("%j in the key's place: only where the provider has a key of its own", (headers) => {
    expect(at("work", headers, { token: TOKEN })).toEqual([`own ${OWN_KEY}`]);
    const failure = refusal({ prefix: "open", model: "m", headers, token: TOKEN });
    expect(failure.type).toBe("authentication");
    expect(failure.message).toContain("token stands where a key for open is wanted");
    expect(failure.message).not.toContain(TOKEN);
  });

  test.each(inPlace)("%j is never sent on, where no key is needed either", (headers) => {
    expect(at("here", headers, { token: TOKEN })).toEqual(["none"]);
    const address = { ...headers, "x-nash-llm-base-url": "http://127.0.0.1:1/v1" };
    expect(keys({ model: "m", headers: address, token: TOKEN })).toEqual(["none"]);
  });

  test("as api_key it is none either", () => {
    const asked: Asked = { dialect: "nash", model: "open/m", apiKey: new Secret(TOKEN), token: TOKEN };
    expect(refusal(asked).type).toBe("authentication");
  });

  test("beside it, the other place has the key", () => {
    const both = { ...bearer(TOKEN), "x-api-key": "k" };
    const other = { ...bearer("k"), "x-api-key": TOKEN };
    for (const dialect of ["openai-chat", "anthropic"] as const) {
      for (const headers of [both, other, { ...bearer("k"), "x-nash-llm-token": TOKEN }]) {
        expect(at("open", headers, { dialect, token: TOKEN })).toEqual(["k"]);
      }
    }
  });

  test("without a token of the server the same word is a key", () => {
    expect(at("open", bearer(TOKEN))).toEqual([TOKEN]);
  });
});

describe("pages that would spend a provider's own key", () => {
  const HOST = { host: "127.0.0.1:8001" };
  const page = (headers: Record<string, string>, more: Asked = {}): Asked => ({
    prefix: "work",
    model: "m",
    ...more,
    headers: { ...HOST, ...headers },
  });

  test.each<[asked: Asked]>([
    [page({ origin: "http://localhost:3000" })],
    [page({ origin: "http://127.0.0.1:8002" })],
    [page({ origin: "app://-" })],
    [page({ origin: "https://app.example" }, { allowOrigins: ["https://other.example"] })],
    [page({ "sec-fetch-site": "same-site" })],
    [page({ "sec-fetch-site": "cross-site" })],
    [page({ origin: "http://localhost:3000", ...bearer("caller") })],
    [page({ origin: "http://localhost:3000" }, { prefix: undefined, model: "mixed" })],
  ])("may not: %j", (asked) => {
    const failure = refusal(asked);
    expect(failure.type).toBe("forbidden");
    expect(failure.message).toContain("--allow-origin");
  });

  test.each<[asked: Asked]>([
    [page({})],
    [page({ origin: "http://127.0.0.1:8001" })],
    [page({ "sec-fetch-site": "same-origin" })],
    [page({ "sec-fetch-site": "none" })],
    [page({ origin: "https://app.example" }, { allowOrigins: ["https://app.example"] })],
    [page({ origin: "http://localhost:3000", "x-nash-llm-token": TOKEN }, { token: TOKEN })],
  ])("may: %j", (asked) => {
    expect(keys(asked)).toEqual([`own ${OWN_KEY}`]);
  });

  test("with a key of their own they go where no other is spent", () => {
    expect(keys(page({ origin: "http://localhost:3000", ...bearer("k") }, { prefix: "open" }))).toEqual([
      "k",
    ]);
  });
});

import { describe, expect, test } from "bun:test";
import { requestHeaders } from "../../src/chat/ask.ts";
import { Secret } from "../../src/core/secret.ts";
import { PROVIDERS, resolveProvider } from "../../src/providers/index.ts";
import { targetAt } from "../support/targets.ts";

const SESSION = { id: "3F0c2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50" };
const KEY = "sk-provider";
const HELICONE_KEY = "sk-helicone";

function headersFor(base: string, heliconeKey: string | undefined = HELICONE_KEY, model = "m") {
  const target = targetAt(base, model, undefined, KEY);
  const url = target.provider.protocol.chatUrl(target.baseUrl);
  const options = {
    userAgent: "nash-llm/test",
    heliconeKey: heliconeKey === "" ? undefined : new Secret(heliconeKey),
  };
  return requestHeaders(url, { target, session: SESSION, purpose: "/chat" }, options);
}

describe("the key", () => {
  test.each<[string, Record<string, string>]>([
    ["https://api.openai.com", { authorization: `Bearer ${KEY}` }],
    ["https://api.anthropic.com", { "x-api-key": KEY, "anthropic-version": "2023-06-01" }],
    ["https://garden.openai.azure.com", { "api-key": KEY }],
    ["https://llm.example", { authorization: `Bearer ${KEY}` }],
    ["http://localhost:11434", { authorization: `Bearer ${KEY}` }],
  ])("is sent to %s in one way only", (base, headers) => {
    expect(headersFor(base)).toEqual({ "user-agent": "nash-llm/test", ...headers });
  });

  test("is sent in Anthropic's way to whoever speaks its protocol", () => {
    const { "user-agent": _agent, ...headers } = headersFor("https://llm.example", "", "claude-opus-5");
    expect(headers).toEqual({ "x-api-key": KEY, "anthropic-version": "2023-06-01" });
  });
});

describe("Helicone", () => {
  const OWN = {
    "helicone-auth": `Bearer ${HELICONE_KEY}`,
    "helicone-session-id": SESSION.id,
    "helicone-session-name": "nash-llm",
    "helicone-session-path": "/chat",
  };

  test.each([
    ["https://oai.helicone.ai/v1", "authorization"],
    ["https://OAI.helicone.ai", "authorization"],
    ["https://oai.helicone.ai:8443/v1", "authorization"],
    ["https://anthropic.helicone.ai", "x-api-key"],
    ["https://anthropic.helicone.ai/v1/messages", "x-api-key"],
  ])("%s gets its headers, and the provider's key as usual", (base, header) => {
    const headers = headersFor(base);
    expect(headers).toMatchObject(OWN);
    expect(headers[header]).toContain(KEY);
  });

  test("gets them whatever protocol is asked for", () => {
    const url = new URL("https://oai.helicone.ai/v1");
    const provider = resolveProvider(url, "m", "anthropic");
    const heliconeKey = new Secret(HELICONE_KEY);
    expect(provider.headers?.({ url, session: SESSION, purpose: "/chat", heliconeKey })).toEqual(OWN);
  });

  test("has headers that any request may carry", () => {
    for (const [name, value] of Object.entries(headersFor("https://oai.helicone.ai"))) {
      expect(() => new Headers({ [name]: value })).not.toThrow();
    }
  });

  test.each([
    ["without a key", "https://oai.helicone.ai/v1", ""],
    ["without a key", "https://anthropic.helicone.ai", ""],
    ["without encryption", "http://oai.helicone.ai/v1", HELICONE_KEY],
    ["without encryption", "http://anthropic.helicone.ai", HELICONE_KEY],
  ])("gets none %s at %s", (_why, base, key) => {
    expectNothingOfHelicone(headersFor(base, key));
  });

  test.each([
    "https://oai.helicone.ai.evil.example",
    "https://evil.example/oai.helicone.ai",
    "https://oai.helicone.ai@evil.example/",
    "https://evil-oai.helicone.ai",
    "https://x.oai.helicone.ai",
    "https://oai.helicone.ai.",
    "https://helicone.ai",
    "https://gateway.helicone.ai",
    "https://oai.helicone.com",
    "https://anthropic.helicone.ai.evil.example",
    "http://127.0.0.1:8080/oai.helicone.ai",
  ])("its key does not go to %s", (base) => {
    expectNothingOfHelicone(headersFor(base));
    expectNothingOfHelicone(headersFor(base, HELICONE_KEY, "claude-opus-5"));
  });

  test("its key goes to no other provider that we know", () => {
    const others = PROVIDERS.filter(({ name }) => !name.startsWith("helicone"));
    const hosts = others.flatMap(({ hosts: all }) => all).map((host) => host.replace("*.", "garden."));
    for (const host of hosts) expectNothingOfHelicone(headersFor(`https://${host}`));
    expect(hosts.length).toBeGreaterThan(20);
  });

  function expectNothingOfHelicone(headers: Record<string, string>): void {
    expect(Object.keys(headers).filter((name) => name.startsWith("helicone"))).toEqual([]);
    expect(JSON.stringify(headers)).not.toContain(HELICONE_KEY);
  }
});

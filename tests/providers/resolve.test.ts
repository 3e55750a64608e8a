import { describe, expect, test } from "bun:test";
import type { ProtocolName } from "../../src/core/translation.ts";
import { PROVIDERS, resolveProvider, withPath } from "../../src/providers/index.ts";

type Name = ProtocolName;

function resolved(base: string, model = "gpt-5", wanted?: Name): [string, Name] {
  const { name, protocol } = resolveProvider(new URL(base), model, wanted);
  return [name, protocol.name];
}

describe("a host that is known", () => {
  test.each<[string, string, Name]>([
    ["https://api.openai.com/v1", "openai", "openai"],
    ["https://API.OPENAI.COM", "openai", "openai"],
    ["https://api.openai.com:8443/v1", "openai", "openai"],
    ["http://api.openai.com", "openai", "openai"],
    ["https://api.anthropic.com", "anthropic", "anthropic"],
    ["https://oai.helicone.ai/v1", "helicone-openai", "openai"],
    ["https://anthropic.helicone.ai/", "helicone-anthropic", "anthropic"],
    ["https://garden.openai.azure.com", "azure", "openai"],
    ["https://a.b.openai.azure.com", "azure", "openai"],
    ["https://garden.services.ai.azure.com", "azure", "openai"],
    ["https://garden.cognitiveservices.azure.com", "azure", "openai"],
    ["https://openrouter.ai/api/v1", "openrouter", "openai"],
    ["https://api.groq.com", "groq", "openai"],
    ["https://api.deepseek.com", "deepseek", "openai"],
    ["https://api.mistral.ai", "mistral", "openai"],
    ["https://generativelanguage.googleapis.com", "gemini", "openai"],
    ["https://api.x.ai", "xai", "openai"],
    ["https://api.perplexity.ai", "perplexity", "openai"],
    ["https://api.together.xyz", "together", "openai"],
    ["https://api.fireworks.ai", "fireworks", "openai"],
    ["https://api.cerebras.ai", "cerebras", "openai"],
    ["https://router.huggingface.co", "hugging-face", "openai"],
    ["https://api.moonshot.cn", "moonshot", "openai"],
    ["https://ollama.com", "ollama", "openai"],
    ["http://demo.invalid/v1", "demo", "openai"],
  ])("%s is %s", (base, name, protocol) => {
    expect(resolved(base)).toEqual([name, protocol]);
    // Its host counts for more than the name of the model.
    expect(resolved(base, "claude-opus-5")).toEqual([name, protocol]);
  });

  test("belongs to one provider alone", () => {
    const hosts = PROVIDERS.flatMap((provider) => provider.hosts);
    expect(hosts).toEqual([...new Set(hosts)]);
    expect(hosts).toEqual(hosts.map((host) => host.toLowerCase()));
    const names = PROVIDERS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe("a host that only looks like one that is known", () => {
  test.each([
    "https://api.openai.com.evil.example",
    "https://evil-api.openai.com",
    "https://evil.example/api.openai.com",
    "https://evil.example/?api.openai.com",
    "https://api.openai.com.",
    "https://api.openai.com@evil.example",
    "https://xapi.anthropic.com",
    "https://anthropic.com",
    "https://oai.helicone.ai.evil.example",
    "https://anthropic.helicone.ai.evil.example",
    "https://evil.oai.helicone.ai",
    "https://helicone.ai",
    "https://openai.azure.com",
    "https://evilopenai.azure.com",
    "https://garden.openai.azure.com.evil.example",
    "https://api.mistral.ai.",
    "http://demo.invalid.",
    "http://demo.invalid.evil.example",
  ])("%s is nobody we know", (base) => {
    expect(resolved(base)).toEqual(["openai-compatible", "openai"]);
    expect(resolved(base, "claude-opus-5")).toEqual(["anthropic-compatible", "anthropic"]);
  });

  test("is read as `URL` reads it, and by no other parser", () => {
    expect(resolved("https://api%2Eopenai%2Ecom/v1")).toEqual(["openai", "openai"]);
    expect(resolved("https:\\\\api.openai.com\\v1")).toEqual(["openai", "openai"]);
    expect(resolved("https://ａｐｉ.openai.com")).toEqual(["openai", "openai"]);
    expect(resolved("https://аpi.openai.com")).toEqual(["openai-compatible", "openai"]);
  });
});

describe("the protocol", () => {
  test.each<[string, string, Name | undefined, string, Name]>([
    ["https://llm.example", "gpt-5", undefined, "openai-compatible", "openai"],
    ["https://llm.example", "claude-opus-5", undefined, "anthropic-compatible", "anthropic"],
    ["https://llm.example", "Claude-3", undefined, "anthropic-compatible", "anthropic"],
    ["https://llm.example", "anthropic/claude-opus-5", undefined, "openai-compatible", "openai"],
    ["https://llm.example", "my-claude", undefined, "openai-compatible", "openai"],
    ["https://llm.example", "gpt-5", "anthropic", "anthropic-compatible", "anthropic"],
    ["https://llm.example", "claude-opus-5", "openai", "openai-compatible", "openai"],
    ["https://api.anthropic.com", "claude-opus-5", "openai", "anthropic", "openai"],
    ["https://api.deepseek.com/anthropic", "deepseek-chat", "anthropic", "deepseek", "anthropic"],
    ["https://api.openai.com", "gpt-5", "openai", "openai", "openai"],
  ])("at %s for %s, asked for %p: %s", (base, model, wanted, name, protocol) => {
    expect(resolved(base, model, wanted)).toEqual([name, protocol]);
  });

  test("in another's place brings its own way to send the key, and its own traits", () => {
    const azure = resolveProvider(
      new URL("https://garden.services.ai.azure.com/anthropic"),
      "x",
      "anthropic",
    );
    expect(azure.authorization).toBeUndefined();
    expect(azure.traits.seedField).toBeNull();
  });
});

describe("a server on this machine is known by its port", () => {
  test.each<[string, string]>([
    ["http://localhost:11434", "ollama"],
    ["http://127.0.0.1:11434/v1", "ollama"],
    ["http://127.9.9.9:11434", "ollama"],
    ["http://[::1]:11434", "ollama"],
    ["http://box.localhost:1234", "lm-studio"],
    ["http://localhost:8080", "llama.cpp"],
    ["http://localhost:9931", "llama.cpp"],
    ["http://localhost:8000/v1", "vllm"],
    ["http://localhost:4711", "openai-compatible"],
    ["http://localhost", "openai-compatible"],
    ["http://192.168.1.5:11434", "openai-compatible"],
    ["http://localhost.evil.example:11434", "openai-compatible"],
    ["http://127.0.0.1.evil.example:11434", "openai-compatible"],
  ])("%s is %s", (base, name) => {
    expect(resolved(base)).toEqual([name, "openai"]);
  });
});

test("a base without a path gets the provider's own, and nothing else changes", () => {
  const openai = resolveProvider(new URL("https://api.openai.com"), "gpt-5");
  const base = new URL("https://api.openai.com/?a=b");
  expect(withPath(base, openai).href).toBe("https://api.openai.com/v1?a=b");
  expect(base.href).toBe("https://api.openai.com/?a=b");
  const whole = new URL("https://api.openai.com/v2");
  expect(withPath(whole, openai).href).toBe(whole.href);
});

describe("asked for Responses", () => {
  test.each<[string, string]>([
    ["https://api.openai.com", "openai"],
    ["https://garden.openai.azure.com", "azure"],
    ["https://openrouter.ai/api/v1", "openrouter"],
    ["https://api.anthropic.com", "anthropic"],
    ["https://nobody.example", "responses-compatible"],
  ])("%s is still %s", (base, name) => {
    expect(resolved(base, "claude-opus-5", "responses")).toEqual([name, "responses"]);
  });

  test("a host that is known keeps its limits and the place of its key", () => {
    const url = new URL("https://garden.openai.azure.com");
    const { protocol: _, ...chat } = resolveProvider(url, "m");
    expect(resolveProvider(url, "m", "responses")).toMatchObject(chat);
  });
});

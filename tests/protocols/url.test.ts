import { describe, expect, test } from "bun:test";
import { resolveProvider, withPath } from "../../src/providers/index.ts";

/** What docs/protocol.md 1 makes of an `api_base_url`. */
const ROWS: [base: string, chat: string, models: string, model?: string][] = [
  // The forms of one address; a query stays.
  ["https://api.openai.com", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com/", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com///", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com/v1", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com/v1/", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com//v1//", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com/v1/chat/completions", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com/v1/chat/completions/", "/v1/chat/completions", "/v1/models"],
  ["HTTPS://API.OpenAI.com:443/v1#top", "/v1/chat/completions", "/v1/models"],
  ["https://api.openai.com/v1?a=b&c=d%20e", "/v1/chat/completions?a=b&c=d%20e", "/v1/models?a=b&c=d%20e"],
  ["https://api.openai.com?a=b", "/v1/chat/completions?a=b", "/v1/models?a=b"],
  // Anthropic.
  ["https://api.anthropic.com", "/v1/messages", "/v1/models"],
  ["https://api.anthropic.com/", "/v1/messages", "/v1/models"],
  ["https://api.anthropic.com/v1", "/v1/messages", "/v1/models"],
  ["https://api.anthropic.com/v1/", "/v1/messages", "/v1/models"],
  ["https://api.anthropic.com/v1/messages", "/v1/messages", "/v1/models"],
  ["https://api.anthropic.com/v1/messages/?beta=true", "/v1/messages?beta=true", "/v1/models?beta=true"],
  ["https://proxy.example/anthropic", "/anthropic/v1/messages", "/anthropic/v1/models", "claude-sonnet-5"],
  [
    "https://proxy.example/anthropic/v1/",
    "/anthropic/v1/messages",
    "/anthropic/v1/models",
    "claude-sonnet-5",
  ],
  // Whole addresses, of either protocol; which one is spoken is not theirs to say.
  ["https://llm.example/v1/chat", "/v1/chat/completions", "/v1/models"],
  ["https://llm.example/api/chat/", "/api/chat/completions", "/api/models"],
  ["https://llm.example/v1/chat/completions?a=b", "/v1/chat/completions?a=b", "/v1/models?a=b"],
  ["https://llm.example/chat/completions", "/chat/completions", "/models"],
  ["https://llm.example/v1/messages", "/v1/chat/completions", "/v1/models"],
  ["https://llm.example/v1/messages/", "/v1/messages", "/v1/models", "claude-opus-5"],
  ["https://llm.example/messages", "/messages", "/v1/models", "claude-opus-5"],
  ["https://llm.example/v1/chat/completions", "/v1/messages", "/v1/models", "claude-opus-5"],
  ["https://llm.example/api/chat/completions", "/api/v1/messages", "/api/v1/models", "claude-opus-5"],
  ["https://llm.example/v1/chat", "/v1/messages", "/v1/models", "claude-opus-5"],
  ["https://llm.example/chat", "/chat/v1/messages", "/chat/v1/models", "claude-opus-5"],
  ["https://api.anthropic.com/v1/chat/completions", "/v1/messages", "/v1/models"],
  ["https://api.deepseek.com/chat/completions", "/chat/completions", "/models"],
  // Helicone.
  ["https://oai.helicone.ai/v1", "/v1/chat/completions", "/v1/models"],
  ["https://anthropic.helicone.ai/", "/v1/messages", "/v1/models"],
  // Azure.
  ["https://garden.openai.azure.com", "/openai/v1/chat/completions", "/openai/v1/models"],
  [
    "https://garden.openai.azure.com/openai/deployments/hog?api-version=2024-10-21",
    "/openai/deployments/hog/chat/completions?api-version=2024-10-21",
    "/openai/deployments/hog/models?api-version=2024-10-21",
  ],
  [
    "https://garden.openai.azure.com/openai/deployments/hog/chat/completions?api-version=2024-10-21",
    "/openai/deployments/hog/chat/completions?api-version=2024-10-21",
    "/openai/deployments/hog/models?api-version=2024-10-21",
  ],
  [
    "https://garden.services.ai.azure.com/models?api-version=2024-05-01-preview",
    "/models/chat/completions?api-version=2024-05-01-preview",
    "/models?api-version=2024-05-01-preview",
  ],
  // This machine, and nobody we know.
  ["http://127.0.0.1:11434", "/v1/chat/completions", "/v1/models"],
  ["http://[::1]:8080/v1", "/v1/chat/completions", "/v1/models"],
  ["https://llm.example", "/v1/chat/completions", "/v1/models"],
  ["https://llm.example/a%20b/c", "/a%20b/c/chat/completions", "/a%20b/c/models"],
  ["https://llm.example", "/v1/messages", "/v1/models", "claude-opus-5"],
  ["http://demo.invalid/v1", "/v1/chat/completions", "/v1/models"],
  ["http://demo.invalid", "/v1/chat/completions", "/v1/models"],
  // Those whose own path differs.
  ["https://api.deepseek.com", "/chat/completions", "/models"],
  ["https://api.deepseek.com/v1", "/v1/chat/completions", "/v1/models"],
  ["https://api.perplexity.ai", "/chat/completions", "/models"],
  ["https://generativelanguage.googleapis.com", "/v1beta/openai/chat/completions", "/v1beta/openai/models"],
  [
    "https://generativelanguage.googleapis.com/v1beta/openai/",
    "/v1beta/openai/chat/completions",
    "/v1beta/openai/models",
  ],
  ["https://api.groq.com", "/openai/v1/chat/completions", "/openai/v1/models"],
  ["https://openrouter.ai", "/api/v1/chat/completions", "/api/v1/models"],
  ["https://api.fireworks.ai", "/inference/v1/chat/completions", "/inference/v1/models"],
  ["https://api.z.ai", "/api/paas/v4/chat/completions", "/api/paas/v4/models"],
  ["https://api.deepinfra.com", "/v1/openai/chat/completions", "/v1/openai/models"],
  [
    "https://dashscope-intl.aliyuncs.com",
    "/compatible-mode/v1/chat/completions",
    "/compatible-mode/v1/models",
  ],
];

test.each(ROWS)("%s becomes %s and %s", (base, chat, models, model = "gpt-5") => {
  const given = new URL(base);
  const provider = resolveProvider(given, model);
  const url = withPath(given, provider);
  expect(provider.protocol.chatUrl(url).href).toBe(given.origin + chat);
  expect(provider.protocol.modelsUrl(url).href).toBe(given.origin + models);
  expect(given.href).toBe(new URL(base).href);
});

test("only what is missing is appended", () => {
  const base = new URL("https://llm.example/v1/chat?a=b");
  const { protocol } = resolveProvider(base, "gpt-5");
  expect(protocol.chatUrl(base).href).toBe("https://llm.example/v1/chat/completions?a=b");
});

describe("a protocol that is asked for", () => {
  test.each<[string, "openai" | "anthropic", string]>([
    ["https://llm.example", "anthropic", "https://llm.example/v1/messages"],
    ["https://llm.example/v1/messages", "anthropic", "https://llm.example/v1/messages"],
    ["https://api.anthropic.com", "openai", "https://api.anthropic.com/v1/chat/completions"],
    ["https://api.deepseek.com/anthropic", "anthropic", "https://api.deepseek.com/anthropic/v1/messages"],
    ["http://demo.invalid/v1", "anthropic", "http://demo.invalid/v1/messages"],
  ])("%s as %s", (base, wanted, chat) => {
    const provider = resolveProvider(new URL(base), "claude-opus-5", wanted);
    expect(provider.protocol.chatUrl(withPath(new URL(base), provider)).href).toBe(chat);
  });
});

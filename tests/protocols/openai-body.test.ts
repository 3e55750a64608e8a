import { describe, expect, test } from "bun:test";
import { ChatError, type Failure, statusOf } from "../../src/core/failure.ts";
import type { ChatRequest, Message, Sampling } from "../../src/core/message.ts";
import { PROVIDERS } from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { PNG } from "./conversations.ts";

const SPEAKERS = PROVIDERS.filter(({ protocol }) => protocol.name === "openai");
const hi: Message = { role: "user", content: "Hi." };

function named(name: string): Provider {
  const provider = SPEAKERS.find((one) => one.name === name);
  if (provider === undefined) throw new Error(`There is no provider ${name}.`);
  return provider;
}

function body(name: string, more: Partial<ChatRequest> = {}): Record<string, unknown> {
  const { protocol, traits } = named(name);
  return protocol.body({ model: "m", messages: [hi], sampling: {}, includeUsage: false, ...more }, traits);
}

function refusal(name: string, more: Partial<ChatRequest>): Failure {
  try {
    body(name, more);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("It was not refused.");
}

test("a plain question is as plain at every provider", () => {
  for (const { name } of SPEAKERS) {
    expect([name, body(name)]).toEqual([name, { model: "m", messages: [hi], stream: true }]);
  }
});

test("messages are handed on as they are, images and tools too", () => {
  const messages: Message[] = [
    { role: "system", content: "One." },
    {
      role: "user",
      content: [
        { type: "text", text: "See:" },
        { type: "image_url", image_url: { url: PNG } },
      ],
      name: "ada",
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "feed", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "call_1", content: "ok" },
    { role: "assistant", content: "Done." },
    { role: "user", content: "And?" },
  ];
  // Mistral has ids of its own, Gemini a signature on each call.
  for (const { name } of SPEAKERS.filter((one) => !["mistral", "gemini"].includes(one.name))) {
    expect([name, body(name, { messages })["messages"]]).toEqual([name, messages]);
  }
});

describe("names of settings", () => {
  const OWN_NAME = ["openai", "helicone-openai", "azure"];

  test("max_tokens is max_completion_tokens at OpenAI, and nowhere else", () => {
    const sampling = { max_tokens: 9 };
    for (const { name } of SPEAKERS) {
      const field = OWN_NAME.includes(name) ? "max_completion_tokens" : "max_tokens";
      expect([name, body(name, { sampling })]).toEqual([
        name,
        { model: "m", messages: [hi], stream: true, [field]: 9 },
      ]);
    }
  });

  test("seed is random_seed at Mistral", () => {
    expect(body("mistral", { sampling: { seed: 7 } })).toMatchObject({ random_seed: 7 });
    expect(body("mistral", { sampling: { seed: 7 } })).not.toHaveProperty("seed");
    expect(body("groq", { sampling: { seed: 7 } })).toMatchObject({ seed: 7 });
  });

  test("the others keep theirs", () => {
    const sampling: Sampling = { temperature: 0, top_p: 1, stop: ["a", "b"], reasoning_effort: "high" };
    for (const { name } of SPEAKERS) expect(body(name, { sampling })).toMatchObject(sampling);
  });
});

describe("roles and names", () => {
  const developer: Message = { role: "developer", content: "One." };

  test("developer becomes system where it is not known", () => {
    for (const name of ["openai", "helicone-openai", "azure"]) {
      expect(body(name, { messages: [developer, hi] })["messages"]).toEqual([developer, hi]);
    }
    for (const name of ["groq", "ollama", "mistral", "demo"]) {
      expect(body(name, { messages: [developer, hi] })["messages"]).toEqual([
        { ...developer, role: "system" },
        hi,
      ]);
    }
  });

  test("Mistral gets no names but those of tools, and ids of its own form, the same for call and result", () => {
    const call = { id: "call_ABC", type: "function", function: { name: "feed", arguments: "{}" } } as const;
    const kept = { ...call, id: "abcDEF123" };
    const messages: Message[] = [
      { ...hi, name: "ada" },
      { role: "assistant", content: null, tool_calls: [call, kept] },
      { role: "tool", tool_call_id: "call_ABC", content: "ok", name: "feed" },
      { role: "tool", tool_call_id: "abcDEF123", content: "ok" },
    ];
    const [user, asked, first, second] = body("mistral", { messages })["messages"] as Message[];
    expect(user).toEqual(hi);
    expect(asked?.tool_calls?.[0]?.id).toMatch(/^[a-z0-9]{9}$/);
    expect(first).toEqual({
      role: "tool",
      tool_call_id: asked?.tool_calls?.[0]?.id ?? "",
      content: "ok",
      name: "feed",
    });
    expect(asked?.tool_calls?.[1]?.id).toBe("abcDEF123");
    expect(second?.tool_call_id).toBe("abcDEF123");
  });

  test("the question is never changed, only copied", () => {
    const messages = Object.freeze([Object.freeze({ ...developer }), Object.freeze({ ...hi, name: "ada" })]);
    for (const { name } of SPEAKERS) expect(() => body(name, { messages })).not.toThrow();
  });
});

describe("usage", () => {
  const UNASKED = ["mistral", "perplexity", "fireworks"];

  test("is asked for only where it is wanted and must be asked for", () => {
    for (const { name } of SPEAKERS) {
      const asked = body(name, { includeUsage: true })["stream_options"];
      expect([name, asked]).toEqual([name, UNASKED.includes(name) ? undefined : { include_usage: true }]);
    }
  });

  test("is still asked for when the caller has stream options of its own", () => {
    const providerOptions = { stream_options: { include_obfuscation: false } };
    expect(body("openai", { includeUsage: true, providerOptions })["stream_options"]).toEqual({
      include_usage: true,
      include_obfuscation: false,
    });
  });
});

describe("what a provider does not take is refused with the name of the field", () => {
  test.each<[string, string, Partial<ChatRequest>]>([
    ["openai", "temperature", { sampling: { temperature: 2.1 } }],
    ["mistral", "temperature", { sampling: { temperature: 1.6 } }],
    ["azure", "stop", { sampling: { stop: ["a", "b", "c", "d", "e"] } }],
    ["mistral", "reasoning_effort", { sampling: { reasoning_effort: "low" } }],
    [
      "ollama",
      "messages[1].content[0].image_url.url",
      {
        messages: [
          hi,
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "https://igel.example/a.png" } }],
          },
        ],
      },
    ],
  ])("%s: %s", (name, param, more) => {
    const failure = refusal(name, more);
    expect(failure).toMatchObject({ type: "invalid_request", param });
    expect(statusOf(failure)).toBe(422);
  });

  test("and what is within its limits is not", () => {
    expect(body("openai", { sampling: { temperature: 2, stop: ["a", "b", "c", "d"] } })).toBeDefined();
    expect(body("mistral", { sampling: { temperature: 1.5, reasoning_effort: "none" } })).toBeDefined();
    expect(body("groq", { sampling: { stop: ["a", "b", "c", "d", "\n"] } })).toBeDefined();
  });
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChatRequest, Message } from "../../src/core/message.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { CONTINUE, NOTED, OPENING } from "../../src/protocols/order-turns.ts";
import { anthropic } from "../../src/providers/anthropic.ts";
import { openaiCompatible } from "../../src/providers/compatible.ts";
import { PROVIDERS } from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { read as readAsAnthropic } from "../../src/sandbox/anthropic/rules.ts";
import { readMessages as readAsOpenAI } from "../../src/sandbox/openai/messages.ts";
import { conversation, PNG, textsOf } from "./conversations.ts";

const FILLERS = [OPENING, CONTINUE, NOTED];

function chat(messages: readonly Message[]): ChatRequest {
  return { model: "m", messages, sampling: {}, includeUsage: false };
}

function sent(provider: Provider, messages: readonly Message[]): Message[] {
  return provider.protocol.body(chat(messages), provider.traits)["messages"] as Message[];
}

function named(name: string): Provider {
  const provider = PROVIDERS.find((one) => one.name === name);
  if (provider === undefined) throw new Error(`There is no provider ${name}.`);
  return provider;
}

function wordsOf(messages: readonly Message[], ...roles: Message["role"][]): string {
  return (
    textsOf(messages, ...roles)
      .filter((text) => !FILLERS.includes(text))
      .flatMap((text) => text.split("\n\n"))
      // Speakers who share a message are told apart in its text.
      .map((text) => text.replace(/^(?:ada|bo):(?: |$)/, ""))
      .filter((text) => text.trim() !== "")
      .join("\n\n")
  );
}

/** Everything that was said is still said, in its order; only the stand-ins are new. */
function expectSameWords(before: readonly Message[], after: readonly Message[]): void {
  for (const roles of [["user"], ["assistant"], ["tool"], ["system", "developer"]] as const) {
    expect(wordsOf(after, ...roles)).toBe(wordsOf(before, ...roles));
  }
}

const isSystem = ({ role }: Message) => role === "system" || role === "developer";

describe("Anthropic", () => {
  interface Block {
    type: string;
    text?: string;
    id?: string;
    tool_use_id?: string;
  }
  interface Turn {
    role: string;
    content: Block[];
  }

  test("gets any conversation in the order that it takes", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const body = anthropicMessages.body(chat(messages), anthropic.traits);
        const turns = body["messages"] as Turn[];
        expect(turns.map(({ role }) => role)).toEqual(
          turns.map((_, i) => (i % 2 === 0 ? "user" : "assistant")),
        );
        expect(turns.length % 2).toBe(1);
        let open: (string | undefined)[] = [];
        for (const { role, content } of turns) {
          expect(content).not.toBeEmpty();
          for (const block of content) if (block.type === "text") expect(block.text?.trim()).not.toBe("");
          const results = content.filter(({ type }) => type === "tool_result");
          expect(content.slice(0, results.length)).toEqual(results);
          expect(results.map((block) => block.tool_use_id).sort()).toEqual(open.sort());
          const calls = content.filter(({ type }) => type === "tool_use");
          if (role === "user") expect(calls).toBeEmpty();
          open = calls.map(({ id }) => id);
        }
        expect(body["system"] ?? "").toBe(textsOf(messages, "system", "developer").join("\n\n"));
        const texts = turns.flatMap(({ content }) => content.flatMap(({ text }) => text ?? []));
        const kept = texts.filter((text) => !FILLERS.includes(text));
        expect(kept).toEqual(textsOf(messages, "user", "assistant"));
      }),
      { numRuns: 300 },
    );
  });

  test("takes it, as far as our strict stand-in knows", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const body = anthropicMessages.body(chat(messages), anthropic.traits);
        const headers = { "content-type": "application/json", "anthropic-version": "2023-06-01" };
        const call = { method: "POST", path: "/v1/messages", headers, body, isJson: true, bytes: 1000 };
        expect(() => readAsAnthropic(call)).not.toThrow();
      }),
    );
  });
});

/** User and assistant alternate, the user first and last; system messages stand before. */
describe.each(["perplexity", "deepseek"])("%s", (name) => {
  test("gets any conversation in the order that it takes", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const after = sent(named(name), messages);
        const start = after.findIndex((message) => !isSystem(message));
        const spoken = after.slice(start);
        expect(spoken.filter(isSystem)).toBeEmpty();
        expect(spoken[0]?.role).toBe("user");
        expect(["user", "tool"]).toContain(spoken.at(-1)?.role ?? "");
        for (const [i, { role }] of spoken.entries()) {
          if (role !== "tool") expect(spoken[i + 1]?.role).not.toBe(role);
        }
        expectSameWords(messages, after);
      }),
      { numRuns: 300 },
    );
  });
});

describe("mistral", () => {
  /** What may follow what. @see https://github.com/mistralai/mistral-common, `_validate_message_order` */
  const AFTER: Readonly<Record<string, readonly string[]>> = {
    system: ["user", "assistant", "system"],
    user: ["assistant", "system", "user"],
    assistant: ["assistant", "user", "tool"],
    tool: ["assistant", "tool"],
  };

  test("gets any conversation in the order, and without the messages, that it refuses", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const after = sent(named("mistral"), messages);
        for (const [i, message] of after.entries()) {
          const next = after[i + 1]?.role;
          if (next !== undefined) expect(AFTER[message.role]).toContain(next);
          if (message.role !== "tool") expect(message).not.toHaveProperty("name");
          const isSilent = textsOf([message], message.role).length === 0;
          if (message.role === "assistant" && isSilent) expect(message.tool_calls).not.toBeEmpty();
          for (const { id } of message.tool_calls ?? []) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
        }
        expect(["user", "tool"]).toContain(after.at(-1)?.role ?? "");
        expectSameWords(messages, after);
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(["gemini", "xai"])("%s", (name) => {
  test("gets no message without text", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const after = sent(named(name), messages);
        for (const message of after) {
          const { role, content, tool_calls: calls } = message;
          if (role === "tool") continue;
          const images = Array.isArray(content) ? content.filter(({ type }) => type === "image_url") : [];
          expect(textsOf([message], role).length + images.length + (calls?.length ?? 0)).toBeGreaterThan(0);
        }
        if (name === "gemini") expect(["user", "tool"]).toContain(after.at(-1)?.role ?? "");
        expectSameWords(messages, after);
      }),
    );
  });
});

describe("a host of which nothing is known", () => {
  const call = { id: "call_1", type: "function", function: { name: "feed", arguments: "{}" } } as const;

  test("gets one leading system message, and neighbours merged where nothing is lost by it", () => {
    const after = sent(openaiCompatible, [
      { role: "system", content: [{ type: "text", text: "One." }] },
      { role: "developer", content: "Two." },
      { role: "user", content: "Hi." },
      { role: "user", content: [{ type: "image_url", image_url: { url: PNG } }] },
      { role: "assistant", content: "Yes." },
      { role: "assistant", content: "No." },
      { role: "user", content: "Why?" },
    ]);
    expect(after).toEqual([
      { role: "system", content: "One.\n\nTwo." },
      {
        role: "user",
        content: [
          { type: "text", text: "Hi." },
          { type: "image_url", image_url: { url: PNG } },
        ],
      },
      { role: "assistant", content: "Yes.\n\nNo." },
      { role: "user", content: "Why?" },
    ]);
  });

  test("gets one system message, at the start, and in one message who has another name, told apart by it", () => {
    const messages: Message[] = [
      { role: "system", content: "One.", name: "example_user" },
      { role: "system", content: "Two.", name: "example_assistant" },
      { role: "user", content: "Hi.", name: "ada" },
      { role: "user", content: "Ho.", name: "bo" },
      { role: "system", content: "Three." },
      { role: "user", content: "Well?" },
    ];
    expect(sent(openaiCompatible, messages)).toEqual([
      { role: "system", content: "example_user: One.\n\nexample_assistant: Two.\n\nThree." },
      { role: "user", content: "ada: Hi.\n\nbo: Ho.\n\nWell?" },
    ]);
  });

  test("keeps a text apart from the call that follows it, and a result from the user", () => {
    const asked: Message = { role: "assistant", content: null, tool_calls: [call] };
    const result: Message = { role: "tool", tool_call_id: "call_1", content: "ok" };
    const [hi, look, thanks] = [
      { role: "user", content: "Hi." },
      { role: "assistant", content: "I look." },
      { role: "user", content: "Thanks." },
    ] as const;
    expect(sent(openaiCompatible, [hi, look, asked, result, thanks])).toEqual([
      hi,
      look,
      { role: "user", content: CONTINUE },
      asked,
      result,
      { role: "assistant", content: NOTED },
      thanks,
    ]);
    expect(sent(openaiCompatible, [hi, { ...look, content: "" }, asked, result])).toEqual([
      hi,
      asked,
      result,
    ]);
  });
});

/** No arguments are an empty object, which OpenAI wants written. */
function withArguments(message: Message): Message {
  const calls = message.tool_calls?.map((call) => ({
    ...call,
    function: { ...call.function, arguments: call.function.arguments || "{}" },
  }));
  return calls === undefined ? message : { ...message, tool_calls: calls };
}

/** Gemini's own field, which OpenAI would refuse. */
function withoutSignatures(message: Message): Message {
  const calls = message.tool_calls?.map(({ id, type, function: called }) => ({ id, type, function: called }));
  return calls === undefined ? message : { ...message, tool_calls: calls };
}

function withInlineImages(message: Message): Message {
  if (!Array.isArray(message.content)) return message;
  const inline = { type: "image_url", image_url: { url: PNG } } as const;
  return { ...message, content: message.content.map((part) => (part.type === "text" ? part : inline)) };
}

describe("every provider of OpenAI's protocol", () => {
  const speakers = PROVIDERS.filter(({ protocol }) => protocol.name === "openai");
  const strangers = speakers.filter(({ name }) => !["openai", "helicone-openai", "azure"].includes(name));

  test.each(speakers.map((provider) => [provider.name, provider] as const))(
    "%s gets what OpenAI itself would take",
    (_name, provider) => {
      fc.assert(
        fc.property(conversation, (messages) => {
          fc.pre(messages.some((message) => textsOf([message], message.role).length > 0));
          const taken = provider.traits.inlineImagesOnly ? messages.map(withInlineImages) : messages;
          const unsigned = sent(provider, taken).map(withoutSignatures);
          expect(() => readAsOpenAI(unsigned)).not.toThrow();
        }),
      );
    },
  );

  test("OpenAI gets every message as it is", () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        expect(sent(named("openai"), messages)).toEqual(messages.map(withArguments));
      }),
    );
  });

  test.each(strangers.map((provider) => [provider.name, provider] as const))(
    "%s can go on after a summary",
    (_name, provider) => {
      const summary: Message = { role: "assistant", content: "Previous conversation summary:\nHedgehogs." };
      const next: Message = { role: "user", content: "Go on." };
      expect(sent(provider, [summary, next])).toEqual([
        ...(provider.traits.turns.startsWithUser ? [{ role: "user" as const, content: OPENING }] : []),
        summary,
        next,
      ]);
    },
  );
});

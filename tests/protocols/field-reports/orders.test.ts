/** Orders of messages that strict templates and providers refuse leave in one that they take, and nothing is lost. */

import { describe, expect, test } from "bun:test";
import { ChatError, type Failure } from "../../../src/core/failure.ts";
import type { Message } from "../../../src/core/message.ts";
import { CONTINUE, NOTED, OPENING } from "../../../src/protocols/order-turns.ts";
import { anthropic } from "../../../src/providers/anthropic.ts";
import { openaiCompatible } from "../../../src/providers/compatible.ts";
import { PROVIDERS } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/providers/provider.ts";

interface Sent {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly { readonly id: string }[];
  readonly tool_call_id?: string;
}

function sent(provider: Provider, messages: readonly Message[]): Sent[] {
  const chat = { model: "m", messages, sampling: {}, includeUsage: false };
  return provider.protocol.body(chat, provider.traits)["messages"] as Sent[];
}

function refusal(provider: Provider, messages: readonly Message[]): Failure {
  try {
    sent(provider, messages);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("It was not refused.");
}

const user = (content: string): Message => ({ role: "user", content });
const says = (content: string): Message => ({ role: "assistant", content });
const system = (content: string): Message => ({ role: "system", content });
const calls = (...ids: string[]): Message => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => ({ id, type: "function" as const, function: { name: "f", arguments: "{}" } })),
});
const result = (id: string, content = "42"): Message => ({ role: "tool", tool_call_id: id, content });

const STRICT = [
  openaiCompatible,
  ...PROVIDERS.filter(({ name }) => !["openai", "helicone-openai", "azure"].includes(name)),
];

const CONVERSATIONS: readonly (readonly [string, readonly Message[]])[] = [
  [
    "a system message in the middle",
    [system("Be terse."), user("Hi"), says("Hello."), system("Only BLUE."), user("Sky?")],
  ],
  ["a system message at the end", [user("Hi"), system("Be terse.")]],
  ["two system messages at the start", [system("One."), system("Two."), user("Hi")]],
  ["a developer's among them", [system("One."), user("Hi"), { role: "developer", content: "Two." }]],
  ["system messages alone", [system("One.")]],
  ["the assistant first", [says("Hello."), user("Hi")]],
  ["two users", [user("Hi"), user("there")]],
  [
    "two users by name",
    [
      { ...user("Hi"), name: "ada" },
      { ...user("there"), name: "bo" },
    ],
  ],
  ["two answers", [user("Hi"), says("Hello."), says("Again."), user("Well?")]],
  ["the user between call and result", [user("go"), calls("a1"), user("hurry"), result("a1")]],
  ["a system message between call and result", [user("go"), calls("a1"), system("Quick."), result("a1")]],
  [
    "two results in the other order",
    [user("go"), calls("a1", "a2"), result("a2", "two"), result("a1", "one"), user("ok")],
  ],
  [
    "results of two calls that follow each other",
    [user("go"), calls("a1"), calls("a2"), result("a1", "one"), result("a2", "two")],
  ],
  [
    "the same id used again",
    [user("go"), calls("c0"), result("c0", "one"), user("again"), calls("c0"), result("c0", "two")],
  ],
  ["a result before its call", [user("go"), result("a1"), calls("a1"), user("ok")]],
  ["a result far behind", [user("go"), calls("a1"), user("hurry"), says("Yes."), user("well"), result("a1")]],
];

describe.each(STRICT.map((provider) => [provider.name, provider] as const))("%s gets", (name, provider) => {
  test.each(CONVERSATIONS)("%s", (_name, messages) => {
    const all = sent(provider, messages);
    const spoken = all.filter(({ role }) => role !== "system");
    // One system message at most, at the start; Mistral takes more of them there.
    const systems = all.filter(({ role }) => role === "system");
    if (name !== "mistral") expect(systems.length).toBeLessThanOrEqual(1);
    expect(all.slice(0, systems.length)).toEqual(systems);
    if (name !== "mistral") {
      for (const [i, { role }] of spoken.entries())
        if (role !== "tool") expect(spoken[i + 1]?.role).not.toBe(role);
    }
    expectResultsBehindCalls(all);
    const text = JSON.stringify(
      provider.protocol.body({ model: "m", messages, sampling: {}, includeUsage: false }, provider.traits),
    );
    for (const { content } of messages) if (typeof content === "string") expect(text).toContain(content);
  });
});

function expectResultsBehindCalls(all: readonly Sent[]): void {
  for (const [i, message] of all.entries()) {
    const asked = callsOf(message);
    const behind: string[] = [];
    for (const next of all.slice(i + 1)) {
      const answered = resultsOf(next);
      if (answered.length === 0) break;
      behind.push(...answered);
      if (!next.tool_call_id) break;
    }
    if (asked.length > 0) expect(behind.sort()).toEqual([...asked].sort());
  }
}

const blocksOf = ({ content }: Sent) =>
  Array.isArray(content) ? (content as { type: string; id?: string; tool_use_id?: string }[]) : [];
const callsOf = (message: Sent) => [
  ...(message.tool_calls ?? []).map(({ id }) => id),
  ...blocksOf(message).flatMap((block) => (block.type === "tool_use" ? [block.id ?? ""] : [])),
];
const resultsOf = (message: Sent) =>
  message.tool_call_id === undefined
    ? blocksOf(message).flatMap(({ tool_use_id: id }) => id ?? [])
    : [message.tool_call_id];

describe("what no order makes good is refused by name", () => {
  test.each<[string, readonly Message[], string]>([
    ["a result without a call", [user("go"), result("a1")], "messages[1].tool_call_id"],
    [
      "a result without an id",
      [user("go"), calls("a1"), result("a1"), result("")],
      "messages[3].tool_call_id",
    ],
    ["a second result", [user("go"), calls("a1"), result("a1"), result("a1")], "messages[3].tool_call_id"],
    [
      "a call without a result before the user",
      [user("go"), calls("a1"), user("well?")],
      "messages[1].tool_calls[0].id",
    ],
    ["a call without a result at the end", [user("go"), calls("a1")], "messages[1].tool_calls[0].id"],
    ["one of two", [user("go"), calls("a1", "a2"), result("a1")], "messages[1].tool_calls[1].id"],
  ])("%s", (_name, messages, param) => {
    for (const { protocol, traits } of PROVIDERS) {
      expect(refusal({ protocol, traits } as Provider, messages)).toMatchObject({
        type: "invalid_request",
        param,
      });
    }
  });
});

describe("a list of nothing but texts", () => {
  const parts = (...texts: string[]): Message => ({
    role: "user",
    content: texts.map((text) => ({ type: "text", text })),
  });

  test("is a string where strings are wanted, and a list where lists are taken", () => {
    for (const provider of PROVIDERS.filter(({ protocol }) => protocol.name === "openai")) {
      const [message] = sent(provider, [parts("hi")]);
      expect([provider.name, message?.content]).toEqual([
        provider.name,
        provider.traits.takes.has("text_lists") ? [{ type: "text", text: "hi" }] : "hi",
      ]);
    }
    expect(sent(openaiCompatible, [parts("One.", "Two.")])[0]?.content).toBe("One.\n\nTwo.");
  });

  test("of the system, the assistant and a tool too", () => {
    const list = (role: Message["role"], more: Partial<Message> = {}): Message => ({
      role,
      content: [{ type: "text", text: role }],
      ...more,
    });
    const all = sent(openaiCompatible, [
      list("system"),
      user("go"),
      list("assistant", calls("a1").tool_calls ? { tool_calls: calls("a1").tool_calls ?? [] } : {}),
      list("tool", { tool_call_id: "a1" }),
    ]);
    expect(all.map(({ content }) => content)).toEqual(["system", "go", "assistant", "tool"]);
  });

  test("stays a list beside an image, or with a mark for caching where it is taken", () => {
    const image = { type: "image_url", image_url: { url: "https://a.example/b.png" } } as const;
    expect(
      sent(openaiCompatible, [{ role: "user", content: [{ type: "text", text: "See:" }, image] }])[0]
        ?.content,
    ).toBeArray();
    const marked: Message = {
      role: "user",
      content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }],
    };
    const openrouter = PROVIDERS.find(({ name }) => name === "openrouter") ?? openaiCompatible;
    expect(sent(openrouter, [marked])[0]?.content).toEqual([
      { type: "text", text: "a", cache_control: { type: "ephemeral" } },
    ]);
    expect(sent(openaiCompatible, [marked])[0]?.content).toBe("a");
  });
});

test("what stands in says nothing of its own", () => {
  expect([OPENING, CONTINUE, NOTED].every((text) => text.length < 50)).toBe(true);
  expect(sent(anthropic, [system("One.")])).toEqual([
    { role: "user", content: [{ type: "text", text: OPENING }] },
  ]);
});

import { describe, expect, test } from "bun:test";
import { anthropicDialect } from "../../src/api/anthropic/dialect.ts";
import type { Dialect } from "../../src/api/dialect.ts";
import { openaiChatDialect } from "../../src/api/openai-chat/dialect.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import type { ChatRequest, ReasoningPart } from "../../src/core/message.ts";
import type { ProtocolName } from "../../src/core/translation.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../../src/protocols/openai-responses/protocol.ts";
import type { Protocol } from "../../src/protocols/protocol.ts";
import { ANTHROPIC_TRAITS, OPENAI_TRAITS, type Traits } from "../../src/protocols/traits.ts";
import { collected, contextOf, encode, parsed, serving } from "./dialect-support.ts";

/** What providers want back of their reasoning, each as its events and as the parts that must come back. */
const REASONING: Readonly<Record<string, readonly [ChatEvent[], ReasoningPart[]]>> = {
  none: [[], []],
  plain: [
    [
      { type: "reasoning", text: "Let me " },
      { type: "reasoning", text: "see." },
    ],
    [{ type: "reasoning", text: "Let me see." }],
  ],
  "Anthropic's, several blocks": [
    [
      { type: "reasoning", text: "one" },
      { type: "reasoning", text: "", signature: "c2ln" },
      { type: "reasoning", text: "", redacted: "opaque" },
      { type: "reasoning", text: "", signature: "YWxvbmU=" },
    ],
    [
      { type: "reasoning", text: "one", signature: "c2ln" },
      { type: "reasoning", text: "", redacted: "opaque" },
      { type: "reasoning", text: "", signature: "YWxvbmU=" },
    ],
  ],
  "an item of Responses'": [
    [
      { type: "reasoning", text: "Summary" },
      { type: "reasoning", text: "", encrypted: { id: "rs_1", content: "gAAA" } },
    ],
    [{ type: "reasoning", text: "Summary", encrypted: { id: "rs_1", content: "gAAA" } }],
  ],
};

/** One turn of a model that thinks, speaks and calls two tools at once. */
function turnOf(reasoning: readonly ChatEvent[], turn: number): ChatEvent[] {
  return [
    ...reasoning,
    { type: "text", text: `Turn ${turn}.` },
    { type: "tool-call", index: 0, id: `functions.look:${turn}`, name: "look" },
    { type: "tool-call", index: 1, id: `call_${turn}`, name: "read", arguments: '{"path":"a b"}' },
    { type: "end", reason: "tool_calls" },
  ];
}

const PROTOCOLS: Readonly<Record<ProtocolName, readonly [Protocol, Traits]>> = {
  openai: [openaiChat, OPENAI_TRAITS],
  responses: [openaiResponses, OPENAI_TRAITS],
  anthropic: [anthropicMessages, ANTHROPIC_TRAITS],
};

/** What leaves for a provider: nothing of ours in it, each call beside its results, and back what is the provider's own. */
function checkOutgoing(chat: ChatRequest, name: ProtocolName, parts: readonly ReasoningPart[]): void {
  const [protocol, traits] = PROTOCOLS[name];
  const body =
    chat.raw === undefined
      ? protocol.body(chat, traits)
      : (protocol.passThrough?.(chat.raw.body, "m", traits) ?? {});
  const json = JSON.stringify(body);
  expect(json).not.toContain("nash1:");
  const isOwn = { openai: "none", responses: "encrypted", anthropic: "signature" }[name];
  for (const part of parts) {
    if (part.signature !== undefined && chat.raw === undefined)
      expect(json.includes(part.signature)).toBe(isOwn === "signature");
    if (part.encrypted !== undefined && chat.raw === undefined)
      expect(json.includes(part.encrypted.content)).toBe(isOwn === "encrypted");
  }
  const ids =
    name === "anthropic" ? /"(?:id|tool_use_id)":"([^"]+)"/g : /"(?:id|call_id|tool_call_id)":"([^"]+)"/g;
  const counts = new Map<string, number>();
  for (const [, id = ""] of json.matchAll(ids)) counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const [id, count] of counts) {
    if (/look|call_/.test(id)) expect([id, count]).toEqual([id, 2]);
    if (name === "anthropic") expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
  }
}

type Wire = Record<string, unknown>;

async function throughMessages(events: ChatEvent[], whole: boolean): Promise<Wire> {
  const body = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "hi" }] };
  if (whole)
    return {
      role: "assistant",
      content: (anthropicDialect.whole(collected(events), contextOf(body)) as Wire)["content"],
    };
  using server = serving(encode(anthropicDialect.encoder(contextOf(body)), events));
  const { content } = await server.anthropic.messages.stream(body).finalMessage();
  return { role: "assistant", content: JSON.parse(JSON.stringify(content)) };
}

const RESULT_IMAGE = { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } };

function messageResults(answer: Wire): Wire[] {
  const calls = (answer["content"] as Wire[]).filter(({ type }) => type === "tool_use");
  return [
    {
      role: "user",
      content: calls.map(({ id }) => ({
        type: "tool_result",
        tool_use_id: id,
        content: [{ type: "text", text: "seen" }, RESULT_IMAGE],
      })),
    },
  ];
}

/** As programs put an answer together that keep what they do not know. */
async function throughChat(events: ChatEvent[], whole: boolean): Promise<Wire> {
  const body = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };
  if (whole) {
    const { choices } = openaiChatDialect.whole(collected(events), contextOf(body)) as {
      choices: { message: Wire }[];
    };
    return choices[0]?.message ?? {};
  }
  using server = serving(encode(openaiChatDialect.encoder(contextOf(body)), events));
  const chunks = await server.openai.chat.completions.create({ ...body, stream: true });
  const helper = server.openai.chat.completions.stream(body);
  const extra: { reasoning_content?: string; reasoning_details?: unknown } = {};
  for await (const chunk of chunks) {
    const delta = (chunk.choices[0]?.delta ?? {}) as typeof extra;
    if (delta.reasoning_content)
      extra.reasoning_content = (extra.reasoning_content ?? "") + delta.reasoning_content;
    if (delta.reasoning_details) extra.reasoning_details = delta.reasoning_details;
  }
  const { message } = (await helper.finalChatCompletion()).choices[0] ?? {};
  return { ...JSON.parse(JSON.stringify(message)), ...extra };
}

function chatResults(answer: Wire): Wire[] {
  return (answer["tool_calls"] as Wire[]).map(({ id }) => ({
    role: "tool",
    tool_call_id: id,
    content: "seen",
  }));
}

function threeTurns<Body>(
  dialect: Dialect<Body>,
  through: (events: ChatEvent[], whole: boolean) => Promise<Wire>,
  results: (answer: Wire) => Wire[],
) {
  describe(`${dialect.name}: what was emitted is accepted again, over three turns`, () => {
    for (const [name, [events, parts]] of Object.entries(REASONING)) {
      for (const whole of [false, true]) {
        test(`${name}, ${whole ? "whole" : "streamed"}`, async () => {
          const messages: Wire[] = [{ role: "user", content: "hi" }];
          for (const turn of [1, 2, 3]) {
            const answer = await through(turnOf(events, turn), whole);
            messages.push(answer, ...results(answer));
            for (const protocol of ["openai", "anthropic", "responses"] as const) {
              const body = { model: "m", max_tokens: 9, messages };
              const { chat } = parsed(dialect, body, protocol);
              checkOutgoing(chat, protocol, parts);
              const answers = chat.messages.filter(({ role }) => role === "assistant");
              expect(answers).toHaveLength(turn);
              const last = answers.at(-1);
              const text = `Turn ${turn}.`;
              expect<unknown>(last?.content).toEqual(
                parts.length === 0 ? text : [...parts, { type: "text", text }],
              );
              expect<unknown>(last?.tool_calls).toEqual([
                {
                  id: `functions.look:${turn}`,
                  type: "function",
                  function: { name: "look", arguments: "{}" },
                },
                {
                  id: `call_${turn}`,
                  type: "function",
                  function: { name: "read", arguments: '{"path":"a b"}' },
                },
              ]);
              const answered = chat.messages.filter(({ role }) => role === "tool");
              expect(answered.map((message) => message.tool_call_id)).toEqual(
                answers.flatMap((message) => (message.tool_calls ?? []).map(({ id }) => id)),
              );
            }
          }
        });
      }
    }
  });
}

threeTurns(anthropicDialect, throughMessages, messageResults);
threeTurns(openaiChatDialect, throughChat, chatResults);

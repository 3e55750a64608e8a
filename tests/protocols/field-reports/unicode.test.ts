/** No half of a surrogate pair leaves, in either direction; two that belong together leave joined. */

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChatRequest, Message } from "../../../src/core/message.ts";
import { anthropicMessages } from "../../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../../src/protocols/openai-chat/protocol.ts";
import { anthropic } from "../../../src/providers/anthropic.ts";
import { openaiCompatible } from "../../../src/providers/compatible.ts";
import { openai } from "../../../src/providers/openai.ts";
import { answerTo, beginning, chunk, PROTOCOLS } from "./support.ts";

const [HIGH, LOW] = ["\ud83d", "\ude00"];
const stop = chunk({}, "stop");
const delta = (text: string) => ({
  type: "content_block_delta",
  index: 0,
  delta: { type: "text_delta", text },
});
const end = [{ type: "message_delta", delta: { stop_reason: "end_turn" } }, { type: "message_stop" }];

/** Texts of deltas, and what they say. */
const DELTAS: readonly (readonly [readonly string[], string])[] = [
  [["a ", `${HIGH}${LOW} b`], "a 😀 b"],
  [[`a ${HIGH}`, `${LOW} b`], "a 😀 b"],
  [[`a ${HIGH}`, LOW], "a 😀"],
  [["a ", HIGH, LOW, " b"], "a 😀 b"],
  [[`a ${HIGH}`, " b"], "a \ufffd b"],
  [[`a ${HIGH}`, HIGH, LOW], "a \ufffd😀"],
  [["a ", `${LOW} b`], "a \ufffd b"],
  [[`a ${HIGH}`], "a \ufffd"],
  [["a", "b", "c", HIGH, "", LOW, "d"], "abc😀d"],
];

describe("a decoder", () => {
  test.each(DELTAS)("%j", (texts, said) => {
    expect(answerTo(openaiChat, [...texts.map((content) => chunk({ content })), stop]).text).toBe(said);
    expect(
      answerTo(
        openaiChat,
        texts.map((content) => chunk({ content })),
      ).text,
    ).toBe(said);
    expect(answerTo(openaiChat, [...texts.map((refusal) => chunk({ refusal })), stop]).refusal).toBe(said);
    expect(answerTo(openaiChat, [...texts.map((reasoning) => chunk({ reasoning })), stop]).reasoning).toBe(
      said,
    );
    expect(
      answerTo(anthropicMessages, [
        ...beginning(anthropicMessages, "").slice(0, 2),
        ...texts.map(delta),
        ...end,
      ]).text,
    ).toBe(said);
  });

  test("joins halves that have other deltas between them", () => {
    const frames = [
      chunk({ content: HIGH }),
      chunk({ reasoning: "Hm." }),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
      chunk({ content: LOW }),
      stop,
    ];
    expect(answerTo(openaiChat, frames)).toMatchObject({ text: "😀", reasoning: "Hm." });
  });

  test("joins them in arguments, names and ids", () => {
    const call = (args: string, more: object = {}) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: args, ...more } }] });
    const frames = [call(`{"a":"${HIGH}`, { name: "f" }), call(`${LOW}"}`), stop];
    expect(answerTo(openaiChat, frames).calls[0]).toEqual({ name: "f", args: '{"a":"😀"}' });
    expect(answerTo(openaiChat, [call(HIGH, { name: `f${HIGH}` }), stop]).calls[0]).toEqual({
      name: "f\ufffd",
      args: "\ufffd",
    });
  });

  test("tells errors and endings without halves", () => {
    for (const protocol of PROTOCOLS) {
      expect(answerTo(protocol, [{ error: { message: `no ${HIGH}` } }]).failure?.message).toBe("no \ufffd");
    }
    expect(answerTo(openaiChat, [chunk({ content: "a" }), chunk({}, `odd${HIGH}`)]).end?.rawReason).toBe(
      "odd\ufffd",
    );
  });

  test("says what was meant, however it was cut", () => {
    const text = fc.array(fc.constantFrom("a", " ", "😀", "🦔", "é", "\n"), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        text,
        fc.array(
          fc.nat(3).map((n) => n + 1),
          { minLength: 1 },
        ),
        (parts, sizes) => {
          const whole = parts.join("");
          const pieces: string[] = [];
          for (let at = 0, i = 0; at < whole.length; at += sizes[i++ % sizes.length] ?? 1)
            pieces.push(whole.slice(at, at + (sizes[i % sizes.length] ?? 1)));
          expect(answerTo(openaiChat, [...pieces.map((content) => chunk({ content })), stop]).text).toBe(
            whole,
          );
        },
      ),
    );
  });
});

describe("a body", () => {
  const chat = (messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
    model: "m",
    messages,
    sampling: {},
    includeUsage: false,
    ...more,
  });
  const PROVIDERS = [openai, openaiCompatible, anthropic];

  test.each<[string, Partial<ChatRequest> & { messages: readonly Message[] }]>([
    ["a text", { messages: [{ role: "user", content: `a ${HIGH}` }] }],
    ["a low half", { messages: [{ role: "user", content: `${LOW} a` }] }],
    [
      "a part",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: HIGH },
              { type: "image_url", image_url: { url: "https://a.example/b.png" } },
            ],
          },
        ],
      },
    ],
    [
      "a system message",
      {
        messages: [
          { role: "system", content: `a ${HIGH}` },
          { role: "user", content: "a" },
        ],
      },
    ],
    [
      "a result",
      {
        messages: [
          { role: "user", content: "a" },
          {
            role: "assistant",
            content: null,
            tool_calls: [
              { id: "a", type: "function", function: { name: "f", arguments: '{"a":"\\ud83d"}' } },
            ],
          },
          { role: "tool", tool_call_id: "a", content: `a ${HIGH}` },
        ],
      },
    ],
    [
      "a tool",
      {
        messages: [{ role: "user", content: "a" }],
        tools: [
          {
            name: "f",
            description: HIGH,
            parameters: { type: "object", properties: { a: { description: LOW } } },
          },
        ],
      },
    ],
    [
      "an option",
      {
        messages: [{ role: "user", content: "a" }],
        providerOptions: { metadata: { [`k${HIGH}`]: `v${HIGH}` } },
      },
    ],
  ])("%s", (_name, request) => {
    for (const { protocol, traits } of PROVIDERS) {
      const json = JSON.stringify(protocol.body(chat(request.messages, request), traits));
      // A half is written as an escape; in arguments, which are text of their own, the model's letters stay.
      expect(json.replaceAll("\\\\ud83d", "")).not.toMatch(/\\ud[89a-f]/i);
    }
  });

  test("joins halves of neighbouring parts", () => {
    const content = [
      { type: "text", text: `a ${HIGH}` },
      { type: "text", text: `${LOW} b` },
    ] as const;
    for (const { protocol, traits } of PROVIDERS) {
      const json = JSON.stringify(protocol.body(chat([{ role: "user", content }]), traits));
      expect(json).toContain("a 😀");
      expect(json).not.toContain("\ufffd");
    }
  });

  test("that passes through has none either, and is the very same where it has none", () => {
    for (const { protocol, traits } of PROVIDERS) {
      const raw = { messages: [{ role: "user", content: HIGH }], extra: { a: [LOW] } };
      expect(JSON.stringify(protocol.passThrough?.(raw, "m", traits))).not.toMatch(/\\ud[89a-f]/i);
      const sound = { messages: [{ role: "user", content: "😀" }], extra: { a: 1 } };
      expect(protocol.passThrough?.(sound, "m", traits)?.["extra"]).toBe(sound.extra);
    }
  });
});

import { describe, expect, test } from "bun:test";
import { ChatError, type Failure } from "../../src/core/failure.ts";
import type { ChatRequest, Message, Sampling, ToolCall } from "../../src/core/message.ts";
import { anthropicMessages } from "../../src/protocols/anthropic-messages/protocol.ts";
import { CONTINUE, OPENING } from "../../src/protocols/order-turns.ts";
import { ANTHROPIC_TRAITS } from "../../src/protocols/traits.ts";
import { PNG } from "./conversations.ts";

function body(messages: readonly Message[], more: Partial<ChatRequest> = {}): Record<string, unknown> {
  const chat = { model: "claude-sonnet-4-5", messages, sampling: {}, includeUsage: true, ...more };
  return anthropicMessages.body(chat, ANTHROPIC_TRAITS);
}

function turns(...messages: Message[]): unknown {
  return body(messages)["messages"];
}

function refusal(messages: readonly Message[], sampling: Sampling = {}): Failure {
  try {
    body(messages, { sampling });
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("It was not refused.");
}

const say = (text: string) => ({ type: "text", text }) as const;
const hi: Message = { role: "user", content: "Hi." };
const opened = { role: "user", content: [say(OPENING)] };
const continued = { role: "user", content: [say(CONTINUE)] };

function call(id: string, args: string): ToolCall {
  return { id, type: "function", function: { name: "feed", arguments: args } };
}

describe("messages", () => {
  test("become turns of text blocks", () => {
    expect(turns(hi, { role: "assistant", content: "Ho." }, { role: "user", content: "He." })).toEqual([
      { role: "user", content: [say("Hi.")] },
      { role: "assistant", content: [say("Ho.")] },
      { role: "user", content: [say("He.")] },
    ]);
  });

  test("of the system and of developers are hoisted, wherever they stand", () => {
    const { system, messages } = body([
      { role: "system", content: "One." },
      hi,
      { role: "developer", content: [{ type: "text", text: "Two." }] },
      { role: "system", content: " \n" },
    ]);
    expect(system).toBe("One.\n\nTwo.");
    expect(messages).toEqual([{ role: "user", content: [say("Hi.")] }]);
  });

  test("without any of the system have no `system`", () => {
    expect(body([hi])).not.toHaveProperty("system");
  });

  test("of the system alone get someone to speak to", () => {
    expect(turns({ role: "system", content: "One." })).toEqual([opened]);
  });

  test("that begin with the assistant, as after a summary, get an opening", () => {
    expect(turns({ role: "assistant", content: "Summary." }, hi)).toEqual([
      opened,
      { role: "assistant", content: [say("Summary.")] },
      { role: "user", content: [say("Hi.")] },
    ]);
  });

  test("that end with the assistant are asked to go on", () => {
    expect(turns(hi, { role: "assistant", content: "Ho. " })).toEqual([
      { role: "user", content: [say("Hi.")] },
      { role: "assistant", content: [say("Ho. ")] },
      continued,
    ]);
  });

  test("without words are left out, and their neighbours merged", () => {
    const blank: Message = { role: "assistant", content: [{ type: "text", text: " \t" }] };
    expect(turns(hi, blank, { role: "user", content: "" }, { role: "user", content: "He." })).toEqual([
      { role: "user", content: [say("Hi."), say("He.")] },
    ]);
  });

  test("lose their names, for which Anthropic has no field", () => {
    expect(turns({ ...hi, name: "ada" })).toEqual([{ role: "user", content: [say("Hi.")] }]);
  });
});

describe("tools", () => {
  const asked: Message = {
    role: "assistant",
    content: null,
    tool_calls: [call("a:1", ""), call("b", ' {"g":5} ')],
  };

  test("calls and results become blocks, all results first in one message", () => {
    const results: Message[] = [
      { role: "tool", tool_call_id: "b", content: "ok" },
      { role: "tool", tool_call_id: "a:1", content: " " },
    ];
    expect(turns(hi, asked, ...results, { role: "user", content: "And?" })).toEqual([
      { role: "user", content: [say("Hi.")] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a_0x3a_1", name: "feed", input: {} },
          { type: "tool_use", id: "b", name: "feed", input: { g: 5 } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "b", content: [say("ok")] },
          { type: "tool_result", tool_use_id: "a_0x3a_1" },
          say("And?"),
        ],
      },
    ]);
  });

  test("a result may hold an image", () => {
    const shown: Message = {
      role: "tool",
      tool_call_id: "a",
      content: [{ type: "image_url", image_url: { url: PNG } }],
    };
    expect(
      turns(hi, { role: "assistant", content: "Look.", tool_calls: [call("a", "{}")] }, shown),
    ).toMatchObject([
      {},
      { content: [say("Look."), { type: "tool_use", id: "a" }] },
      { content: [{ type: "tool_result", content: [{ type: "image" }] }] },
    ]);
  });

  test.each(["[1]", "7", "{", "null"])("arguments %p, which Anthropic cannot hold, are refused", (args) => {
    const bad: Message = { role: "assistant", content: null, tool_calls: [call("a", "{}"), call("b", args)] };
    const results = ["a", "b"].map((id): Message => ({ role: "tool", tool_call_id: id, content: "ok" }));
    expect(refusal([hi, bad, ...results])).toMatchObject({
      type: "invalid_request",
      param: "messages[1].tool_calls[1].function.arguments",
    });
  });
});

describe("images", () => {
  function image(url: string): Message {
    return { role: "user", content: [say("See:"), { type: "image_url", image_url: { url } }] };
  }

  test.each<[string, object]>([
    ["https://igel.example/a.png", { type: "url", url: "https://igel.example/a.png" }],
    ["data:image/png;base64,iVBO", { type: "base64", media_type: "image/png", data: "iVBO" }],
    ["data:image/JPEG;base64,/9j/", { type: "base64", media_type: "image/jpeg", data: "/9j/" }],
    ["DATA:image/jpg;base64,/9j/", { type: "base64", media_type: "image/jpeg", data: "/9j/" }],
  ])("%s", (url, source) => {
    expect(turns(image(url))).toEqual([{ role: "user", content: [say("See:"), { type: "image", source }] }]);
  });

  test.each(["data:image/svg+xml;base64,PHN2Zz4=", "data:image/png,raw", "data:text/plain;base64,aGk="])(
    "%s is refused",
    (url) => {
      expect(refusal([image(url)])).toMatchObject({
        type: "invalid_request",
        param: "messages[0].content[1].image_url.url",
      });
    },
  );

  test("are refused in messages of the system", () => {
    expect(refusal([hi, { ...image(PNG), role: "system" }])).toMatchObject({ param: "messages[1].content" });
  });
});

describe("settings", () => {
  test("have Anthropic's names", () => {
    const sampling: Sampling = {
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 100,
      top_k: 9,
      stop: "END",
    };
    expect(body([hi], { sampling })).toEqual({
      model: "claude-sonnet-4-5",
      max_tokens: 100,
      messages: [{ role: "user", content: [say("Hi.")] }],
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 9,
      stop_sequences: ["END"],
    });
  });

  test.each([
    ["claude-sonnet-4-5", 64_000],
    ["claude-of-next-year", 128_000],
    ["somebody-elses-model", 4_096],
  ])("%s may write %d tokens where the request does not say", (model, most) => {
    expect(body([hi], { model })["max_tokens"]).toBe(most);
  });

  test("never ask for usage, which comes unasked", () => {
    expect(body([hi])).not.toHaveProperty("stream_options");
  });

  test("of the caller's own are merged in, beside ours", () => {
    const providerOptions = {
      metadata: { user_id: "u" },
      output_config: { format: { type: "json_schema" } },
      max_tokens: 7,
    };
    expect(
      body([hi], {
        model: "claude-opus-4-7",
        sampling: { reasoning_effort: "max", max_tokens: 9 },
        providerOptions,
      }),
    ).toMatchObject({
      metadata: { user_id: "u" },
      output_config: { effort: "max", format: { type: "json_schema" } },
      max_tokens: 7,
    });
  });

  test.each<[string, Sampling]>([
    ["temperature", { temperature: 1.1 }],
    ["seed", { seed: 7 }],
    ["stop", { stop: "\n" }],
    ["stop", { stop: ["END", " "] }],
  ])("%s that Anthropic does not take is refused: %o", (param, sampling) => {
    expect(refusal([hi], sampling)).toMatchObject({ type: "invalid_request", param });
  });
});

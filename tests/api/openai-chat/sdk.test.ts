import { describe, expect, test } from "bun:test";
import type OpenAI from "openai";
import { openaiChatDialect } from "../../../src/api/openai-chat/dialect.ts";
import type { ChatCompletionBody } from "../../../src/api/openai-chat/schema.ts";
import { collected, contextOf, encode, framesOf, SCRIPTS, serving } from "../dialect-support.ts";

const REQUEST = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };
const BODY: ChatCompletionBody = { ...REQUEST, stream: true, stream_options: { include_usage: true } };

/** Calls without what the helper adds to them. */
function callsOf(message: OpenAI.ChatCompletionMessage | undefined) {
  return (message?.tool_calls ?? []).map((call) =>
    call.type === "function"
      ? { id: call.id, name: call.function.name, arguments: call.function.arguments }
      : undefined,
  );
}

describe("OpenAI's SDK makes of a stream what the model said", () => {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(name, async () => {
      using server = serving(encode(openaiChatDialect.encoder(contextOf(BODY)), script.events));
      const stream = server.openai.chat.completions.stream(REQUEST);
      const { choices } = await stream.finalChatCompletion();
      const [choice] = choices;
      expect(choice?.message.content ?? "").toBe(script.text);
      expect(choice?.finish_reason).toBe(script.ending);
      const calls = callsOf(choice?.message);
      expect(calls).toMatchObject([...script.calls]);
      expect(new Set(calls.map((call) => call?.id)).size).toBe(script.calls.length);
    });
  }
});

describe("a whole answer is the stream collected", () => {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(name, async () => {
      const whole = openaiChatDialect.whole(collected(script.events), contextOf(BODY));
      using server = serving(JSON.stringify(whole), "application/json");
      const completion = await server.openai.chat.completions.create(REQUEST);
      using streaming = serving(encode(openaiChatDialect.encoder(contextOf(BODY)), script.events));
      const streamed = await streaming.openai.chat.completions.stream(REQUEST).finalChatCompletion();
      const [one, other] = [completion.choices[0], streamed.choices[0]];
      expect(one?.finish_reason).toBe(script.ending);
      expect(one?.message.content ?? "").toBe(other?.message.content ?? "");
      expect(callsOf(one?.message)).toEqual(callsOf(other?.message));
    });
  }
});

test("every stream: the role once and first, indexes on every call's delta, one finish, one end", () => {
  for (const script of Object.values(SCRIPTS)) {
    const frames = framesOf(encode(openaiChatDialect.encoder(contextOf(BODY)), script.events));
    expect(frames.at(-1)?.data).toBe("[DONE]");
    const chunks = frames.slice(0, -1).map(({ data }) => JSON.parse(data));
    expect(chunks.every((chunk) => chunk.id === `chatcmpl-${chunks[0].id.slice(9)}`)).toBeTrue();
    const deltas = chunks.flatMap((chunk) => chunk.choices);
    expect(deltas.map(({ delta }) => delta.role === "assistant")).toEqual(deltas.map((_, i) => i === 0));
    expect(deltas.filter(({ finish_reason }) => finish_reason !== null)).toHaveLength(1);
    const indexes: number[] = deltas.flatMap(({ delta }) => delta.tool_calls ?? []).map(({ index }) => index);
    expect(indexes.every(Number.isInteger)).toBeTrue();
    expect([...new Set(indexes)].sort()).toEqual(script.calls.map((_, i) => i));
  }
});

describe("a broken answer is raised", () => {
  const events = [
    ["before the first event", []],
    ["after some text", [{ type: "text", text: "Once" }]],
    ["inside a call", [{ type: "tool-call", index: 0, id: "a", name: "f", arguments: '{"a":' }]],
  ] as const;
  for (const [where, before] of events) {
    test(where, async () => {
      const failure = { type: "incomplete", message: "The answer was cut off." } as const;
      const text = encode(openaiChatDialect.encoder(contextOf(BODY)), [
        ...before,
        { type: "error", failure },
      ]);
      expect(text).not.toContain('"finish_reason":"');
      using server = serving(text);
      const reading = async () => {
        const stream = await server.openai.chat.completions.create({ ...REQUEST, stream: true });
        for await (const _ of stream);
      };
      await expect(reading()).rejects.toThrow("The answer was cut off.");
      await expect(server.openai.chat.completions.stream(REQUEST).finalChatCompletion()).rejects.toThrow(
        "cut off",
      );
    });
  }
});

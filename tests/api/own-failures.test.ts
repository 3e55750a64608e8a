import { describe, expect, test } from "bun:test";
import { AnswerObserver } from "../../src/api/answer-observer.ts";
import { MessagesEncoder } from "../../src/api/anthropic/encoder.ts";
import type { AnswerContext, Encoder } from "../../src/api/dialect.ts";
import { nashDialect } from "../../src/api/nash/dialect.ts";
import { ChatCompletionEncoder } from "../../src/api/openai-chat/encoder.ts";
import { ResponsesEncoder } from "../../src/api/openai-responses/encoder.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { type Outcome, Trace } from "../../src/core/trace.ts";
import { targetAt } from "../support/targets.ts";
import { contextOf } from "./dialect-support.ts";

const MESSAGES = [{ role: "user" as const, content: "Hi" }];
const CHAT = { model: "m", messages: MESSAGES };

type Receipt = NonNullable<AnswerContext<unknown>["receipt"]>;

const ENCODERS: Record<string, (receipt: Receipt) => Encoder> = {
  nash: (receipt) => {
    const tools = [{ type: "function" as const, function: { name: "look" } }];
    const body = { ...CHAT, api_base_url: "https://provider.test", api_key: "k", tools };
    return nashDialect.encoder(contextOf(body, { receipt }));
  },
  "openai-chat": (receipt) => new ChatCompletionEncoder(contextOf(CHAT, { receipt })),
  anthropic: (receipt) => new MessagesEncoder(contextOf({ ...CHAT, max_tokens: 9 }, { receipt })),
  "openai-responses": (receipt) => new ResponsesEncoder(contextOf({ model: "m", input: "Hi" }, { receipt })),
};

/** How an answer ended in the eyes of the log, where the client was sent these frames. */
function outcomeOf(encoderOf: (receipt: Receipt) => Encoder, events: ChatEvent[]) {
  const trace = new Trace("POST", "/v1");
  const answer = {
    chat: { ...CHAT, sampling: {}, includeUsage: false },
    target: targetAt("https://provider.test/v1", "m"),
    model: "m",
    promptTokens: undefined,
  };
  const slot = { signal: new AbortController().signal, hasLeft: false, abort() {}, release() {} };
  const observer = new AnswerObserver(trace, answer, slot, { finished() {}, logInternalError() {} });
  const encoder = encoderOf((failure) => observer.receipt(failure));
  let frames = encoder.begin();
  for (const event of events) {
    observer.onBatch([event]);
    frames += encoder.batch([event]);
  }
  observer.onEnd();
  return { frames, outcome: trace.outcome, error: trace.failure?.type };
}

const END: ChatEvent = { type: "end", reason: "stop" };
const FAILED = { outcome: "failed" satisfies Outcome, error: "bad_output" };

describe.each(Object.entries(ENCODERS))("%s", (_name, encoderOf) => {
  test("an answer that is told as failed is no complete one in the log", () => {
    const nameless: ChatEvent = { type: "tool-call", index: 0, id: "c", arguments: "{}" };
    expect(outcomeOf(encoderOf, [nameless, END])).toMatchObject(FAILED);
    expect(outcomeOf(encoderOf, [{ type: "text", text: "Hi" }, END]).outcome).toBe("complete");
  });
});

test("nor is one that went on after it was told as failed", () => {
  const call = (text: string): ChatEvent => ({ type: "tool-call", index: 0, arguments: text });
  const events: ChatEvent[] = [
    { type: "tool-call", index: 0, id: "c", name: "look" },
    call('{"a":1}'),
    { type: "text", text: "And" },
    call(',"b":2}'),
    END,
  ];
  const told = outcomeOf(ENCODERS["anthropic"] as (receipt: Receipt) => Encoder, events);
  expect(told).toMatchObject(FAILED);
  expect(told.frames).toContain("event: error");
});

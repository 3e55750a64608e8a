import { describe, expect, test } from "bun:test";
import type { ChatEvent } from "../../src/core/event.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
import { openaiResponses } from "../../src/protocols/openai-responses/protocol.ts";
import { ResponseDecoder } from "../../src/upstream/response-decoder.ts";

const LIMITS = { maxAnswer: 1e6, maxLine: 1e5 };

/** The events of one read, frames and all. */
function decoded(sse: string): ChatEvent[] {
  const events: ChatEvent[] = [];
  new ResponseDecoder(openaiChat.decoder(), LIMITS, true).decode(new TextEncoder().encode(sse), events);
  return events;
}

test("where frames pass through, none stands behind the event that ends the answer", () => {
  const broken = decoded('data: {"error":{"message":"Overloaded"}}\n\ndata: [DONE]\n\n');
  expect(broken.map(({ type }) => type)).toEqual(["frame", "error"]);
  const stop = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
  const whole = decoded(`${stop}data: [DONE]\n\ndata: [DONE]\n\n`);
  expect(whole.at(-1)?.type).toBe("end");
});

test("an event that ends with the body, without its blank line, passes through as others do", () => {
  const decoder = new ResponseDecoder(openaiResponses.decoder(), LIMITS, true);
  const events: ChatEvent[] = [];
  const completed =
    '{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[]}}';
  decoder.decode(new TextEncoder().encode(`event: response.completed\ndata: ${completed}`), events);
  decoder.end(events);
  expect(events.map(({ type }) => type)).toEqual(["frame", "end"]);
  expect(events[0]).toMatchObject({ event: "response.completed", data: completed });
});

describe("of several choices that were asked for", () => {
  const chunk = (index: number, content: string, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index, delta: { content }, finish_reason }] })}\n\n`;
  const begun = chunk(0, "a") + chunk(1, "b") + chunk(0, "", "stop");
  const raw = { protocol: "openai", body: { n: 2 } } as const;
  const asked = { model: "m", messages: [], sampling: {}, includeUsage: false, raw };
  const broken = { type: "incomplete", message: "cut" } as const;

  test.each([
    ["one that is not finished makes the end a cut", begun, "error"],
    ["the end stands once all are finished", begun + chunk(1, "", "length"), "end"],
    ["and where the provider says so", `${begun}data: [DONE]\n\n`, "end"],
  ])("%s", (_name, sse, ending) => {
    for (const breaks of [true, false]) {
      const decoder = new ResponseDecoder(openaiChat.decoder(asked), LIMITS, true);
      const events: ChatEvent[] = [];
      decoder.decode(new TextEncoder().encode(sse), events);
      if (breaks) decoder.fail(() => broken, events);
      else if (events.at(-1)?.type !== "end") decoder.end(events);
      expect(events.at(-1)?.type).toBe(ending as ChatEvent["type"]);
    }
  });
});

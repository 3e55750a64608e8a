import { expect, test } from "bun:test";
import type { ChatEvent } from "../../src/core/event.ts";
import { openaiChat } from "../../src/protocols/openai-chat/protocol.ts";
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

/** Answers through the dialect without a server of ours, and OpenAI's own SDK as the judge of what comes out. */

import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import { ResponsesEncoder } from "../../../src/api/openai-responses/encoder.ts";
import type { ResponsesContext } from "../../../src/api/openai-responses/response-object.ts";
import type { ResponsesBody } from "../../../src/api/openai-responses/schema.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import * as shared from "../dialect-support.ts";

export function contextOf(
  body: Record<string, unknown> = {},
  more: Partial<ResponsesContext> = {},
): ResponsesContext {
  const asked: ResponsesBody = { model: "asked-model", input: "Hi", ...body };
  return shared.contextOf(asked, { created: 1_800_000_000, now: () => 1_800_000_005, ...more });
}

/** The frames of an answer, one batch for each event. */
export function framesOf(events: readonly ChatEvent[], body: Record<string, unknown> = {}): string {
  return shared.encode(new ResponsesEncoder(contextOf(body)), events);
}

type Sent = { type: string; sequence_number: number } & Record<string, unknown>;

/** What the frames hold. Each must be an `event:` and one `data:` line, the last one `[DONE]`. */
export function sentEvents(frames: string): Sent[] {
  const parts = frames.split("\n\n");
  if (parts.pop() !== "" || parts.pop() !== "data: [DONE]") throw new Error("The stream has no end.");
  return parts.map((part) => {
    const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(part) ?? [];
    const event = JSON.parse(data ?? "") as Sent;
    if (event.type !== name) throw new Error(`${name} holds ${event.type}`);
    return event;
  });
}

/** What OpenAI's SDK makes of a stream. It validates hard, and throws. */
export async function judged(frames: string): Promise<{ response: Response; events: ResponseStreamEvent[] }> {
  using server = shared.serving(frames);
  const stream = server.openai.responses.stream({ model: "m", input: "Hi" });
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return { response: await stream.finalResponse(), events };
}

export const END = (
  reason: "stop" | "tool_calls" | "length" | "content_filter" | "refusal" = "stop",
): ChatEvent => ({
  type: "end",
  reason,
  usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 80, reasoningTokens: 5 },
});

export const text = (words: string): ChatEvent => ({ type: "text", text: words });
export const call = (index: number, more: { id?: string; name?: string; arguments?: string }): ChatEvent => ({
  type: "tool-call",
  index,
  ...more,
});

import type { ChatEvent, Usage } from "../../../src/core/event.ts";
import { type Failure, statusOf } from "../../../src/core/failure.ts";
import { anthropicMessages } from "../../../src/protocols/anthropic-messages/protocol.ts";
import { openaiChat } from "../../../src/protocols/openai-chat/protocol.ts";
import type { Protocol } from "../../../src/protocols/protocol.ts";

export const PROTOCOLS = [openaiChat, anthropicMessages] as const;

/** What an answer amounts to. */
export interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  /** Arguments of calls, joined, by their index. */
  readonly calls: Readonly<Record<number, { id?: string; name?: string; args: string }>>;
  readonly end: Extract<ChatEvent, { type: "end" }> | undefined;
  readonly failure: (Failure & { readonly status: number }) | undefined;
  readonly usage: Usage | undefined;
}

/** Frames of a stream as `data`: JSON for objects, text as it is; an event's name is its `type` in Anthropic's protocol. */
export function answerTo(protocol: Protocol, frames: readonly (object | string)[]): Answer {
  const decoder = protocol.decoder();
  const events: ChatEvent[] = [];
  for (const frame of frames) {
    const data = typeof frame === "string" ? frame : JSON.stringify(frame);
    const event =
      protocol === anthropicMessages && typeof frame === "object" && "type" in frame ? frame.type : undefined;
    decoder.message(typeof event === "string" ? { event, data } : { data }, events);
  }
  decoder.end(events);
  return sumUp(events);
}

/** JSON where a stream was expected. */
export function replyOf(protocol: Protocol, json: unknown): Answer {
  const events: ChatEvent[] = [];
  protocol.reply(json, events);
  return sumUp(events);
}

function sumUp(events: readonly ChatEvent[]): Answer {
  const said = { text: "", reasoning: "", refusal: "" };
  const calls: Record<number, { id?: string; name?: string; args: string }> = {};
  for (const event of events) {
    if (event.type === "text") said[event.refusal ? "refusal" : "text"] += event.text;
    else if (event.type === "reasoning") said.reasoning += event.text;
    else if (event.type === "tool-call") {
      const call = calls[event.index] ?? { args: "" };
      calls[event.index] = call;
      if (event.id !== undefined) call.id ??= event.id;
      if (event.name !== undefined) call.name ??= event.name;
      call.args += event.arguments ?? "";
    }
  }
  const endings = events.filter(({ type }) => type === "end" || type === "error");
  const last = events.at(-1);
  if (endings.length !== 1 || endings[0] !== last)
    throw new Error(`Not one ending: ${JSON.stringify(events)}`);
  return {
    ...said,
    calls,
    end: last?.type === "end" ? last : undefined,
    failure: last?.type === "error" ? { ...last.failure, status: statusOf(last.failure) } : undefined,
    usage: last?.type === "end" || last?.type === "error" ? last.usage : undefined,
  };
}

/** A chunk with one choice. */
export function chunk(delta: unknown, finish: unknown = null, more: object = {}, top: object = {}): object {
  return {
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish, ...more }],
    ...top,
  };
}

/** A stream of either protocol that says a text and ends with a word. */
export function saying(
  { name }: { readonly name: string },
  text: string,
  word: unknown,
): (object | string)[] {
  if (name === "openai") return [chunk({ content: text }), chunk({}, word), "[DONE]"];
  return [
    ...began(text),
    { type: "message_delta", delta: { stop_reason: word }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ];
}

/** The beginning of either protocol's stream, as far as a text. */
export function beginning({ name }: { readonly name: string }, text: string): (object | string)[] {
  return name === "openai" ? [chunk({ role: "assistant", content: text })] : began(text);
}

function began(text: string): object[] {
  return [
    {
      type: "message_start",
      message: { id: "m1", model: "m", content: [], usage: { input_tokens: 5, output_tokens: 1 } },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
    { type: "content_block_stop", index: 0 },
  ];
}

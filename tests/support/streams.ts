/** Streams as providers write them, of our own making, for stand-ins to send. */

export const PROTOCOLS = ["openai", "anthropic"] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

export interface StreamFrames {
  /** What says nothing of the answer yet. */
  readonly opening: string;
  text(text: string): string;
  /** The provider's finish signal. */
  readonly closing: string;
  /** An error inside the stream, which means that the provider is overloaded. */
  readonly error: string;
  readonly comment: string;
}

const chunkOf = (choice: object, more: object = {}) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_760_000_000,
    model: "stand-in",
    choices: [{ index: 0, finish_reason: null, ...choice }],
    ...more,
  })}\n\n`;

const event = (type: string, more: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

export const FRAMES: Readonly<Record<ProtocolName, StreamFrames>> = {
  openai: {
    opening: chunkOf({ delta: { role: "assistant", content: "" } }),
    text: (content) => chunkOf({ delta: { content } }),
    closing: `${chunkOf({ delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`,
    error: `data: ${JSON.stringify({ error: { message: "Overloaded.", type: "server_error", code: "server_is_overloaded" } })}\n\n`,
    comment: ": still here\n\n",
  },
  anthropic: {
    opening:
      event("message_start", {
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          content: [],
          model: "stand-in",
          stop_reason: null,
          usage: { input_tokens: 3, output_tokens: 1 },
        },
      }) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    text: (text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
    closing:
      event("content_block_stop", { index: 0 }) +
      event("message_delta", {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 9 },
      }) +
      event("message_stop"),
    error: event("error", { error: { type: "overloaded_error", message: "Overloaded." } }),
    comment: event("ping"),
  },
};

/** A whole answer as a stream. */
export function wholeStream(protocol: ProtocolName, texts: readonly string[]): string {
  const { opening, text, closing } = FRAMES[protocol];
  return opening + texts.map(text).join("") + closing;
}

/** The same answer as the JSON that comes without a stream. */
export function wholeReply(protocol: ProtocolName, text: string): string {
  return JSON.stringify(
    protocol === "openai"
      ? {
          id: "chatcmpl-1",
          object: "chat.completion",
          choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
          usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
        }
      : {
          id: "msg_1",
          type: "message",
          role: "assistant",
          content: [{ type: "text", text }],
          stop_reason: "end_turn",
          usage: { input_tokens: 3, output_tokens: 9 },
        },
  );
}

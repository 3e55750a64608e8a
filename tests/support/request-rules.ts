/** What a strict provider makes of a request: a complaint, the texts that it counts, and its own words of refusal. */

import { anthropicComplaint, openaiComplaint } from "./message-order-rules.ts";
import type { ProtocolName } from "./streams.ts";

type Body = Readonly<Record<string, unknown>>;

const KNOWN_FIELDS: Readonly<Record<ProtocolName, RegExp>> = {
  openai:
    /^(?:model|messages|stream|stream_options|max_tokens|max_completion_tokens|temperature|top_p|stop|seed|reasoning_effort|response_format|tools|tool_choice)$/,
  anthropic:
    /^(?:model|messages|system|max_tokens|stream|temperature|top_p|stop_sequences|output_config|tools|tool_choice)$/,
};

/** Why a request is refused, whatever its length; undefined where it is as it must be. */
export function complaintAbout(protocol: ProtocolName, request: Request, body: Body): string | undefined {
  const { pathname } = new URL(request.url);
  if (pathname !== (protocol === "openai" ? "/v1/chat/completions" : "/v1/messages"))
    return `no path ${pathname}`;
  const key = request.headers.get(protocol === "openai" ? "authorization" : "x-api-key");
  if (key === null) return "no key";
  if (body["stream"] !== true || typeof body["model"] !== "string") return "stream and model are required";
  const unknown = Object.keys(body).find((field) => !KNOWN_FIELDS[protocol].test(field));
  if (unknown !== undefined) return `${unknown}: Extra inputs are not permitted`;
  const messages = body["messages"];
  // A conversation with calls in it takes the tools that were called along: Anthropic insists.
  if (body["tools"] !== undefined && !/"tool_(?:calls|use)"/.test(JSON.stringify(messages)))
    return "a summary needs no tools";
  if (!Array.isArray(messages) || messages.length === 0) return "messages: Field required";
  if (protocol === "openai") return openaiComplaint(messages);
  if (typeof body["max_tokens"] !== "number") return "max_tokens: Field required";
  return anthropicComplaint(messages);
}

/** The texts of a conversation, as far as they are counted. */
export function readTexts(body: Body): { system: string; texts: string[] } {
  let system = typeof body["system"] === "string" ? body["system"] : "";
  const texts: string[] = [];
  for (const { role, content } of body["messages"] as { role: string; content: unknown }[]) {
    const text = typeof content === "string" ? content : blocksAsText(content);
    if (role === "system" || role === "developer") system += text;
    else texts.push(text);
  }
  return { system, texts };
}

function blocksAsText(blocks: unknown): string {
  if (!Array.isArray(blocks)) return "";
  return blocks.map((block) => (block.type === "text" ? block.text : JSON.stringify(block))).join("\n");
}

/** An error in the shape of the protocol. */
export function errorBody(
  protocol: ProtocolName,
  type: string,
  message: string,
  code: string | null = null,
): unknown {
  return protocol === "openai"
    ? { error: { message, type, param: null, code } }
    : { type: "error", error: { type, message }, request_id: "req_1" };
}

/** How a prompt that is too long is refused. */
export const OVERFLOW = {
  openai: (tokens: number, window: number) => ({
    status: 400,
    error: errorBody(
      "openai",
      "invalid_request_error",
      `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
      "context_length_exceeded",
    ),
  }),
  anthropic: (tokens: number, window: number) => ({
    status: 400,
    error: errorBody(
      "anthropic",
      "invalid_request_error",
      `prompt is too long: ${tokens} tokens > ${window} maximum`,
    ),
  }),
};

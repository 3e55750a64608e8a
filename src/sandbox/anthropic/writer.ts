import type { EndReason } from "../../core/event.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import {
  type Ending,
  randomId,
  type StreamWriter,
  type TokenCount,
  type ToolCallStart,
} from "../protocol.ts";
import type { ProviderError } from "../provider-error.ts";
import { signatureOf } from "../sealed.ts";
import { errorBody, errors } from "./errors.ts";

type BlockType = "text" | "thinking" | "redacted_thinking" | "tool_use";

const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
const SPACES = " ".repeat(14);

/** What each reason is called. `content_filter` is no reason at Anthropic but an error. */
const STOP: Readonly<Record<EndReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  refusal: "refusal",
  content_filter: "refusal",
  other: "pause_turn",
};

/** Writes the named events of a message in the shapes recorded from api.anthropic.com (docs/providers.md 2.4). */
export class AnthropicWriter implements StreamWriter {
  readonly #parsed: ParsedRequest;
  readonly #requestId = randomId("req_");
  readonly #usage: TokenCount;
  #begun = false;
  #block: BlockType | undefined;
  #index = -1;
  #thinking = "";
  #explanation = "";
  #frames = 0;
  #failed = false;

  constructor(parsed: ParsedRequest) {
    this.#parsed = parsed;
    // The output is a placeholder here; the true number comes with `message_delta`.
    this.#usage = { input: parsed.inputTokens, output: 1, reasoning: 0, cached: 0, cacheWritten: 0 };
  }

  begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    const message = messageBody(this.#parsed, [], undefined, this.#usage);
    return this.#frame("message_start", `"message":${JSON.stringify(message)}`);
  }

  text(token: string): string {
    return this.#continue("text", { text: "" }) + this.#delta("text_delta", "text", token);
  }

  reasoning(token: string): string {
    const start = this.#continue("thinking", { thinking: "", signature: "" });
    if (!showsThinking(this.#parsed)) return start;
    this.#thinking += token;
    return start + this.#delta("thinking_delta", "thinking", token);
  }

  redacted(data: string): string {
    return this.#open("redacted_thinking", { data }) + this.#stop();
  }

  compaction(): string {
    return "";
  }

  /** A refusal has no block: its words stand in `stop_details` at the end. */
  refusal(token: string): string {
    this.#explanation += token;
    return this.begin();
  }

  call({ name }: ToolCallStart): string {
    const block = { id: randomId("toolu_"), name, input: {}, caller: { type: "direct" } };
    // Every recorded input begins with an empty piece.
    return this.#open("tool_use", block) + this.argument("");
  }

  argument(piece: string): string {
    return this.#delta("input_json_delta", "partial_json", piece);
  }

  frame(payload: JsonObject): string {
    const name = typeof payload["type"] === "string" ? `event: ${payload["type"]}\n` : "";
    return `${name}data: ${JSON.stringify(payload)}\n\n`;
  }

  idle(): string {
    return PING;
  }

  finish(ending: Ending, usage: TokenCount): string {
    const start = this.begin() + this.#stop();
    if (ending.reason === "content_filter" && ending.word === undefined)
      return start + this.fail(errors.filtered);
    const delta = JSON.stringify(endOf(ending, this.#explanation));
    return (
      start + this.#frame("message_delta", `"delta":${delta},"usage":${JSON.stringify(usageBody(usage))}`)
    );
  }

  close(): string {
    return this.#failed ? "" : this.#frame("message_stop");
  }

  fail(error: ProviderError): string {
    this.#failed = true;
    return `event: error\ndata: ${JSON.stringify(errorBody(error, this.#requestId))}\n\n`;
  }

  #continue(type: BlockType, block: JsonObject): string {
    return this.#block === type ? "" : this.#open(type, block);
  }

  /** Starts a block, once the one before is closed. A ping follows the first start, as in most recordings. */
  #open(type: BlockType, block: JsonObject): string {
    const before = this.begin() + this.#stop();
    this.#block = type;
    this.#index++;
    const body = `"index":${this.#index},"content_block":${JSON.stringify({ type, ...block })}`;
    return before + this.#frame("content_block_start", body) + (this.#index === 0 ? PING : "");
  }

  #stop(): string {
    if (this.#block === undefined) return "";
    const signature = signatureOf(this.#thinking);
    const signed = this.#block === "thinking" ? this.#delta("signature_delta", "signature", signature) : "";
    this.#block = undefined;
    this.#thinking = "";
    return signed + this.#frame("content_block_stop", `"index":${this.#index}`);
  }

  #delta(type: string, field: string, text: string): string {
    const delta = `{"type":"${type}","${field}":${JSON.stringify(text)}}`;
    return this.#frame("content_block_delta", `"index":${this.#index},"delta":${delta}`);
  }

  /** Every frame has a run of spaces before its last brace. */
  #frame(name: string, body = ""): string {
    const padding = SPACES.slice((this.#frames++ * 5) % SPACES.length);
    return `event: ${name}\ndata: {"type":"${name}"${body === "" ? "" : `,${body}`}${padding}}\n\n`;
  }
}

/** With `display: "omitted"` a block of thinking holds nothing but its signature. */
export function showsThinking({ body }: ParsedRequest): boolean {
  return asObject(body["thinking"])?.["display"] !== "omitted";
}

/** A message; without an `ending` one that has just begun. */
export function messageBody(
  { model }: ParsedRequest,
  content: readonly JsonObject[],
  ending: JsonObject | undefined,
  usage: TokenCount,
): unknown {
  return {
    model,
    id: randomId("msg_"),
    type: "message",
    role: "assistant",
    content,
    ...(ending ?? { stop_reason: null, stop_sequence: null, stop_details: null }),
    usage: usageBody(usage),
  };
}

/** Why a message ended; `explanation` is what a refusal says. */
export function endOf({ reason, stopSequence, word }: Ending, explanation: string): JsonObject {
  const usual = stopSequence === undefined ? STOP[reason] : "stop_sequence";
  return {
    stop_reason: word ?? usual,
    stop_sequence: stopSequence ?? null,
    stop_details: reason === "refusal" ? { type: "refusal", category: null, explanation } : null,
  };
}

/** Anthropic's `usage`: the cached parts of the input stand beside `input_tokens`, not within. */
function usageBody({ input, output, reasoning, cached, cacheWritten }: TokenCount): unknown {
  return {
    input_tokens: input - cached - cacheWritten,
    cache_creation_input_tokens: cacheWritten,
    cache_read_input_tokens: cached,
    output_tokens: output,
    ...(reasoning === 0 ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
    service_tier: "standard",
  };
}

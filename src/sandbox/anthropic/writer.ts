import type { EndReason } from "../../core/event.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import type { StreamWriter, TokenCount } from "../protocol.ts";
import type { ProviderError } from "../provider-error.ts";
import { randomId } from "../random-id.ts";
import { errorBody, errors } from "./errors.ts";

type Block = "text" | "thinking" | "tool_use";

const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
const SPACES = " ".repeat(14);
/** Stands for the encrypted reasoning. Callers must hand it back as it is. */
export const SIGNATURE = "c2NyaXB0ZWQgcmVhc29uaW5nLCBzaWduZWQgYnkgdGhlIHNhbmRib3g=";

/** What each reason is called. `content_filter` is no reason at Anthropic but an error. */
export const STOP: Readonly<Record<EndReason, string>> = {
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
  readonly #requestId: string;
  #begun = false;
  #block: Block | undefined;
  #index = -1;
  #explanation = "";
  #frames = 0;
  #failed = false;

  constructor(parsed: ParsedRequest) {
    this.#parsed = parsed;
    this.#requestId = randomId("req_");
  }

  begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    const message = {
      model: this.#parsed.model,
      id: randomId("msg_"),
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      // The output is a placeholder here; the true number comes with `message_delta`.
      usage: usageBody({ input: this.#parsed.inputTokens, output: 1, reasoning: 0 }),
    };
    return this.#frame("message_start", `"message":${JSON.stringify(message)}`);
  }

  text(token: string): string {
    return this.#open("text", { type: "text", text: "" }) + this.#delta("text_delta", "text", token);
  }

  reasoning(token: string): string {
    const start = this.#open("thinking", { type: "thinking", thinking: "", signature: "" });
    return start + this.#delta("thinking_delta", "thinking", token);
  }

  /** A refusal has no block: its words stand in `stop_details` at the end. */
  refusal(token: string): string {
    this.#explanation += token;
    return this.begin();
  }

  call(name: string): string {
    const block = { type: "tool_use", id: randomId("toolu_"), name, input: {}, caller: { type: "direct" } };
    // Every recorded input begins with an empty piece.
    return this.#stop() + this.#open("tool_use", block) + this.argument("");
  }

  argument(piece: string): string {
    return this.#delta("input_json_delta", "partial_json", piece);
  }

  idle(): string {
    return PING;
  }

  finish(reason: EndReason, count: TokenCount): string {
    const start = this.begin() + this.#stop();
    if (reason === "content_filter") return start + this.fail(errors.filtered);
    const delta = {
      stop_reason: STOP[reason],
      stop_sequence: null,
      stop_details:
        reason === "refusal" ? { type: "refusal", category: null, explanation: this.#explanation } : null,
    };
    const body = `"delta":${JSON.stringify(delta)},"usage":${JSON.stringify(usageBody(count))}`;
    return start + this.#frame("message_delta", body);
  }

  close(): string {
    return this.#failed ? "" : this.#frame("message_stop");
  }

  fail(error: ProviderError): string {
    this.#failed = true;
    return `event: error\ndata: ${JSON.stringify(errorBody(error, this.#requestId))}\n\n`;
  }

  /** Starts a block unless it is open. A ping follows the first start, as in most recordings. */
  #open(type: Block, block: unknown): string {
    if (this.#block === type) return "";
    const before = this.begin() + this.#stop();
    this.#block = type;
    this.#index++;
    const start = this.#frame(
      "content_block_start",
      `"index":${this.#index},"content_block":${JSON.stringify(block)}`,
    );
    return before + start + (this.#index === 0 ? PING : "");
  }

  #stop(): string {
    if (this.#block === undefined) return "";
    const signed = this.#block === "thinking" ? this.#delta("signature_delta", "signature", SIGNATURE) : "";
    this.#block = undefined;
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

/** Anthropic's `usage`, without caching. */
export function usageBody({ input, output, reasoning }: TokenCount): unknown {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    ...(reasoning === 0 ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
    service_tier: "standard",
  };
}

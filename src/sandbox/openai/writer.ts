import type { EndReason } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import {
  type Ending,
  randomId,
  type StreamWriter,
  type TokenCount,
  type ToolCallStart,
} from "../protocol.ts";
import type { ProviderError } from "../provider-error.ts";
import { errorBody } from "./errors.ts";

const PADDING = "Zx3kQ8vTn0LwRb5y";
const DONE = "data: [DONE]\n\n";

/** What each reason is called. A refusal finishes like any answer; only its words stand apart. */
export const FINISH: Readonly<Record<EndReason, string>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
  refusal: "stop",
  other: "other",
};

/** Writes `chat.completion.chunk`s in the shapes recorded from api.openai.com (docs/providers.md 1.2). */
export class OpenAIWriter implements StreamWriter {
  readonly #head: string;
  readonly #usage: string;
  readonly #options: ParsedRequest;
  readonly #custom = new Set<number>();
  #begun = false;
  #calls = 0;
  #chunks = 0;

  constructor(parsed: ParsedRequest) {
    const common = {
      id: randomId("chatcmpl-"),
      object: "chat.completion.chunk",
      created: Math.floor(Date.now() / 1_000),
      model: parsed.model,
      service_tier: "default",
      system_fingerprint: "fp_sandbox",
    };
    this.#head = `data: ${JSON.stringify(common).slice(0, -1)},`;
    this.#usage = parsed.includeUsage ? ',"usage":null' : "";
    this.#options = parsed;
  }

  begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    return this.#delta('"role":"assistant","content":"","refusal":null');
  }

  text(token: string): string {
    const logprobs = this.#options.logprobs ? { content: [logprobOf(token)], refusal: null } : null;
    return this.begin() + this.#delta(`"content":${JSON.stringify(token)}`, undefined, logprobs);
  }

  /** Not OpenAI's own, which hides its reasoning, but what most who speak its protocol send. */
  reasoning(token: string): string {
    return this.begin() + this.#delta(`"reasoning_content":${JSON.stringify(token)}`);
  }

  refusal(token: string): string {
    return this.begin() + this.#delta(`"refusal":${JSON.stringify(token)}`);
  }

  redacted(): string {
    return "";
  }

  compaction(): string {
    return "";
  }

  /** A first call shares its delta with the role, as recorded. */
  call({ name, kind }: ToolCallStart): string {
    const index = this.#calls++;
    if (kind === "custom") this.#custom.add(index);
    const called =
      kind === "custom" ? { custom: { name, input: "" } } : { function: { name, arguments: "" } };
    const header = { index, id: randomId("call_"), type: kind, ...called };
    const start = this.#begun ? "" : '"role":"assistant","content":null,"refusal":null,';
    this.#begun = true;
    return this.#delta(`${start}"tool_calls":[${JSON.stringify(header)}]`);
  }

  argument(piece: string, call = this.#calls - 1): string {
    const index = Math.max(0, call);
    const delta = this.#custom.has(index) ? { custom: { input: piece } } : { function: { arguments: piece } };
    return this.#delta(`"tool_calls":[${JSON.stringify({ index, ...delta })}]`);
  }

  /** A chunk with these fields beside those that every chunk has. */
  frame(payload: JsonObject): string {
    return `${this.#head}${JSON.stringify(payload).slice(1)}\n\n`;
  }

  idle(): string {
    return ": keep-alive\n\n";
  }

  finish({ reason, word }: Ending): string {
    return this.begin() + this.#delta("", word ?? FINISH[reason]);
  }

  close(count: TokenCount): string {
    if (!this.#options.includeUsage) return DONE;
    const usage = JSON.stringify(usageBody(count));
    return `${this.#head}"choices":[],"usage":${usage}${this.#padding()}}\n\n${DONE}`;
  }

  fail(error: ProviderError): string {
    return `data: ${JSON.stringify(errorBody(error))}\n\n${DONE}`;
  }

  #delta(delta: string, finish?: string, logprobs: unknown = null): string {
    const reason = finish === undefined ? "null" : JSON.stringify(finish);
    const choice = `{"index":0,"delta":{${delta}},"logprobs":${JSON.stringify(logprobs)},"finish_reason":${reason}}`;
    return `${this.#head}"choices":[${choice}]${this.#usage}${this.#padding()}}\n\n`;
  }

  /** A field of varying length on every chunk. Nobody should read it. */
  #padding(): string {
    if (!this.#options.obfuscate) return "";
    return `,"obfuscation":"${PADDING.slice((this.#chunks++ * 7) % PADDING.length)}"`;
  }
}

/** What the real one says of how likely a token was. Scripts are always sure. */
export function logprobOf(token: string): unknown {
  return { token, logprob: 0, bytes: [...Buffer.from(token)], top_logprobs: [] };
}

/** OpenAI's `usage`. */
export function usageBody({ input, output, reasoning, cached, cacheWritten }: TokenCount): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

import type { EndReason } from "../../core/event.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import type { StreamWriter, TokenCount } from "../protocol.ts";
import type { ProviderError } from "../provider-error.ts";
import { randomId } from "../random-id.ts";
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
  readonly #includeUsage: boolean;
  readonly #obfuscate: boolean;
  #begun = false;
  #calls = 0;
  #chunks = 0;

  constructor({ model, includeUsage, obfuscate }: ParsedRequest) {
    const common = {
      id: randomId("chatcmpl-"),
      object: "chat.completion.chunk",
      created: Math.floor(Date.now() / 1_000),
      model,
      service_tier: "default",
      system_fingerprint: "fp_sandbox",
    };
    this.#head = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[`;
    this.#usage = includeUsage ? ',"usage":null' : "";
    this.#includeUsage = includeUsage;
    this.#obfuscate = obfuscate;
  }

  begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    return this.#delta('"role":"assistant","content":"","refusal":null');
  }

  text(token: string): string {
    return this.begin() + this.#delta(`"content":${JSON.stringify(token)}`);
  }

  /** Not OpenAI's own, which hides its reasoning, but what most who speak its protocol send. */
  reasoning(token: string): string {
    return this.begin() + this.#delta(`"reasoning_content":${JSON.stringify(token)}`);
  }

  refusal(token: string): string {
    return this.begin() + this.#delta(`"refusal":${JSON.stringify(token)}`);
  }

  /** A first call shares its delta with the role, as recorded. */
  call(name: string): string {
    const header = {
      index: this.#calls++,
      id: randomId("call_"),
      type: "function",
      function: { name, arguments: "" },
    };
    const start = this.#begun ? "" : '"role":"assistant","content":null,"refusal":null,';
    this.#begun = true;
    return this.#delta(`${start}"tool_calls":[${JSON.stringify(header)}]`);
  }

  argument(piece: string): string {
    const call = { index: Math.max(0, this.#calls - 1), function: { arguments: piece } };
    return this.#delta(`"tool_calls":[${JSON.stringify(call)}]`);
  }

  idle(): string {
    return ": keep-alive\n\n";
  }

  finish(reason: EndReason): string {
    return this.begin() + this.#delta("", FINISH[reason]);
  }

  close(count: TokenCount): string {
    if (!this.#includeUsage) return DONE;
    return `${this.#head}],"usage":${JSON.stringify(usageBody(count))}${this.#padding()}}\n\n${DONE}`;
  }

  fail(error: ProviderError): string {
    return `data: ${JSON.stringify(errorBody(error))}\n\n${DONE}`;
  }

  #delta(delta: string, finish?: string): string {
    const reason = finish === undefined ? "null" : `"${finish}"`;
    const choice = `{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${reason}}`;
    return `${this.#head}${choice}]${this.#usage}${this.#padding()}}\n\n`;
  }

  /** A field of varying length on every chunk. Nobody should read it. */
  #padding(): string {
    if (!this.#obfuscate) return "";
    return `,"obfuscation":"${PADDING.slice((this.#chunks++ * 7) % PADDING.length)}"`;
  }
}

/** OpenAI's `usage`. */
export function usageBody({ input, output, reasoning }: TokenCount): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

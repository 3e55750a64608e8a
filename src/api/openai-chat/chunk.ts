import type { ChatEvent, EndReason, Usage } from "../../core/event.ts";
import { dataFrame } from "../../sse/encode.ts";
import type { AnswerContext } from "../dialect.ts";
import { endReason, isSpokenRefusal } from "../ending.ts";
import type { ChatCompletionBody } from "./schema.ts";

export type ChatContext = AnswerContext<ChatCompletionBody>;

const FINISH_REASONS: Readonly<Record<EndReason, string>> = {
  stop: "stop",
  other: "stop",
  length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
  refusal: "content_filter",
};

/** OpenAI's word for the end of an answer. */
export function finishReason(end: Extract<ChatEvent, { type: "end" }>, hasCalls: boolean): string {
  return isSpokenRefusal(end) && !hasCalls ? "stop" : FINISH_REASONS[endReason(end, hasCalls)];
}

/** Usage in OpenAI's form: what a cache gave or got is part of the prompt. */
export function completionUsage(usage: Usage): Record<string, unknown> {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The name of an answer. Calls without an id of their own take its hexadecimal digits too. */
export function completionId(context: ChatContext): string {
  return `chatcmpl-${context.id}`;
}

/** Writes `chat.completion.chunk` frames. What is the same in all of them is made once, when the first one is written. */
export class ChunkWriter {
  readonly #context: ChatContext;
  readonly #withUsage: boolean;
  #head: Readonly<Record<string, unknown>> | undefined;
  #before = "";
  #after = "";

  constructor(context: ChatContext, withUsage: boolean) {
    this.#context = context;
    this.#withUsage = withUsage;
  }

  /** What chunks of the provider's own say of the answer: ours say the same from here on. */
  adopt(chunk: Readonly<Record<string, unknown>>): void {
    const { id, created } = chunk;
    this.#prepare(
      typeof id === "string" && id !== "" ? id : undefined,
      typeof created === "number" ? created : undefined,
    );
  }

  /** @param delta as JSON */
  chunk(delta: string, finish: string | null = null): string {
    if (this.#head === undefined) this.#prepare();
    return `${this.#before}${delta}${finish === null ? this.#after : this.#after.replace("null", `"${finish}"`)}`;
  }

  /** The chunk after the last one, of a client that asked for it. */
  usage(usage: Usage): string {
    if (this.#head === undefined) this.#prepare();
    return dataFrame({ ...this.#head, choices: [], usage: completionUsage(usage) });
  }

  #prepare(id = completionId(this.#context), created = this.#context.created): void {
    this.#head = {
      id,
      object: "chat.completion.chunk",
      created,
      model: this.#context.model(),
      system_fingerprint: null,
    };
    this.#before = `data: ${JSON.stringify(this.#head).slice(0, -1)},"choices":[{"index":0,"delta":`;
    this.#after = `,"finish_reason":null,"logprobs":null}]${this.#withUsage ? ',"usage":null' : ""}}\n\n`;
  }
}

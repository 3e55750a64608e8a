import { ChatError, type Failure, invalidField } from "../core/failure.ts";
import type { ChatRequest, Message } from "../core/message.ts";
import { countPrompt } from "../tokens/count.ts";
import { contextWindow, maxOutput } from "../tokens/windows.ts";
import { ask, type Caller, type Engine } from "./ask.ts";
import { summaryPrompt } from "./prompts.ts";

/** Supposed of the answer where a model's longest is not known. */
const UNKNOWN_OUTPUT = 4_096;

/** Part of the room that is used: counts are estimates for most models, and providers add words of their own. */
const SAFETY = 0.85;

/** In less room than this there is no summarizing. */
const LEAST_BUDGET = 64;

/** Asks a model for summaries, with the settings of one request. */
export class Summarizer {
  readonly #chat: ChatRequest;
  readonly #caller: Caller;
  readonly #engine: Engine;

  constructor(chat: ChatRequest, caller: Caller, engine: Engine) {
    this.#chat = chat;
    this.#caller = caller;
    this.#engine = engine;
  }

  /**
   * How many tokens of conversation fit into one request, beside the instructions and the answer.
   * @throws {ChatError} where `max_tokens` leaves no room
   */
  async budget(signal: AbortSignal): Promise<number> {
    const { model, sampling } = this.#chat;
    const window = contextWindow(model).tokens;
    const answer = sampling.max_tokens ?? Math.min(maxOutput(model) ?? UNKNOWN_OUTPUT, window / 2);
    const instructions = await countPrompt(summaryPrompt("", "", { part: 1, parts: 2 }), model, signal);
    const budget = Math.floor((window - answer - instructions.tokens) * SAFETY);
    if (budget < LEAST_BUDGET) {
      throw invalidField(
        "max_tokens",
        `An answer that long leaves no room in the model's window of ${window} tokens.`,
      );
    }
    return budget;
  }

  /**
   * The words of one summary as they come.
   * @throws {ChatError} at its end, if it is no whole summary
   */
  async *words(messages: readonly Message[], signal: AbortSignal): AsyncGenerator<string, void, void> {
    const answer = await ask({ ...this.#chat, messages }, this.#caller, "/summarize", this.#engine, signal);
    let isEmpty = true;
    for (let batch = await answer.next(); batch !== undefined; batch = await answer.next()) {
      for (const event of batch) {
        if (event.type === "error") throw new ChatError(event.failure);
        if (event.type === "end" && event.reason !== "stop" && event.reason !== "other")
          throw unusable(event.reason);
        if (event.type !== "text") continue;
        if (event.refusal) throw unusable("refusal");
        isEmpty &&= event.text.trim() === "";
        yield event.text;
      }
    }
    if (isEmpty) throw new ChatError(badSummary("The provider's summary is empty."));
  }

  /** One whole summary. @throws {ChatError} */
  async whole(messages: readonly Message[], signal: AbortSignal): Promise<string> {
    let text = "";
    for await (const piece of this.words(messages, signal)) text += piece;
    return text;
  }
}

const WHY: Readonly<Record<string, string>> = {
  length: "was cut off at the length limit",
  refusal: "was refused by the model",
  content_filter: "was stopped by the provider's filter",
  tool_calls: "ended in a call of a tool",
};

function unusable(reason: string): ChatError {
  return new ChatError(badSummary(`The summary ${WHY[reason] ?? "did not end as it should"}.`));
}

function badSummary(message: string): Failure {
  return { type: "bad_output", message };
}

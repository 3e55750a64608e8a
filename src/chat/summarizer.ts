import type { ChatEvent, Usage } from "../core/event.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import { asNumber } from "../core/json.ts";
import type { ChatRequest, Message } from "../core/message.ts";
import { LeadingReasoning, withoutLeadingReasoning } from "../protocols/leading-reasoning.ts";
import type { Provider } from "../providers/provider.ts";
import { countPrompt } from "../tokens/count.ts";
import { contextWindow, maxOutput } from "../tokens/windows.ts";
import { type AskContext, ask, type UpstreamOptions } from "./ask.ts";
import { Budget } from "./budget.ts";
import { checkRead } from "./prompt-cut.ts";
import { summaryPrompt } from "./prompts.ts";

/** Supposed of the answer where a model's longest is not known. */
const UNKNOWN_OUTPUT = 4_096;

/** Part of the room that is used: counts are estimates for most models, and providers add words of their own. */
const SAFETY = 0.85;

/** However long the answer may be, so much of the window is tried for the conversation. */
const LEAST_SHARE = 1 / 8;

/** What would make a model call a tool in place of answering: a conversation's tools have no part in its summary. */
const TOOL_OPTIONS = ["tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"];

/** What providers call the most tokens of an answer. */
const LIMIT_FIELDS = ["max_tokens", "max_completion_tokens"];

/** Models whose chat template writes the start of the thought into the prompt: their text has its end alone. */
const OPENED_BY_TEMPLATE = /\br1\b|qwq|think|reason|nemotron|glm-?4\.[15]/i;

/** Asks a model for summaries, with the settings of one request. */
export class Summarizer {
  readonly #chat: ChatRequest;
  readonly #context: AskContext;
  readonly #upstream: UpstreamOptions;
  readonly #provider: Provider;
  #usage: Usage | undefined = { inputTokens: 0, outputTokens: 0 };

  constructor(chat: ChatRequest, context: Omit<AskContext, "purpose">, upstream: UpstreamOptions) {
    const options = Object.entries(chat.providerOptions ?? {}).filter(
      ([name]) => !TOOL_OPTIONS.includes(name),
    );
    this.#provider = context.target.provider;
    this.#chat = {
      model: context.target.model,
      messages: [],
      sampling: chat.sampling,
      providerOptions: Object.fromEntries(options),
      includeUsage: this.#provider.traits.cutsPrompts,
    };
    this.#context = { ...context, purpose: "/summarize" };
    // All its requests are one request's: retries of the last are over when those of the first are (docs/protocol.md 2).
    this.#upstream = { ...upstream, askedAt: performance.now() };
  }

  /** Tokens of all answers so far, if the provider has reported them for each. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /**
   * How many tokens of conversation fit into one request, beside the instructions and the answer.
   * @throws {ChatError} for settings that the provider does not take
   */
  async budget(signal: AbortSignal): Promise<Budget> {
    const { model } = this.#chat;
    const asked = this.#answerLimit();
    const table = contextWindow(model);
    // Whoever asks for a long answer knows of a window that holds it.
    const window = table.known ? table.tokens : Math.max(table.tokens, 2 * asked);
    // OpenAI takes no prompt into the room of the longest answer, however short the one that is asked for.
    const answer = Math.max(asked, Math.min(maxOutput(model) ?? UNKNOWN_OUTPUT, window / 2));
    const instructions = await countPrompt(
      summaryPrompt("", "", { ofStretch: true, words: 100 }),
      model,
      signal,
    );
    return new Budget(Math.max(window - answer - instructions.tokens, window * LEAST_SHARE) * SAFETY);
  }

  /**
   * The text of one summary as it comes; all at once where only the end tells whether the prompt was read, or what was
   * thought. Thought at its start is left out.
   * @throws {ChatError} at its end, if it is no whole summary
   */
  async *stream(messages: readonly Message[], signal: AbortSignal): AsyncGenerator<string, void, void> {
    const isJudgedAtItsEnd = this.#provider.traits.cutsPrompts || OPENED_BY_TEMPLATE.test(this.#chat.model);
    if (isJudgedAtItsEnd) return yield this.whole(messages, signal);
    const filter = new LeadingReasoning();
    let isEmpty = true;
    const shown = (text: string) => {
      isEmpty &&= text.trim() === "";
      return text;
    };
    for await (const piece of this.#answer(messages, signal)) {
      const text = shown(filter.take(piece));
      if (text !== "") yield text;
    }
    const rest = shown(filter.end());
    if (rest !== "") yield rest;
    if (isEmpty) throw new ChatError(badSummary("is empty"));
  }

  /** One whole summary. @throws {ChatError} */
  async whole(messages: readonly Message[], signal: AbortSignal): Promise<string> {
    let text = "";
    for await (const piece of this.#answer(messages, signal)) text += piece;
    return this.withoutThought(text);
  }

  /** A whole text without the thought at its start. @throws {ChatError} where nothing is left */
  withoutThought(text: string): string {
    const summary = withoutLeadingReasoning(text);
    if (summary.trim() === "")
      throw new ChatError(badSummary(text.trim() === "" ? "is empty" : "is thought alone"));
    return summary;
  }

  /** The text of one answer, thought and all. */
  async *#answer(messages: readonly Message[], signal: AbortSignal): AsyncGenerator<string, void, void> {
    const chat = { ...this.#chat, messages };
    const answer = await ask(chat, this.#context, this.#upstream, signal);
    for (let batch = await answer.next(); batch !== undefined; batch = await answer.next()) {
      for (const event of batch) {
        if (event.type === "end") await this.#end(event.usage, messages, signal);
        const text = textIn(event);
        if (text !== "") yield text;
      }
    }
  }

  /** What the provider will be told, whoever set it; 0 where it is told nothing. */
  #answerLimit(): number {
    const { protocol, traits } = this.#provider;
    const body = protocol.body(this.#chat, traits);
    return Math.max(0, ...LIMIT_FIELDS.map((field) => asNumber(body[field]) ?? 0));
  }

  async #end(usage: Usage | undefined, messages: readonly Message[], signal: AbortSignal): Promise<void> {
    this.#usage = usage &&
      this.#usage && {
        inputTokens: this.#usage.inputTokens + usage.inputTokens,
        outputTokens: this.#usage.outputTokens + usage.outputTokens,
      };
    if (usage === undefined || !this.#provider.traits.cutsPrompts) return;
    const { tokens } = await countPrompt(messages, this.#chat.model, signal);
    checkRead(usage.inputTokens, tokens);
  }
}

/** The text of an event, if it has any. @throws {ChatError} for an event that spoils the summary */
function textIn(event: ChatEvent): string {
  switch (event.type) {
    case "text":
      if (event.refusal) throw new ChatError(badSummary("was refused by the model"));
      return event.text;
    case "reasoning":
    case "frame":
    case "frames":
      return "";
    case "tool-call":
      throw new ChatError(badSummary("became a call of a tool"));
    case "error":
      throw new ChatError(event.failure);
    case "end": {
      const flaw = flawOf(event);
      if (flaw !== undefined) throw new ChatError(badSummary(flaw));
      return "";
    }
  }
}

const FLAWS: Readonly<Record<string, string>> = {
  length: "was cut off at the length limit",
  refusal: "was refused by the model",
  content_filter: "was stopped by the provider's filter",
  tool_calls: "became a call of a tool",
};

/** Why an answer that has ended is no whole summary. Reasons that are not known are no fault. */
function flawOf({ reason }: Extract<ChatEvent, { type: "end" }>): string | undefined {
  return FLAWS[reason];
}

function badSummary(what: string): Failure {
  return { type: "bad_output", message: `The provider's summary ${what}.` };
}

import type { Usage } from "../core/event.ts";
import type { ChatRequest, Message } from "../core/message.ts";
import { countPrompt } from "../tokens/count.ts";
import type { AskContext, UpstreamOptions } from "./ask.ts";
import { condense, type Progress } from "./condense.ts";
import { type Passage, putTogether, takeApart } from "./passage.ts";
import { Summarizer } from "./summarizer.ts";

export interface Summary {
  readonly text: string;
  /** The conversation with the summary in it. */
  readonly messages: readonly Message[];
  readonly tokens: { readonly before: number; readonly after: number; readonly estimated: boolean };
  /** What making it has cost, if the provider has reported it for every request. */
  readonly usage: Usage | undefined;
}

/** What can be watched while a summary is made. */
export type SummaryEvent = Progress | { readonly type: "done"; readonly summary: Summary };

/**
 * Summarizes a conversation, in parts if it is longer than the model's window. Ends with `done`, or throws:
 * nothing is ever half done.
 * @param chat the conversation, with the settings to summarize it by
 * @param keepLast how many of its last messages stay as they are
 * @throws {ChatError} among others `bad_output` for a summary that is empty or was cut for length
 */
export async function* summarize(
  chat: ChatRequest,
  keepLast: number,
  context: Omit<AskContext, "purpose">,
  upstream: UpstreamOptions,
  signal: AbortSignal,
): AsyncGenerator<SummaryEvent, void, void> {
  const { model } = chat;
  const passage = takeApart(chat.messages, keepLast);
  const summarizer = new Summarizer(chat, context, upstream);
  let text = "";
  for await (const event of summaryOf(passage, model, summarizer, signal)) {
    if (event.type === "text") text += event.text;
    yield event;
  }

  // Only its end has told that a text began with thought: what is kept is without it, whatever a stream has shown.
  const kept = summarizer.withoutThought(text);
  const messages = putTogether(passage, kept);
  const before = await countPrompt(chat.messages, model, signal);
  const after = await countPrompt(messages, model, signal);
  const tokens = {
    before: before.tokens,
    after: after.tokens,
    estimated: before.estimated || after.estimated,
  };
  yield { type: "done", summary: { text: kept, messages, tokens, usage: summarizer.usage } };
}

/** A summary to which nothing has been added stands as it is; nobody need be asked. */
async function* summaryOf(
  passage: Passage,
  model: string,
  summarizer: Summarizer,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, void> {
  const budget = await summarizer.budget(signal);
  if (passage.body.length > 0 || passage.earlier === undefined) {
    yield* condense(passage, { model, budget, summarizer, signal });
  } else {
    yield { type: "progress", part: 1, parts: 1 };
    yield { type: "text", text: passage.earlier };
  }
}

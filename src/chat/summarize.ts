import { ChatError, type Failure } from "../core/failure.ts";
import type { ChatRequest, Message } from "../core/message.ts";
import { countPrompt } from "../tokens/count.ts";
import type { Answer } from "../upstream/open.ts";
import { ask, type Caller, type Engine } from "./ask.ts";
import { putTogether, takeApart } from "./passage.ts";
import { summaryPrompt } from "./prompts.ts";

export interface Summary {
  readonly text: string;
  /** The conversation with the summary in it. */
  readonly messages: readonly Message[];
  readonly tokens: { readonly before: number; readonly after: number; readonly estimated: boolean };
}

/** What can be watched while a summary is made. */
export type SummaryEvent =
  | { readonly type: "progress"; readonly part: number; readonly parts: number }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "done"; readonly summary: Summary };

/**
 * Summarizes a conversation. Ends with `done`, or throws: nothing is ever half done.
 * @param chat the conversation, with the settings to summarize it by
 * @param keepLast how many of its last messages stay as they are
 * @throws {ChatError} among others `bad_output` for a summary that is empty or was cut for length
 */
export async function* summarize(
  chat: ChatRequest,
  keepLast: number,
  caller: Caller,
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<SummaryEvent, void, void> {
  const passage = takeApart(chat.messages, keepLast);
  const question = { ...chat, messages: summaryPrompt(passage.body, passage.earlier) };
  const answer = await ask(question, caller, "/summarize", engine, signal);
  yield { type: "progress", part: 1, parts: 1 };

  let text = "";
  for await (const piece of textsOf(answer)) {
    text += piece;
    yield { type: "text", text: piece };
  }
  if (text.trim() === "") throw new ChatError(badSummary("The provider's summary is empty."));

  const messages = putTogether(passage, text);
  const before = await countPrompt(chat.messages, chat.model, signal);
  const after = await countPrompt(messages, chat.model, signal);
  const tokens = {
    before: before.tokens,
    after: after.tokens,
    estimated: before.estimated || after.estimated,
  };
  yield { type: "done", summary: { text, messages, tokens } };
}

/** The text of an answer as it comes. */
async function* textsOf(answer: Answer): AsyncGenerator<string, void, void> {
  for (;;) {
    const batch = await answer.next();
    if (batch === undefined) return;
    for (const event of batch) {
      if (event.type === "text") yield event.text;
      else if (event.type === "error") throw new ChatError(event.failure);
      else if (event.type === "end" && event.reason !== "stop" && event.reason !== "other")
        throw new ChatError(badSummary(`The provider ended its summary with "${event.reason}".`));
    }
  }
}

function badSummary(message: string): Failure {
  return { type: "bad_output", message };
}

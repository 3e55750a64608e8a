import { ChatError, type Failure } from "../core/failure.ts";
import type { ChatRequest, Message } from "../core/message.ts";
import { countPrompt, countText } from "../tokens/count.ts";
import type { Caller, Engine } from "./ask.ts";
import { packGroups, packParts } from "./parts.ts";
import { type Passage, putTogether, takeApart } from "./passage.ts";
import { mergePrompt, summaryPrompt } from "./prompts.ts";
import { sideBySide } from "./side-by-side.ts";
import { Summarizer } from "./summarizer.ts";
import { utterances } from "./transcript.ts";

/** Parts that are summarized at once. */
const AT_ONCE = 4;

/** How often the parts are made smaller, when a provider's window turns out to be smaller than our table says. */
const MOST_HALVINGS = 4;

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

type Progress = Exclude<SummaryEvent, { type: "done" }>;

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
  caller: Caller,
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<SummaryEvent, void, void> {
  const passage = takeApart(chat.messages, keepLast);
  const summarizer = new Summarizer(chat, caller, engine);
  const budget = await summarizer.budget(signal);

  let text = "";
  for await (const event of withinWindow(passage, chat.model, budget, summarizer, signal)) {
    if (event.type === "text") text += event.text;
    yield event;
  }

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

/** Windows of models that we do not know are guessed. Where a guess was too large, smaller parts are tried. */
async function* withinWindow(
  passage: Passage,
  model: string,
  budget: number,
  summarizer: Summarizer,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, void> {
  for (let halvings = 0; ; halvings++) {
    let hasText = false;
    try {
      for await (const event of inParts(
        passage,
        model,
        Math.floor(budget / 2 ** halvings),
        summarizer,
        signal,
      )) {
        hasText ||= event.type === "text";
        yield event;
      }
      return;
    } catch (error) {
      const isTooLong = error instanceof ChatError && error.failure.type === "context_overflow";
      if (!isTooLong || hasText || halvings === MOST_HALVINGS) throw error;
    }
  }
}

/** The summary of a passage whose parts hold `budget` tokens each: of the one part, or out of the summaries of all. */
async function* inParts(
  passage: Passage,
  model: string,
  budget: number,
  summarizer: Summarizer,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, void> {
  const { earlier, texts, room } = await material(passage, model, budget, signal);
  const parts = await packParts(texts, room, model, signal);
  const prompts = parts.map((part, i) =>
    summaryPrompt(part, i === 0 ? earlier : undefined, { part: i + 1, parts: parts.length }),
  );
  const summaries: string[] = new Array(parts.length);
  let done = 0;
  if (prompts.length > 1) {
    for await (const [i, summary] of sideBySide(prompts, AT_ONCE, signal, (p, stop) =>
      summarizer.whole(p, stop),
    )) {
      summaries[i] = summary;
      yield { type: "progress", part: ++done, parts: parts.length };
    }
  }
  const last = prompts.length > 1 ? await merged(summaries, model, budget, summarizer, signal) : prompts[0];
  if (last === undefined) return;
  const words = summarizer.words(last, signal);
  const first = await words.next();
  if (prompts.length === 1) yield { type: "progress", part: 1, parts: 1 };
  if (!first.done) yield { type: "text", text: first.value };
  for await (const text of words) yield { type: "text", text };
}

/**
 * What is to be summarized, and the room for it. An earlier summary is carried over into the first part's;
 * one that would fill half of it is material like the rest.
 */
async function material({ earlier, body }: Passage, model: string, budget: number, signal: AbortSignal) {
  const texts = utterances(body);
  if (earlier === undefined) return { earlier, texts, room: budget };
  const { tokens } = await countText(earlier, model, signal);
  if (tokens <= budget / 2) return { earlier, texts, room: budget - tokens };
  return {
    earlier: undefined,
    texts: [`[summary of what was said before]\n${earlier}`, ...texts],
    room: budget,
  };
}

/** The prompt that makes one summary out of all, once they fit into one: until then they are merged in groups. */
async function merged(
  summaries: readonly string[],
  model: string,
  budget: number,
  summarizer: Summarizer,
  signal: AbortSignal,
): Promise<Message[]> {
  let level = summaries;
  for (;;) {
    const groups = await packGroups(level, budget, model, signal);
    if (groups.length === 1) return mergePrompt(level);
    if (groups.length === level.length) throw new ChatError(notShorter());
    const next: string[] = new Array(groups.length);
    const work = sideBySide(groups, AT_ONCE, signal, (group, stop) =>
      summarizer.whole(mergePrompt(group), stop),
    );
    for await (const [i, summary] of work) next[i] = summary;
    level = next;
  }
}

function notShorter(): Failure {
  return {
    type: "bad_output",
    message: "The model's summaries of the parts are too long to be made into one.",
  };
}

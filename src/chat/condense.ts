import { ChatError, type Failure } from "../core/failure.ts";
import type { Message } from "../core/message.ts";
import { countText } from "../tokens/count.ts";
import type { Budget } from "./budget.ts";
import { type Part, packGroups, packParts, splitPart, textOfPart } from "./parts.ts";
import type { Passage } from "./passage.ts";
import { PromptCut } from "./prompt-cut.ts";
import { mergePrompt, summaryPrompt } from "./prompts.ts";
import { sideBySide } from "./side-by-side.ts";
import type { Summarizer } from "./summarizer.ts";
import { EARLIER, type Exchange, exchangesOf } from "./transcript.ts";

/** Requests that run at once. */
const AT_ONCE = 4;

/** So many summaries of parts, and so many made out of those, are to fit into one request. */
const BESIDE_PART = 5;
const BESIDE_MERGED = 2;

/** What can be watched while a summary comes about. */
export type Progress =
  | { readonly type: "progress"; readonly part: number; readonly parts: number }
  | { readonly type: "text"; readonly text: string };

/** What one summary is made of and by whom. */
export interface Work {
  readonly model: string;
  readonly budget: Budget;
  readonly summarizer: Pick<Summarizer, "words" | "whole">;
  readonly signal: AbortSignal;
}

/**
 * Makes a passage into the text of one summary: in one request where it fits into one, else in parts that are merged.
 * A request that the provider finds too long is made again in smaller ones.
 * @throws {ChatError} the first failure of any request; all others are then ended
 */
export async function* condense(passage: Passage, work: Work): AsyncGenerator<Progress, void, void> {
  const { model, budget, signal } = work;
  const { earlier, exchanges, tokens: taken } = await material(passage, work);
  const parts = await packParts(exchanges, budget.tokens, model, signal);
  const [only, ...others] = parts;
  const tokens = taken + (only?.tokens ?? 0);
  if (only !== undefined && others.length === 0 && tokens <= budget.tokens) {
    const words = streamed(summaryPrompt(textOfPart(only), earlier), tokens, work);
    if (yield* preceded({ type: "progress", part: 1, parts: 1 }, words)) return;
  }
  const summaries = earlier === undefined ? [] : [earlier];
  summaries.push(...(yield* summariesOf(parts, work)));
  yield* merge(summaries, work);
}

/** An earlier summary is merged with those of the parts. One that leaves little room beside it is material like the rest. */
async function material({ earlier, body }: Passage, { model, budget, signal }: Work) {
  const exchanges: Exchange[] = exchangesOf(body);
  if (earlier === undefined) return { earlier, exchanges, tokens: 0 };
  const { tokens } = await countText(earlier, model, signal);
  if (tokens <= budget.tokens / 2) return { earlier, exchanges, tokens };
  return { earlier: undefined, exchanges: [[{ speaker: EARLIER, text: earlier }], ...exchanges], tokens: 0 };
}

async function* summariesOf(parts: readonly Part[], work: Work): AsyncGenerator<Progress, string[], void> {
  const summaries: (readonly string[])[] = new Array(parts.length);
  let done = 0;
  const task = (part: Part, signal: AbortSignal) => summariesOfPart(part, { ...work, signal });
  for await (const [i, some] of sideBySide(parts, AT_ONCE, work.signal, task)) {
    summaries[i] = some;
    yield { type: "progress", part: ++done, parts: parts.length };
  }
  return summaries.flat();
}

/** The summary of a part; several where the provider takes less at once than was supposed. */
async function summariesOfPart(part: Part, work: Work): Promise<readonly string[]> {
  const { model, budget, summarizer, signal } = work;
  if (part.tokens <= budget.tokens) {
    const wanted = { ofStretch: true, words: budget.wordsBeside(BESIDE_PART) };
    try {
      return [await summarizer.whole(summaryPrompt(textOfPart(part), undefined, wanted), signal)];
    } catch (error) {
      shrinkFor(error, part.tokens, budget);
    }
  }
  const summaries: string[] = [];
  for (const smaller of await splitPart(part, budget.tokens, model, signal)) {
    summaries.push(...(await summariesOfPart(smaller, work)));
  }
  return summaries;
}

/** One summary out of several, as soon as they fit into one request: until then they are merged in groups. */
async function* merge(summaries: readonly string[], work: Work): AsyncGenerator<Progress, void, void> {
  const { model, budget, signal } = work;
  for (let level = summaries; ; ) {
    const room = budget.tokens;
    const groups = await packGroups(level, room, model, signal);
    if (groups.length === 1) {
      if (yield* streamed(mergePrompt(level), room, work)) return;
      continue;
    }
    const next: (readonly string[])[] = new Array(groups.length);
    const task = (group: readonly string[], stop: AbortSignal) =>
      mergedGroup(group, room, { ...work, signal: stop });
    for await (const [i, merged] of sideBySide(groups, AT_ONCE, signal, task)) next[i] = merged;
    const shorter = next.flat();
    if (shorter.length === level.length && room === budget.tokens) throw new ChatError(notShorter());
    level = shorter;
  }
}

/** One summary out of a group; the group as it is where it is but one, or too long for the provider. */
async function mergedGroup(group: readonly string[], room: number, work: Work): Promise<readonly string[]> {
  const { budget, summarizer, signal } = work;
  if (group.length === 1 || room > budget.tokens) return group;
  try {
    return [await summarizer.whole(mergePrompt(group, { words: budget.wordsBeside(BESIDE_MERGED) }), signal)];
  } catch (error) {
    shrinkFor(error, room, budget);
    return group;
  }
}

/** The words of the last request as they come. False if it was too long for the provider. */
async function* streamed(
  prompt: readonly Message[],
  tokens: number,
  { budget, summarizer, signal }: Work,
): AsyncGenerator<Progress, boolean, void> {
  let hasText = false;
  try {
    for await (const text of summarizer.words(prompt, signal)) {
      hasText = true;
      yield { type: "text", text };
    }
    return true;
  } catch (error) {
    if (hasText) throw error;
    shrinkFor(error, tokens, budget);
    return false;
  }
}

/** Puts an event before the first of others, if there is any. */
async function* preceded<R>(
  first: Progress,
  events: AsyncGenerator<Progress, R, void>,
): AsyncGenerator<Progress, R, void> {
  const step = await events.next();
  if (step.done) return step.value;
  yield first;
  yield step.value;
  return yield* events;
}

/** Makes the budget smaller where that may help; any other failure is thrown again. */
function shrinkFor(error: unknown, tokens: number, budget: Budget): void {
  const isTooLong =
    error instanceof ChatError && ["context_overflow", "too_large"].includes(error.failure.type);
  const known = error instanceof PromptCut ? Math.min(tokens, error.read) : tokens;
  if (!isTooLong || !budget.refused(known)) throw error;
}

function notShorter(): Failure {
  return {
    type: "bad_output",
    message: "The model's summaries of the parts are too long to be made into one.",
  };
}

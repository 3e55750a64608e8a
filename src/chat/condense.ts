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

/** How often summaries that are too long to be merged are told again. */
const MOST_TELLINGS = 2;

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
  readonly summarizer: Pick<Summarizer, "stream" | "whole">;
  readonly signal: AbortSignal;
}

/**
 * Makes a passage into the text of one summary: in one request where it fits into one, else in parts that are merged.
 * A request that the provider finds too long is made again in smaller ones.
 * @throws {ChatError} the first failure of any request; all others are then ended
 */
export async function* condense(passage: Passage, work: Work): AsyncGenerator<Progress, void, void> {
  let plan = await planFor(passage, work);
  for (; plan.only !== undefined; plan = await planFor(passage, work)) {
    const words = streamed(summaryPrompt(textOfPart(plan.only), plan.earlier), plan.tokens, work);
    if (yield* preceded({ type: "progress", part: 1, parts: 1 }, words)) return;
  }
  const summaries = plan.earlier === undefined ? [] : [plan.earlier];
  summaries.push(...(yield* summariesOf(plan.parts, work)));
  yield* merge(summaries, work);
}

interface Plan {
  /** To be merged before the summaries of the parts. One that leaves little room beside it is material like the rest. */
  readonly earlier: string | undefined;
  readonly parts: readonly Part[];
  /** The one part, if it fits into one request together with the earlier summary. */
  readonly only: Part | undefined;
  /** Tokens of the two. */
  readonly tokens: number;
}

async function planFor({ earlier, body }: Passage, { model, budget, signal }: Work): Promise<Plan> {
  const length = earlier === undefined ? 0 : (await countText(earlier, model, signal)).tokens;
  const isMaterial = earlier !== undefined && length > budget.tokens / 2;
  const exchanges = isMaterial ? [...retold([earlier]), ...exchangesOf(body)] : exchangesOf(body);
  const parts = await packParts(exchanges, budget.tokens, model, signal);
  const tokens = (parts[0]?.tokens ?? 0) + (isMaterial ? 0 : length);
  return {
    earlier: isMaterial ? undefined : earlier,
    parts,
    only: parts.length === 1 && tokens <= budget.tokens ? parts[0] : undefined,
    tokens,
  };
}

/** Summaries as part of a conversation. */
function retold(summaries: readonly string[]): Exchange[] {
  return summaries.map((text) => [{ speaker: EARLIER, text }]);
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

/**
 * One summary out of several, as soon as they fit into one request: until then they are merged in groups. Where no
 * two of them fit together, they are told again, shorter.
 */
async function* merge(summaries: readonly string[], work: Work): AsyncGenerator<Progress, void, void> {
  const { model, budget, signal } = work;
  let level = summaries;
  for (let tellings = 0; ; ) {
    const room = budget.tokens;
    const groups = await packGroups(level, room, model, signal);
    if (groups.length === 1) {
      if (yield* streamed(mergePrompt(level), room, work)) return;
    } else if (groups.length === level.length) {
      if (++tellings > MOST_TELLINGS) throw new ChatError(notShorter());
      const parts = await packParts(retold(level), room, model, signal);
      level = await gathered(parts, signal, (part, stop) => summariesOfPart(part, { ...work, signal: stop }));
    } else {
      level = await gathered(groups, signal, (group, stop) =>
        mergedGroup(group, room, { ...work, signal: stop }),
      );
    }
  }
}

/** What each of several requests gives, in the order of what they were made of. */
async function gathered<T>(
  items: readonly T[],
  signal: AbortSignal,
  task: (item: T, signal: AbortSignal) => Promise<readonly string[]>,
): Promise<string[]> {
  const results: (readonly string[])[] = new Array(items.length);
  for await (const [i, result] of sideBySide(items, AT_ONCE, signal, task)) results[i] = result;
  return results.flat();
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
    for await (const text of summarizer.stream(prompt, signal)) {
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

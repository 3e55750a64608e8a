import { countText } from "../tokens/count.ts";
import { cutText } from "./cut.ts";
import { type Exchange, type Utterance, written } from "./transcript.ts";

/** What stands between two utterances, and what it costs. */
const JOIN = "\n\n";
const JOIN_TOKENS = 2;

/** What the marks around one of several summaries cost: two UUIDs and some words. */
const MARK_TOKENS = 110;

/** Who goes on speaking where an utterance was cut. */
const CONTINUED = "(continued)";

/** Texts that are handed to the counter at once: between them it counts for others. */
const COUNTED_AT_ONCE = 64;

interface Measured {
  readonly exchange: Exchange;
  readonly tokens: number;
}

/** A stretch of a conversation that is summarized in one go. */
export interface Part {
  readonly exchanges: readonly Measured[];
  readonly tokens: number;
}

/** The part as a model reads it. */
export function textOfPart({ exchanges }: Part): string {
  return exchanges.map(({ exchange }) => writtenOut(exchange)).join(JOIN);
}

/**
 * Packs exchanges, in their order, into as few parts as hold them within `budget` tokens each. An exchange that is
 * too long for a part of its own falls into its utterances, and an utterance that is too long is cut.
 */
export async function packParts(
  exchanges: readonly Exchange[],
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<Part[]> {
  return packMeasured(await measureExchanges(exchanges, model, signal), budget, model, signal);
}

/** A part that turned out to be too long as smaller ones. */
export function splitPart(
  { exchanges }: Part,
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<Part[]> {
  return packMeasured(exchanges, budget, model, signal);
}

/** Groups texts, in their order, into as few groups as hold them within `budget` tokens each. None is cut. */
export async function packGroups(
  texts: readonly string[],
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<string[][]> {
  const tokens = await countEach(texts, model, signal);
  const measured = texts.map((text, i) => ({ text, tokens: tokens[i] ?? 0 }));
  return pack(measured, budget, MARK_TOKENS).map((group) => group.map(({ text }) => text));
}

async function packMeasured(
  exchanges: readonly Measured[],
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<Part[]> {
  const fitting = await fitAll(exchanges, budget, model, signal);
  return pack(fitting, budget, JOIN_TOKENS).map((group) => ({
    exchanges: group,
    tokens: group.reduce((sum, { tokens }) => sum + tokens + JOIN_TOKENS, -JOIN_TOKENS),
  }));
}

/** @param extra tokens that each item costs beside its own, but for the first of a group */
function pack<T extends { readonly tokens: number }>(
  items: readonly T[],
  budget: number,
  extra: number,
): T[][] {
  const groups: T[][] = [];
  let room = 0;
  for (const item of items) {
    const group = groups.at(-1);
    if (group === undefined || item.tokens + extra > room) {
      groups.push([item]);
      room = budget - item.tokens;
    } else {
      group.push(item);
      room -= item.tokens + extra;
    }
  }
  return groups;
}

async function fitAll(
  exchanges: readonly Measured[],
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<Measured[]> {
  const fitting: Measured[] = [];
  for (const one of exchanges) fitting.push(...(await fit(one, budget, model, signal)));
  return fitting;
}

async function fit(
  whole: Measured,
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<readonly Measured[]> {
  if (whole.tokens <= budget) return [whole];
  const [utterance, ...others] = whole.exchange;
  if (utterance === undefined) return [];
  if (others.length === 0) return cut(utterance, whole.tokens, budget, model, signal);
  const alone = whole.exchange.map((one) => [one]);
  return fitAll(await measureExchanges(alone, model, signal), budget, model, signal);
}

/** Pieces are cut by length, as dense as the text is on average, and cut again where they are denser than that. */
async function cut(
  { speaker, text }: Utterance,
  tokens: number,
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<readonly Measured[]> {
  const later = speaker.endsWith(CONTINUED) ? speaker : `${speaker} ${CONTINUED}`;
  const { tokens: label } = await countText(written({ speaker: later, text: "" }), model, signal);
  const length = Math.floor((text.length * Math.max(1, budget - label)) / tokens);
  // Nothing is left to cut, or a name fills the budget.
  if (length >= text.length || text.length <= 2) return [{ exchange: [{ speaker, text }], tokens }];
  const pieces = cutText(text, length).map((piece, i) => [
    { speaker: i === 0 ? speaker : later, text: piece },
  ]);
  return fitAll(await measureExchanges(pieces, model, signal), budget, model, signal);
}

async function measureExchanges(
  exchanges: readonly Exchange[],
  model: string,
  signal: AbortSignal,
): Promise<Measured[]> {
  const tokens = await countEach(exchanges.map(writtenOut), model, signal);
  return exchanges.map((exchange, i) => ({ exchange, tokens: tokens[i] ?? 0 }));
}

async function countEach(texts: readonly string[], model: string, signal: AbortSignal): Promise<number[]> {
  const counts: number[] = [];
  for (let start = 0; start < texts.length; start += COUNTED_AT_ONCE) {
    const some = texts.slice(start, start + COUNTED_AT_ONCE);
    const counted = await Promise.all(some.map((text) => countText(text, model, signal)));
    counts.push(...counted.map(({ tokens }) => tokens));
  }
  return counts;
}

function writtenOut(exchange: Exchange): string {
  return exchange.map(written).join(JOIN);
}

import { countText } from "../tokens/count.ts";
import { cutText } from "./cut.ts";

interface Measured {
  readonly text: string;
  readonly tokens: number;
}

/** What stands between two utterances, and what it costs. */
const JOIN = "\n\n";
const JOIN_TOKENS = 2;

/** What the marks around one of several summaries cost. */
const MARK_TOKENS = 80;

/**
 * Packs utterances, in their order, into as few parts as hold them within `budget` tokens each. An utterance that is
 * too long for a part of its own is cut.
 */
export async function packParts(
  utterances: readonly string[],
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<string[]> {
  const measured = await measure(utterances, model, signal);
  const fitting: Measured[] = [];
  for (const utterance of measured) fitting.push(...(await fit(utterance, budget, model, signal)));

  return pack(fitting, budget, JOIN_TOKENS).map((part) => part.join(JOIN));
}

/** Groups texts, in their order, into as few groups as hold them within `budget` tokens each. None is cut. */
export async function packGroups(
  texts: readonly string[],
  budget: number,
  model: string,
  signal: AbortSignal,
): Promise<string[][]> {
  return pack(await measure(texts, model, signal), budget, MARK_TOKENS);
}

/** @param extra tokens that each text costs beside its own */
function pack(texts: readonly Measured[], budget: number, extra: number): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const { text, tokens } of texts) {
    const group = groups.at(-1);
    if (group === undefined || tokens > room) {
      groups.push([text]);
      room = budget - tokens;
    } else {
      group.push(text);
      room -= tokens;
    }
    room -= extra;
  }
  return groups;
}

function measure(texts: readonly string[], model: string, signal: AbortSignal): Promise<Measured[]> {
  return Promise.all(
    texts.map(async (text) => ({ text, tokens: (await countText(text, model, signal)).tokens })),
  );
}

/** Pieces are cut by length, as dense as the text is on average, and cut again where they are denser than that. */
async function fit(whole: Measured, budget: number, model: string, signal: AbortSignal): Promise<Measured[]> {
  if (whole.tokens <= budget || whole.text.length < 2) return [whole];
  const length = Math.floor((whole.text.length * budget) / whole.tokens);
  const pieces = cutText(whole.text, Math.max(1, Math.min(length, whole.text.length - 1)));
  const fitting: Measured[] = [];
  for (const piece of await measure(pieces, model, signal))
    fitting.push(...(await fit(piece, budget, model, signal)));
  return fitting;
}

import { type Material, materialOf, readMarkedSections, type Section } from "./marked-sections.ts";
import type { ConversationText } from "./parsed-request.ts";
import { readTranscript } from "./transcript.ts";

const WORD = /\bsummar(?:y|ies|i[sz]e|i[sz]ing|i[sz]ation)\b|\btl;?dr\b|\bcondense\b/i;
const DECISION =
  /\b(?:decided?|agreed?|chose|chosen|settled|going with|go with|we will|we'll|let's|must|deadline|plan(?:ned)? to|conclusion)\b/i;
const NAME = /(?<=[\p{Ll},(] )\p{Lu}[\p{L}\p{N}'-]+(?: \p{Lu}[\p{L}\p{N}'-]+)*/gu;
/** A run of digits counts once, whatever follows it, and only so much of it: texts may be long and odd. */
const NUMBER =
  /(?<![\p{L}\d])[$€£]?\d{1,15}(?:[.,:/-]\d{1,15}){0,4}(?:\s?(?:%|ms|s|min|h|hours?|days?|weeks?|months?|years?|GB|MB|KB|km|kg|€|tokens?))?(?![\p{L}\d])/gu;

const LEAST_CHARACTERS = 320;
const MOST_CHARACTERS = 1_600;
const SENTENCE_CHARACTERS = 140;
const MOST_LINES = 12;
const MOST_NAMES = 14;
const MOST_NUMBERS = 16;

const HEADING = "Summary picked out by a script, not by a language model.";
/** What earlier summaries of ours hold besides what was said. */
const OUR_OWN = new RegExp(`^(?:\\[demo\\] )?(?:${RegExp.escape(HEADING)}|(?:Said|Decided|Names|Numbers):)$`);

/** Whether the request is for a summary: a system prompt that says so, or the user's last words. */
export function asksForSummary({ system, text }: ConversationText): boolean {
  return WORD.test(system) || WORD.test(text) || readTranscript(text).length >= 3;
}

/**
 * First sentences, decisions, names and numbers of the conversation in the request, in that order, as far as there is
 * room. It extracts and invents nothing.
 */
export function summaryOf(context: ConversationText): string {
  const source = sourceOf(context);
  const whole = source.said.map(({ text }) => text).join("\n");
  const gists = source.said.flatMap(({ who, text }) => gistOf(text).map((gist) => ({ who, gist })));
  const names = listed([...source.names, ...(whole.match(NAME) ?? [])], MOST_NAMES);
  const numbers = listed([...source.numbers, ...(whole.match(NUMBER) ?? [])], MOST_NUMBERS, tellsMore);

  const length = Math.min(MOST_CHARACTERS, Math.max(LEAST_CHARACTERS, source.room));
  const room = length - HEADING.length - names.length - numbers.length;
  const saidLines = fitting(distinct(gists.map(({ who, gist }) => `- ${who}: ${clip(gist)}`)), room * 0.6);
  const decisions = [...source.decided, ...sentences(whole).filter((sentence) => DECISION.test(sentence))]
    .map(clip)
    .filter((sentence) => !saidLines.includes(sentence));
  const decidedLines = fitting(
    distinct(decisions).map((sentence) => `- ${sentence}`),
    room - saidLines.length,
  );
  return [
    HEADING,
    ...section("Said", saidLines),
    ...section("Decided", decidedLines),
    ...section("Names", names),
    ...section("Numbers", numbers),
  ].join("\n");
}

function section(title: Section, lines: string): readonly string[] {
  return lines === "" ? [] : [`${title}:`, lines];
}

/** As many of the lines as there is room for, in characters, from the whole length of them. */
function fitting(lines: readonly string[], room: number): string {
  for (let most = MOST_LINES; most > 0; most--) {
    const kept = spread(lines, most).join("\n");
    if (kept.length <= room) return kept;
  }
  return "";
}

/** The first sentence that says more than "Good."; else the first; none of a text without any. */
function gistOf(text: string): readonly string[] {
  const [first, ...others] = sentences(text);
  if (first === undefined) return [];
  return [[first, ...others].find((sentence) => sentence.split(" ").length > 2) ?? first];
}

/** What is to be summarized: what stands between marks, else a transcript, else the turns before the last message. */
function sourceOf({ text, turns }: ConversationText): Material {
  const marked = readMarkedSections(text);
  if (marked !== undefined) return marked;
  const transcript = readTranscript(text);
  if (transcript.length > 0) return materialOf(transcript);
  const earlier = turns.filter((turn) => turn.text.trim() !== "");
  const spoken = WORD.test(text) && earlier.length > 1 ? earlier.slice(0, -1) : earlier;
  return materialOf(
    spoken.map(({ role, text: words }) => ({
      who: role === "user" ? "User" : "Assistant",
      text: words,
    })),
  );
}

function sentences(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?。！？])\s+|\n+/u)
    .map((sentence) => sentence.trim().replace(/^- /, ""))
    .filter((sentence) => sentence !== "" && !OUR_OWN.test(sentence));
}

function clip(sentence: string): string {
  const text = sentence.replace(/^\[demo\] /, "");
  return text.length <= SENTENCE_CHARACTERS ? text : `${text.slice(0, SENTENCE_CHARACTERS - 1)}…`;
}

/** At most so many of the items, from all over a long list. */
function spread(items: readonly string[], most: number): readonly string[] {
  if (items.length <= most) return items;
  const step = (items.length - 1) / Math.max(1, most - 1);
  return Array.from({ length: most }, (_, index) => items[Math.round(index * step)] ?? "");
}

function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}

/** Different ones of those that were found, on a single line; if they are too many, first those that tell more. */
function listed(
  found: readonly string[],
  most: number,
  tells: (item: string) => boolean = () => true,
): string {
  const all = distinct(found);
  const telling = spread(all.filter(tells), most);
  const others = all.filter((item) => !tells(item));
  return [...telling, ...spread(others, most - telling.length)].join(", ");
}

/** A price, a share, a date, a year: more than a bare number of one or two digits. */
function tellsMore(number: string): boolean {
  return number.length > 2;
}

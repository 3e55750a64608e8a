import type { Ask } from "./ask.ts";
import { readTranscript, type Utterance } from "./transcript.ts";

const WORD = /\bsummar(?:y|ies|i[sz]e|i[sz]ing|i[sz]ation)\b|\btl;?dr\b|\bcondense\b/i;
const DECISION =
  /\b(?:decided?|agreed?|chose|chosen|settled|going with|go with|we will|we'll|let's|must|deadline|plan(?:ned)? to|conclusion)\b/i;
const NAME = /(?<=[\p{Ll},(] )\p{Lu}[\p{L}\p{N}'-]+(?: \p{Lu}[\p{L}\p{N}'-]+)*/gu;
/** A run of digits counts once, whatever follows it, and only so much of it: texts may be long and odd. */
const NUMBER =
  /(?<![\p{L}\d])[$€£]?\d{1,15}(?:[.,:/-]\d{1,15}){0,4}(?:\s?(?:%|ms|s|min|h|hours?|days?|weeks?|months?|years?|GB|MB|KB|km|kg|€|tokens?))?(?![\p{L}\d])/gu;

/** A summary takes this share of what it summarizes, within limits. */
const SHARE = 0.45;
const LEAST_CHARACTERS = 320;
const MOST_CHARACTERS = 1_600;
const SENTENCE_CHARACTERS = 140;

const HEADING = "Summary picked out by a script, not by a language model.";
/** What earlier summaries of ours hold besides what was said. */
const OUR_OWN = new RegExp(`^(?:\\[demo\\] )?(?:${RegExp.escape(HEADING)}|(?:Said|Decided|Names|Numbers):)$`);

/** Whether the request is for a summary: a system prompt that says so, or the user's last words. */
export function asksForSummary({ system, text }: Ask): boolean {
  return WORD.test(system) || WORD.test(text) || readTranscript(text).length >= 3;
}

/**
 * First sentences, decisions, names and numbers of the conversation in the request, in that order, as far as there is
 * room. It extracts and invents nothing.
 */
export function summaryOf(ask: Ask): string {
  const said = sourceOf(ask);
  const whole = said.map(({ text }) => text).join("\n");
  const gists = said.flatMap(({ who, text }) => gistOf(text).map((gist) => ({ who, gist })));
  const names = listed(whole.match(NAME) ?? [], 10);
  const numbers = listed(whole.match(NUMBER) ?? [], 12);

  const length = Math.min(MOST_CHARACTERS, Math.max(LEAST_CHARACTERS, whole.length * SHARE));
  const room = length - HEADING.length - names.length - numbers.length;
  const saidLines = fitting(
    spread(distinct(gists.map(({ who, gist }) => `- ${who}: ${clip(gist)}`))),
    room * 0.6,
  );
  const decisions = sentences(whole)
    .filter((sentence) => DECISION.test(sentence))
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

function section(title: string, lines: string): readonly string[] {
  return lines === "" ? [] : [`${title}:`, lines];
}

/** As many of the lines as there is room for, in characters. */
function fitting(lines: readonly string[], room: number): string {
  let kept = "";
  for (const line of lines) if (kept.length + line.length <= room) kept += kept === "" ? line : `\n${line}`;
  return kept;
}

/** The first sentence that says more than "Good."; else the first; none of a text without any. */
function gistOf(text: string): readonly string[] {
  const [first, ...others] = sentences(text);
  if (first === undefined) return [];
  return [[first, ...others].find((sentence) => sentence.split(" ").length > 2) ?? first];
}

/** What is to be summarized: a transcript in the last message, else the turns before it, else that message. */
function sourceOf({ text, turns }: Ask): readonly Utterance[] {
  const transcript = readTranscript(text);
  if (transcript.length > 0) return transcript;
  const earlier = turns.filter((turn) => turn.text.trim() !== "");
  const spoken = WORD.test(text) && earlier.length > 1 ? earlier.slice(0, -1) : earlier;
  return spoken.map(({ role, text: words }) => ({
    who: role === "user" ? "User" : "Assistant",
    text: words,
  }));
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

/** At most a dozen lines, from all over a long conversation. */
function spread(lines: readonly string[]): readonly string[] {
  const step = Math.max(1, (lines.length - 1) / 11);
  const count = Math.min(lines.length, 12);
  return Array.from({ length: count }, (_, index) => lines[Math.round(index * step)] ?? "");
}

function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}

/** The first so many different ones on a single line. */
function listed(found: readonly string[], most: number): string {
  return distinct(found).slice(0, most).join(", ");
}

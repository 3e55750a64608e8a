import type { Ask } from "./ask.ts";
import { readTranscript, type Utterance } from "./transcript.ts";

const WORD = /\bsummar(?:y|ies|i[sz]e|i[sz]ing|i[sz]ation)\b|\btl;?dr\b|\bcondense\b/i;
const DECISION =
  /\b(?:decided?|agreed?|chose|chosen|settled|going with|go with|we will|we'll|let's|must|deadline|plan(?:ned)? to|conclusion)\b/i;
const NAME = /(?<=[\p{Ll},;:(]\s)\p{Lu}[\p{L}\p{N}'-]+(?:\s\p{Lu}[\p{L}\p{N}'-]+)*/gu;
/** A run of digits counts once, whatever follows it, and only so much of it: texts may be long and odd. */
const NUMBER =
  /(?<![\p{L}\d])[$€£]?\d{1,15}(?:[.,:/-]\d{1,15}){0,4}(?:\s?(?:%|ms|s|min|h|hours?|days?|weeks?|months?|years?|GB|MB|KB|km|kg|€|tokens?))?(?![\p{L}\d])/gu;

/** A summary takes this share of what it summarizes, within limits. */
const SHARE = 0.45;
const LEAST_CHARACTERS = 240;
const MOST_CHARACTERS = 1_600;
const SENTENCE_CHARACTERS = 140;

const HEADING = "Summary picked out by a script, not by a language model.";

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
  const firsts = new Set(said.map(({ text }) => sentences(text)[0] ?? ""));
  const decisions = sentences(whole).filter((sentence) => DECISION.test(sentence) && !firsts.has(sentence));
  const sections = [
    {
      title: "Said",
      lines: spread(said.map(({ who, text }) => `- ${who}: ${clip(sentences(text)[0] ?? "")}`)),
    },
    { title: "Decided", lines: distinct(decisions).map((sentence) => `- ${clip(sentence)}`) },
    { title: "Names", lines: listed(whole.match(NAME) ?? [], 10) },
    { title: "Numbers", lines: listed(whole.match(NUMBER) ?? [], 12) },
  ];
  const length = Math.min(MOST_CHARACTERS, Math.max(LEAST_CHARACTERS, whole.length * SHARE));
  let room = length - HEADING.length;
  let summary = HEADING;
  for (const { title, lines } of sections) {
    const kept: string[] = [];
    // The first section leaves a third of the room to the others.
    let mine = title === "Said" ? room * (2 / 3) : room;
    for (const line of lines) {
      if (line.length > mine) continue;
      mine -= line.length;
      room -= line.length;
      kept.push(line);
    }
    if (kept.length > 0) summary += `\n${title}:\n${kept.join("\n")}`;
  }
  return summary;
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
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
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
function listed(found: readonly string[], most: number): readonly string[] {
  const few = distinct(found).slice(0, most);
  return few.length === 0 ? [] : [few.join(", ")];
}

import { asksForSummary, summaryOf } from "./demo-summary.ts";
import type { ConversationText } from "./parsed-request.ts";

const GREETING = /^\s*(?:hi|hello|hey|hallo|hola|salut|bonjour|ciao|good (?:morning|day|evening)|moin)\b/i;
const THANKS = /\b(?:thanks|thank you|merci|danke|gracias)\b/i;
const ABOUT_ITSELF =
  /\b(?:who|what) are you\b|\byour name\b|\bare you (?:an? )?(?:ai|model|human|real|llm)\b/i;
const ASKS_NAME = /\bwhat(?:'s| is) my name\b|\bwho am i\b/i;
const TELLS_NAME = /\b(?:[Mm]y name is|I am called|[Cc]all me)\s+(\p{Lu}[\p{L}'-]*)/u;
const CODE = /```|^[ \t]*(?:function|const|import|def|class|SELECT|#include)\b/m;

const CONFESSIONS = [
  "I am a script inside this program, not a language model, so nothing here was thought up.",
  "No language model is behind this: the words were written beforehand and only the path they take is real.",
  "This is scripted text. There is no language model, and nothing you write leaves this machine.",
  "I am no language model. I pick sentences from a list and put your words into them.",
];

const TIPS = [
  "Ask for the model demo-slow to see what happens while a provider is silent.",
  "Ask for the model demo-cut to see how an answer that breaks off is reported.",
  "Ask for the model demo-429 to see how a rate limit reaches you.",
  "Ask me for a summary of our conversation; I do it by picking out sentences.",
  "With a provider's address and key in place of this one, a real model answers in the same way.",
  "Tell me your name and ask for it later: the whole conversation is sent each time, so even a script can look it up.",
];

/** What the model `demo` says: always labelled, always about what was said, never claiming to think. */
export function demoAnswer(context: ConversationText): string {
  const answer = asksForSummary(context) ? summaryOf(context) : reply(context);
  // Quotes may cut a character in two.
  return `[demo] ${answer}`.toWellFormed();
}

function reply(context: ConversationText): string {
  const seed = Bun.hash.crc32(`${context.turns.length} ${context.text}`);
  const sentences = [remark(context), pick(CONFESSIONS, seed), history(context), pick(TIPS, seed >>> 5)];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

/** What there is to say about the last message. */
function remark({ text, turns }: ConversationText): string {
  const words = text.match(/\S+/g)?.length ?? 0;
  if (words === 0) return "You sent no text that a script could read.";
  if (ASKS_NAME.test(text)) return recallName(turns);
  const [, name] = TELLS_NAME.exec(text) ?? [];
  if (name !== undefined) return `Pleased to meet you, ${name}.`;
  if (ABOUT_ITSELF.test(text)) return "You want to know what I am. That is quickly said.";
  if (CODE.test(text)) return `That looks like code; it begins with "${quote(text)}".`;
  if (GREETING.test(text) && words < 8) return "Hello! This is a scripted reply, really streamed.";
  if (THANKS.test(text) && words < 12) return "You are welcome.";
  if (words > 60) return `You wrote ${words} words, beginning with "${quote(text)}".`;
  if (text.trimEnd().endsWith("?")) return `You asked "${quote(text)}". A script cannot know the answer.`;
  return `You said "${quote(text)}".`;
}

function recallName(turns: ConversationText["turns"]): string {
  for (const turn of turns.toReversed()) {
    const [, name] = turn.role === "user" ? (TELLS_NAME.exec(turn.text) ?? []) : [];
    if (name !== undefined) return `Earlier you wrote that your name is ${name}.`;
  }
  return "You have not told me your name in this conversation.";
}

/** Shows that the conversation travels with every request. */
function history({ turns }: ConversationText): string {
  const yours = turns.filter(({ role }) => role === "user");
  const [first] = yours;
  if (first === undefined || yours.length < 2) return "";
  return `This is message ${yours.length} of yours; the first was "${quote(first.text)}".`;
}

/** The beginning of a text on one line, cut at a word. */
function quote(text: string): string {
  const line = text.trimStart().slice(0, 200).replace(/\s+/g, " ").trim().replaceAll('"', "'");
  if (line.length <= 60) return line;
  const cut = line.slice(0, 60);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 30))}…`;
}

function pick(from: readonly string[], seed: number): string {
  return from[seed % from.length] ?? "";
}

import { sanitize } from "../markdown/sanitize.ts";
import type { Outcome } from "./answer-view.ts";

/** Roughly so many characters of English are one token. */
const CHARACTERS_PER_TOKEN = 4;

/** The line after an answer: time to the first token, tokens, session, whether it was saved. */
export function statistics({ text, usage, sessionId, firstTokenMs, totalMs, saved }: Outcome): string {
  if (firstTokenMs === undefined) return "";
  const tokens =
    usage === null || usage === undefined
      ? `${Math.ceil(text.length / CHARACTERS_PER_TOKEN)} tokens (est.)`
      : `${usage.outputTokens} tokens (${usage.inputTokens} in)`;
  return [
    `${seconds(firstTokenMs)} to first token`,
    tokens,
    `${seconds(totalMs)} in all`,
    ...(sessionId === undefined ? [] : [`session ${sanitize(sessionId).slice(0, 8)}`]),
    ...(saved === undefined ? [] : [saved ? "saved" : "not saved"]),
  ].join(" · ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

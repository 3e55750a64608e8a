import type { EndReason } from "../../core/event.ts";
import { copyButton } from "../shared/copy.ts";
import { element } from "../shared/dom.ts";
import type { AnswerTurn, Facts } from "./conversation.ts";
import { count, seconds } from "./format.ts";

/** The line under an answer: time to the first token, tokens, model, session. */
export function factsLine({ firstTokenMs, inputTokens, outputTokens, model, sessionId }: Facts): HTMLElement {
  const facts = [
    firstTokenMs === undefined ? undefined : `${seconds(firstTokenMs)} to first token`,
    inputTokens === undefined || outputTokens === undefined
      ? undefined
      : `${count(inputTokens)} tokens in, ${count(outputTokens)} out`,
    model,
  ].filter((fact) => fact !== undefined);
  return element(
    "p",
    { class: "facts" },
    ...facts.map((fact) => element("span", {}, fact)),
    sessionId !== undefined && sessionFact(sessionId),
  );
}

/** The session whole, for it is what one looks for in a log; a click copies it. */
function sessionFact(id: string): HTMLElement {
  const copy = copyButton(id, () => id);
  copy.setAttribute("aria-label", `Copy session ${id}`);
  copy.className = "session";
  return element("span", {}, "session ", copy);
}

const ENDINGS: Readonly<Record<EndReason, string | undefined>> = {
  stop: undefined,
  length: "It ends here because the model’s limit was reached, not because it was finished. Ask it to go on.",
  tool_calls: "The model wants to call a tool. This page has none to offer.",
  refusal: "The model declined to answer.",
  content_filter: "The provider’s content filter ended the answer here.",
  other: undefined,
};

/** What there is to say about how an answer ended. */
export function answerNotes({ state, text, facts: { finishReason } }: AnswerTurn): readonly string[] {
  if (state === "stopped")
    return [text === "" ? "Stopped before the first word." : "Stopped here. What came is kept."];
  if (state !== "done") return [];
  const ending = finishReason === undefined ? undefined : ENDINGS[finishReason];
  if (ending !== undefined) return [ending];
  return text === "" ? ["The model finished without a word. Try again, or ask in other words."] : [];
}

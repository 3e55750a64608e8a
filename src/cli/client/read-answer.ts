import type { Answer } from "../../client/index.ts";
import type { Target } from "./chat-target.ts";
import type { Outcome, View } from "./output/answer-view.ts";

/**
 * Reads an answer to its end, to its failure, or until it is stopped, and shows it.
 * @param stop what the answer was asked with; when it aborts, the answer was stopped on purpose
 * @param save notes the turn where one is kept: gives whether that worked, nothing where it was not to be
 */
export async function readAnswer(
  answer: Answer,
  target: Target,
  view: View,
  stop: AbortSignal,
  save: (outcome: Omit<Outcome, "saved">) => boolean | undefined,
): Promise<Outcome> {
  const started = performance.now();
  let firstTokenMs: number | undefined;
  let error: unknown;
  view.begin();
  try {
    for await (const event of answer.events()) {
      if (event.type === "text" || event.type === "reasoning") firstTokenMs ??= performance.now() - started;
      await view.event(event);
    }
  } catch (thrown) {
    error = thrown;
  }
  const outcome = {
    target,
    text: answer.text,
    toolCalls: answer.toolCalls,
    sessionId: answer.sessionId,
    usage: answer.usage,
    finishReason: answer.finishReason,
    ...(error === undefined || stop.aborted ? {} : { error }),
    stopped: stop.aborted,
    firstTokenMs,
    totalMs: performance.now() - started,
  };
  const saved = { ...outcome, saved: save(outcome) };
  await view.end(saved);
  return saved;
}

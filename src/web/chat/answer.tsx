import { useEffect, useState } from "preact/hooks";
import type { EndReason } from "../../core/event.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { CopyButton } from "../shared/copy.tsx";
import type { AnswerTurn, Facts } from "./conversation.ts";
import { FailureNote } from "./failure-note.tsx";
import { count, seconds } from "./format.ts";
import type { Page } from "./page.ts";
import { ToolCalls } from "./tool-calls.tsx";

interface AnswerProps {
  readonly turn: AnswerTurn;
  readonly isLast: boolean;
  readonly page: Page;
}

/** An answer, while it comes and when it has ended. */
export function Answer({ turn, isLast, page }: AnswerProps) {
  const { text, reasoning, calls = [], state } = turn;
  const isWriting = state === "writing";
  const hasBegun = text !== "" || calls.length > 0;
  return (
    <article class={isWriting && text !== "" ? "turn answer writing" : "turn answer"} aria-label="Answer">
      {reasoning !== "" && (
        <details class="reasoning">
          <summary>Reasoning</summary>
          <div class="thoughts">{reasoning}</div>
        </details>
      )}
      <Markdown text={text} />
      {calls.length > 0 && (
        <ToolCalls
          calls={calls}
          canAnswer={isLast && state === "done"}
          give={(results) => page.chat.giveResults(results)}
        />
      )}
      {isWriting && !hasBegun && <Waiting isThinking={reasoning !== ""} />}
      {!isWriting && <After turn={turn} isLast={isLast} page={page} />}
    </article>
  );
}

function After({ turn, isLast, page }: AnswerProps) {
  const { text, failure, facts } = turn;
  return (
    <div class="after">
      {notes(turn).map((note) => (
        <p class="note">{note}</p>
      ))}
      {failure && <FailureNote failure={failure} isLast={isLast} page={page} />}
      <div class="actions">
        {text !== "" && <CopyButton text={() => text} />}
        {isLast && failure === undefined && (
          <button type="button" class="quiet" onClick={() => page.chat.retry()}>
            Retry
          </button>
        )}
        <FactsLine facts={facts} />
      </div>
    </div>
  );
}

/** Time to the first token, tokens and model; the session, which one looks for in a log, behind a click. */
function FactsLine({
  facts: { firstTokenMs, inputTokens, outputTokens, model, sessionId },
}: {
  readonly facts: Facts;
}) {
  return (
    <details class="facts">
      <summary>
        {firstTokenMs === undefined ? (model ?? "Details") : `${seconds(firstTokenMs)} to first token`}
      </summary>
      <ul>
        {model !== undefined && <li>{model}</li>}
        {inputTokens !== undefined && outputTokens !== undefined && (
          <li>{`${count(inputTokens)} tokens in, ${count(outputTokens)} out`}</li>
        )}
        {sessionId !== undefined && (
          <li>
            session{" "}
            <CopyButton
              class="session"
              label={sessionId}
              name={`Copy session ${sessionId}`}
              text={() => sessionId}
            />
          </li>
        )}
      </ul>
    </details>
  );
}

const ENDINGS: Readonly<Record<EndReason, string | undefined>> = {
  stop: undefined,
  length: "It ends here because the model’s limit was reached, not because it was finished. Ask it to go on.",
  tool_calls: undefined,
  refusal: "The model declined to answer.",
  content_filter: "The provider’s content filter ended the answer here.",
  other: undefined,
};

/** What there is to say about how an answer ended. */
function notes({ state, text, calls = [], facts: { finishReason } }: AnswerTurn): readonly string[] {
  if (state === "stopped")
    return [text === "" ? "Stopped before the first word." : "Stopped here. What came is kept."];
  if (state !== "done") return [];
  const ending = finishReason === undefined ? undefined : ENDINGS[finishReason];
  if (ending !== undefined) return [ending];
  if (calls.length > 0) return [];
  if (finishReason === "tool_calls") return ["The model wants to call a tool, and no call came."];
  return text === "" ? ["The model finished without a word. Try again, or ask in other words."] : [];
}

/** Below so many seconds there is nothing worth saying. */
const WORTH_SAYING = 2;

/** A sign of life before the first word, with the seconds that have passed. */
function Waiting({ isThinking }: { readonly isThinking: boolean }) {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const started = Date.now();
    const timer = setInterval(() => setPassed(Math.round((Date.now() - started) / 1000)), 250);
    return () => clearInterval(timer);
  }, []);
  const what = isThinking ? "Thinking" : "Waiting for the first word";
  return (
    <p class="waiting" aria-hidden="true">
      {passed < WORTH_SAYING ? "" : `${what}, ${passed} s`}
    </p>
  );
}

import { Markdown } from "../markdown/markdown.tsx";
import { CopyButton } from "../shared/copy.tsx";
import type { SummaryTurn } from "./conversation.ts";
import { count, percentFewer } from "./format.ts";
import type { Page } from "./page.ts";

interface SummaryProps {
  readonly turn: SummaryTurn;
  readonly isLast: boolean;
  readonly page: Page;
}

/** A summary, which stands for all that was said before it. */
export function Summary({ turn: { text, before, after, estimated }, isLast, page }: SummaryProps) {
  const fewer = percentFewer(before, after);
  return (
    <article class="turn summary" aria-label="Summary">
      <h2>Summary</h2>
      <p class="numbers">
        <span>
          <b>{count(before)}</b> tokens before
        </span>
        <span>
          <b>{count(after)}</b> after
        </span>
        {fewer > 0 && (
          <span>
            <b>{fewer} %</b> fewer
          </span>
        )}
        {estimated && <span class="estimated">estimated</span>}
      </p>
      <details open>
        <summary>What is sent from here on</summary>
        <Markdown text={text} />
      </details>
      <div class="actions">
        <CopyButton text={() => text} />
        {isLast && (
          <button type="button" class="quiet" onClick={() => page.chat.undoSummary()}>
            Undo
          </button>
        )}
      </div>
    </article>
  );
}

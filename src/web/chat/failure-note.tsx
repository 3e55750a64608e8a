import { useEffect, useState } from "preact/hooks";
import type { ShownFailure } from "./conversation.ts";
import { type Remedy, wordsFor } from "./failure-words.ts";
import type { Page } from "./page.ts";

const REMEDIES: Readonly<Record<Remedy, string>> = {
  connect: "Check the connection",
  summarize: "Summarize",
};

interface FailureProps {
  readonly failure: ShownFailure;
  readonly isLast: boolean;
  readonly page: Page;
}

/** A failure in words, with the buttons that may help. */
export function FailureNote({ failure, isLast, page }: FailureProps) {
  const { title, advice, remedy } = wordsFor(failure);
  const { message, param, retryAfter } = failure;
  const detail = param === undefined || message.includes(param) ? message : `${param}: ${message}`;
  return (
    <div class="failure">
      <p class="what">{title}</p>
      <p>{advice}</p>
      {message !== "" && <p class="detail">{detail}</p>}
      {isLast && (
        <div class="row">
          <RetryButton seconds={retryAfter} retry={() => page.chat.retry()} />
          {remedy !== undefined && (
            <button type="button" class="plain" onClick={() => page.remedy(remedy)}>
              {REMEDIES[remedy]}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Where the provider said how long to wait, the seconds run down on the button. */
function RetryButton({
  seconds = 0,
  retry,
}: {
  readonly seconds?: number | undefined;
  readonly retry: () => void;
}) {
  const [left, setLeft] = useState(Math.ceil(seconds));
  useEffect(() => {
    if (seconds <= 0) return undefined;
    const until = Date.now() + seconds * 1000;
    const timer = setInterval(() => setLeft(Math.ceil((until - Date.now()) / 1000)), 500);
    return () => clearInterval(timer);
  }, [seconds]);
  return (
    <button type="button" class="plain" onClick={retry}>
      {left > 0 ? `Try again in ${left} s` : "Try again"}
    </button>
  );
}

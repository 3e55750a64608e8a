import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Answer } from "./answer.tsx";
import type { Turn } from "./conversation.ts";
import { Icon } from "./icon.tsx";
import type { Page } from "./page.ts";
import { Question } from "./question.tsx";
import { Summary } from "./summary.tsx";
import { Welcome } from "./welcome.tsx";

/** As near to its end, in pixels, the log follows what comes. */
const NEAR = 24;

/** The turns of the conversation that is open. It follows a growing answer until its reader scrolls up. */
export function Log({ page }: { readonly page: Page }) {
  const { id, turns } = page.chat.current;
  const scroll = useRef<HTMLElement>(null);
  const reader = useRef({ follows: true, top: 0, id, count: 0 });
  const [isAway, setAway] = useState(false);
  const toEnd = () => {
    reader.current.follows = true;
    setAway(false);
    if (scroll.current !== null) scroll.current.scrollTop = scroll.current.scrollHeight;
  };
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = scroll.current ?? document.body;
    // Whoever scrolls up wants to read there, however little it was.
    if (scrollHeight - scrollTop - clientHeight < NEAR) reader.current.follows = true;
    else if (scrollTop < reader.current.top) reader.current.follows = false;
    reader.current.top = scrollTop;
    setAway(!reader.current.follows);
  };
  useLayoutEffect(() => {
    const hasAsked = turns.length > reader.current.count;
    if (id !== reader.current.id || hasAsked) reader.current.follows = true;
    Object.assign(reader.current, { id, count: turns.length });
    // An empty conversation shows its beginning.
    if (turns.length > 0 && reader.current.follows) toEnd();
  });
  return (
    <>
      <main class="scroll" id="scroll" ref={scroll} onScroll={scrolled}>
        <h1 class="unseen">Conversation</h1>
        {turns.length === 0 && <Welcome page={page} />}
        <div
          class="log"
          role="log"
          aria-label="Messages"
          aria-live="polite"
          aria-relevant="additions"
          aria-busy={page.chat.busy === "answer"}
        >
          {turns.map((turn, index) => (
            <TurnView key={turn.id} turn={turn} isLast={index === turns.length - 1} page={page} />
          ))}
        </div>
      </main>
      {isAway && turns.length > 0 && (
        <button type="button" class="latest" onClick={toEnd}>
          To the end <Icon name="down" />
        </button>
      )}
    </>
  );
}

interface TurnProps {
  readonly turn: Turn;
  /** Nothing follows it, so it can be done again. */
  readonly isLast: boolean;
  readonly page: Page;
}

/** Only a turn that has changed is drawn again. */
function TurnView({ turn, isLast, page }: TurnProps) {
  return useMemo(() => {
    if (turn.role === "user") return <Question turn={turn} page={page} />;
    if (turn.role === "summary") return <Summary turn={turn} isLast={isLast} page={page} />;
    return <Answer turn={turn} isLast={isLast} page={page} />;
  }, [turn, isLast, page]);
}

import { useRef, useState } from "preact/hooks";
import { CopyButton } from "../shared/copy.tsx";
import { needsKey } from "./connection.ts";
import { upToLastQuestion } from "./conversation.ts";
import type { Page } from "./page.ts";
import { Sheet } from "./sheet.tsx";
import { snippetsFor } from "./snippets.ts";

/** Asked when there is nothing to show yet. */
const SAMPLE = [{ role: "user", id: "sample", text: "Hello!" }] as const;

/** The panel that shows the conversation's request in several languages. */
export function UseSheet({ page }: { readonly page: Page }) {
  const [chosen, choose] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const { current } = page.chat;
  const { current: connection } = page.connections;
  const turns = upToLastQuestion(current.turns);
  const snippets = snippetsFor({
    server: page.server.address,
    connection,
    conversation: { ...current, turns: turns.length === 0 ? SAMPLE : turns },
    token: page.server.wantsToken,
  });
  const code = snippets[chosen]?.code ?? "";
  const turn = ({ key }: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const next = (chosen + step + snippets.length) % snippets.length;
    choose(next);
    tabs.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <Sheet id="use" title="Use it from your app" closed={() => page.closeSheet()}>
      <div class="sheet-body">
        <p>
          This conversation, as a request to this server.{" "}
          {needsKey(connection) ? "It takes your key from the variable API_KEY." : "It runs as it stands."}
        </p>
        <div class="tabs" role="tablist" aria-label="Language" ref={tabs} onKeyDown={turn}>
          {snippets.map(({ label }, index) => (
            <button
              type="button"
              role="tab"
              id={`tab-${index}`}
              aria-selected={index === chosen}
              aria-controls="panel"
              tabIndex={index === chosen ? 0 : -1}
              onClick={() => choose(index)}
            >
              {label}
            </button>
          ))}
        </div>
        <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${chosen}`}>
          <div class="code-bar">
            <span />
            <CopyButton text={() => code} />
          </div>
          <pre tabIndex={0} role="region" aria-label="Request">
            <code>{code}</code>
          </pre>
        </div>
        <p class="note">
          Every field, error and line of the answer is in the <a href="/docs">reference</a>.
        </p>
      </div>
    </Sheet>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "./conversation.ts";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import type { Page } from "./page.ts";
import { Transfer } from "./transfer-buttons.tsx";

const NARROW = "(max-width: 800px)";

/** The list of conversations, which on a narrow window lies over the page and out of sight. */
export function Sidebar({ page }: { readonly page: Page }) {
  const [wanted, want] = useState("");
  const closer = useRef<HTMLButtonElement>(null);
  const { isSidebarOpen: isOpen } = page;
  const close = () => {
    if (!page.isSidebarOpen) return;
    page.showSidebar(false);
  };
  useEffect(() => {
    if (isOpen) closer.current?.focus();
    return () => {
      if (isOpen) document.getElementById("open-sidebar")?.focus();
    };
  }, [isOpen]);
  useEffect(() => matchMedia(NARROW).addEventListener("change", close), []);
  const shown = page.store.all.filter((conversation) => hasWords(conversation, wanted));
  return (
    <>
      <aside
        class={isOpen ? "sidebar open" : "sidebar"}
        id="sidebar"
        aria-label="Conversations"
        onKeyDown={({ key }) => {
          if (key === "Escape") close();
        }}
      >
        <div class="sidebar-head">
          <a class="wordmark" href="/" aria-label="nash-llm, start page">
            nash<span>-llm</span>
          </a>
          <button type="button" class="quiet only-narrow" ref={closer} onClick={close}>
            Close
          </button>
        </div>
        <button
          type="button"
          class="new"
          onClick={() => {
            page.chat.startNew();
            close();
          }}
        >
          <Icon name="plus" />
          New conversation
        </button>
        {page.store.all.length > 1 && (
          <input
            type="search"
            class="search"
            aria-label="Search conversations"
            placeholder="Search"
            value={wanted}
            onInput={({ currentTarget }) => want(currentTarget.value)}
          />
        )}
        <nav aria-label="Earlier conversations">
          <ul class="conversations" aria-label={plural(shown.length, "conversation")}>
            {shown.map((conversation) => (
              <Entry key={conversation.id} page={page} conversation={conversation} opened={close} />
            ))}
          </ul>
          {shown.length === 0 && wanted !== "" && <p class="note">No conversation has these words.</p>}
        </nav>
        <div class="sidebar-foot">
          <Transfer page={page} />
          <a class="quiet" href="/docs">
            Reference
          </a>
          {/* shared/theme.ts writes its label. */}
          <button type="button" class="quiet" data-theme-toggle />
        </div>
      </aside>
      <button type="button" class="veil" tabIndex={-1} aria-hidden="true" onClick={close} />
    </>
  );
}

/** Every word somewhere in the title or in what was said. */
function hasWords({ title, turns }: Conversation, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = [title, ...turns.map((turn) => turn.text)].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

interface EntryProps {
  readonly page: Page;
  readonly conversation: Conversation;
  readonly opened: () => void;
}

function Entry({ page, conversation: { id, title }, opened }: EntryProps) {
  const [isRenaming, rename] = useState(false);
  if (isRenaming) return <Renaming page={page} id={id} title={title} done={() => rename(false)} />;
  return (
    <li>
      <button
        type="button"
        class="open"
        title={title}
        aria-current={id === page.chat.current.id ? "true" : undefined}
        onClick={() => {
          page.chat.open(id);
          opened();
        }}
      >
        {title}
      </button>
      <div class="entry-tools">
        <button type="button" aria-label={`Rename ${title}`} onClick={() => rename(true)}>
          Rename
        </button>
        <DeleteButton title={title} remove={() => page.chat.stopAndForget(id)} />
      </div>
    </li>
  );
}

function Renaming({ page, id, title, done }: { page: Page; id: string; title: string; done: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const save = () => {
    page.chat.rename(id, field.current?.value ?? "");
    done();
  };
  return (
    <li>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input
          ref={field}
          aria-label="New title"
          defaultValue={title}
          maxLength={200}
          onBlur={save}
          onKeyDown={({ key }) => {
            if (key === "Escape") done();
          }}
        />
      </form>
    </li>
  );
}

/** Asks once more in its own place, since nothing brings a conversation back. */
function DeleteButton({ title, remove }: { readonly title: string; readonly remove: () => void }) {
  const [isSure, ask] = useState(false);
  return (
    <button
      type="button"
      class={isSure ? "sure" : ""}
      aria-label={isSure ? `Really delete ${title}` : `Delete ${title}`}
      onClick={() => (isSure ? remove() : ask(true))}
      onBlur={() => ask(false)}
    >
      {isSure ? "Sure?" : "Delete"}
    </button>
  );
}

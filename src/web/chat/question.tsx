import { useEffect, useRef, useState } from "preact/hooks";
import { CopyButton } from "../shared/copy.tsx";
import type { UserTurn } from "./conversation.ts";
import type { Page } from "./page.ts";

/** What the user said, with a button to say it in other words. */
export function Question({
  turn: { id, text, images = [] },
  page,
}: {
  readonly turn: UserTurn;
  readonly page: Page;
}) {
  const [isEdited, edit] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const cancel = () => {
    edit(false);
    requestAnimationFrame(() => editButton.current?.focus());
  };
  const save = (changed: string) => page.chat.edit(id, changed) && edit(false);
  return (
    <article class="turn user" aria-label="You">
      {images.length > 0 && (
        <div class="pictures">
          {images.map((url, index) => (
            <img src={url} alt={`Attached, ${index + 1} of ${images.length}`} />
          ))}
        </div>
      )}
      {isEdited ? (
        <Editor text={text} save={save} cancel={cancel} />
      ) : (
        <>
          {text !== "" && <div class="words">{text}</div>}
          <div class="actions">
            <button type="button" class="quiet" ref={editButton} onClick={() => edit(true)}>
              Edit
            </button>
            <CopyButton text={() => text} />
          </div>
        </>
      )}
    </article>
  );
}

interface EditorProps {
  readonly text: string;
  readonly save: (text: string) => void;
  readonly cancel: () => void;
}

function Editor({ text, save, cancel }: EditorProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        const changed = box.current?.value ?? "";
        if (changed.trim() !== "") save(changed);
      }}
    >
      <textarea
        ref={box}
        aria-label="Edited text"
        rows={Math.min(text.split("\n").length + 1, 12)}
        defaultValue={text}
        onKeyDown={({ key }) => {
          if (key === "Escape") cancel();
        }}
      />
      <div class="row">
        <p class="note">Asking again replaces what follows.</p>
        <button type="button" class="plain" onClick={cancel}>
          Cancel
        </button>
        <button type="submit" class="primary">
          Ask again
        </button>
      </div>
    </form>
  );
}

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";
import { readPictures } from "./images.ts";
import type { Page } from "./page.ts";

/** The box at the foot of the page. What is typed in it survives a reload; pictures come by paste, drop and button. */
export function Composer({ page }: { readonly page: Page }) {
  const { chat, drafts } = page;
  const { id } = chat.current;
  const [text, setText] = useState(() => drafts.get(id));
  const [images, setImages] = useState<readonly string[]>([]);
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const isBusy = chat.busy !== undefined;

  const write = (changed: string) => {
    setText(changed);
    drafts.set(id, changed);
  };
  const add = async (files: Iterable<File>) => {
    const read = await readPictures(files);
    if (read.length > 0) setImages((old) => [...old, ...read]);
  };
  const submit = () => {
    if ((text.trim() === "" && images.length === 0) || isBusy || !chat.send(text, images)) return;
    write("");
    setImages([]);
  };
  useLayoutEffect(() => {
    if (box.current === null) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text]);
  useDroppedPictures(add);

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {images.length > 0 && (
        <ul class="pictures" aria-label="Attached pictures">
          {images.map((url, index) => (
            <li key={url}>
              <img src={url} alt={`Attached, ${index + 1} of ${images.length}`} />
              <button
                type="button"
                aria-label={`Remove picture ${index + 1}`}
                onClick={() => setImages(images.filter((_, position) => position !== index))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <button
        type="button"
        class="quiet attach"
        aria-label="Attach pictures"
        onClick={() => picker.current?.click()}
      >
        <Icon name="picture" />
      </button>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        multiple
        hidden
        aria-label="Pictures"
        onChange={({ currentTarget }) => {
          add([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
      <textarea
        ref={box}
        id="message"
        aria-label="Message"
        placeholder="Write a message"
        rows={1}
        enterkeyhint="send"
        autocomplete="off"
        value={text}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        onPaste={(event) => {
          const files = [...(event.clipboardData?.files ?? [])];
          if (files.length > 0) event.preventDefault();
          add(files);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape" && isBusy) chat.stop();
          // While an input method composes, Enter belongs to it.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      {isBusy ? (
        <button
          type="button"
          class="send stop"
          onClick={() => {
            chat.stop();
            box.current?.focus();
          }}
        >
          Stop
        </button>
      ) : (
        <button type="submit" class="send">
          Send
        </button>
      )}
    </form>
  );
}

/** Pictures that are dropped anywhere on the page. */
function useDroppedPictures(add: (files: Iterable<File>) => void): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      add(files);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  }, []);
}

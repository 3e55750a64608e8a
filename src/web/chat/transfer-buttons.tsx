import { useRef } from "preact/hooks";
import { plural } from "./format.ts";
import type { Page } from "./page.ts";
import { exportText, importText } from "./transfer.ts";

/** The buttons that write all conversations to a file and read them from one. */
export function Transfer({ page }: { readonly page: Page }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="pair">
      <button type="button" class="quiet" onClick={() => write(page)}>
        Export
      </button>
      <button type="button" class="quiet" onClick={() => input.current?.click()}>
        Import
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="File with conversations"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) read(page, file);
          currentTarget.value = "";
        }}
      />
    </div>
  );
}

function write(page: Page): void {
  const { all } = page.store;
  if (all.length === 0) return page.say("There is nothing to export yet.");
  download(exportText(all), `nash-llm-${new Date().toISOString().slice(0, 10)}.json`);
  page.say(`${plural(all.length, "conversation")} exported. Keys are not in the file.`);
}

async function read(page: Page, file: File): Promise<void> {
  const { store } = page;
  const conversations = importText(await file.text());
  if (conversations === undefined) return page.say(`${file.name} holds no conversations of nash-llm.`);
  // Of two states of one conversation the later one wins.
  const newer = conversations.filter(({ id, updated }) => (store.get(id)?.updated ?? -1) < updated);
  const kept = newer.map((conversation) => store.put(conversation));
  const [newest] = newer.toSorted((one, other) => other.updated - one.updated);
  if (newest !== undefined) page.chat.open(newest.id);
  if (kept.includes(false)) return page.say("Imported, but this browser has no room to keep them all.");
  const old = conversations.length - newer.length;
  page.say(
    `${plural(newer.length, "conversation")} imported${old === 0 ? "" : `, ${old} were already here`}.`,
  );
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser needs the address until it has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

import { byId, element } from "../shared/dom.ts";
import type { Conversation } from "./conversation.ts";
import { plural } from "./format.ts";
import type { ConversationStore } from "./store.ts";
import { exportText, importText } from "./transfer.ts";

/**
 * The buttons that write all conversations to a file and read them from one.
 * @param say tells the user what happened
 * @param imported called with the newest of those that were read
 */
export function createTransfer(
  store: ConversationStore,
  say: (text: string) => void,
  imported: (newest: Conversation) => void,
): void {
  const input = byId("import-file", HTMLInputElement);
  byId("export", HTMLButtonElement).addEventListener("click", () => {
    if (store.all.length === 0) return say("There is nothing to export yet.");
    download(exportText(store.all), `nash-llm-${new Date().toISOString().slice(0, 10)}.json`);
    say(`${plural(store.all.length, "conversation")} exported. Keys are not in the file.`);
  });
  byId("import", HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    input.value = "";
    if (file === undefined) return;
    const conversations = importText(await file.text());
    if (conversations === undefined) return say(`${file.name} holds no conversations of nash-llm.`);
    // Of two states of one conversation the later one wins.
    const newer = conversations.filter(({ id, updated }) => (store.get(id)?.updated ?? -1) < updated);
    const kept = newer.map((conversation) => store.put(conversation));
    const [newest] = newer.toSorted((one, other) => other.updated - one.updated);
    if (newest !== undefined) imported(newest);
    if (kept.includes(false)) return say("Imported, but this browser has no room to keep them all.");
    const old = conversations.length - newer.length;
    say(`${plural(newer.length, "conversation")} imported${old === 0 ? "" : `, ${old} were already here`}.`);
  });
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = element("a", { href: url, download: name });
  link.click();
  // The browser needs the address until it has begun to read it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

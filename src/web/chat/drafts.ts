import { asObject, asText, parseJson } from "../../core/json.ts";
import type { Shelf } from "./store.ts";

const SHELF_KEY = "nash-llm.drafts";

/** What was typed and not sent, by conversation, and which conversation is open: both survive a reload of the tab. */
export class Drafts {
  readonly #shelf: Pick<Shelf, "getItem" | "setItem"> | undefined;
  readonly #texts: Map<string, string>;
  #open: string | undefined;

  /** @param shelf what the browser keeps for this tab alone (`sessionStorage`) */
  constructor(shelf: Pick<Shelf, "getItem" | "setItem"> | undefined) {
    this.#shelf = shelf;
    const kept = asObject(parseJson(shelf?.getItem(SHELF_KEY) ?? ""));
    this.#open = asText(kept?.["open"]);
    const texts = Object.entries(asObject(kept?.["texts"]) ?? {});
    this.#texts = new Map(texts.flatMap(([id, text]) => (typeof text === "string" ? [[id, text]] : [])));
  }

  /** The conversation that was open last. */
  get open(): string | undefined {
    return this.#open;
  }

  set open(id: string) {
    if (this.#open === id) return;
    this.#open = id;
    this.#write();
  }

  get(id: string): string {
    return this.#texts.get(id) ?? "";
  }

  set(id: string, text: string): void {
    if (text === "") this.#texts.delete(id);
    else this.#texts.set(id, text);
    this.#write();
  }

  #write(): void {
    try {
      this.#shelf?.setItem(
        SHELF_KEY,
        JSON.stringify({ open: this.#open, texts: Object.fromEntries(this.#texts) }),
      );
    } catch {
      // A browser without room forgets the draft, and that is all.
    }
  }
}

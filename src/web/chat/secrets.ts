import { asObject, parseJson } from "../../core/json.ts";
import type { Shelf } from "./store.ts";

const SHELF_KEY = "nash-llm.secrets";

/** Providers' keys and the server's token: in memory, and for the tab until it closes only where the user switched that on. */
export class Secrets {
  readonly #shelf: Pick<Shelf, "getItem" | "setItem" | "removeItem"> | undefined;
  readonly #values = new Map<string, string>();
  #isRemembered = false;

  /** @param shelf what the browser keeps for this tab alone (`sessionStorage`) */
  constructor(shelf: Pick<Shelf, "getItem" | "setItem" | "removeItem"> | undefined) {
    this.#shelf = shelf;
    const kept = asObject(parseJson(shelf?.getItem(SHELF_KEY) ?? ""));
    this.#isRemembered = kept !== undefined;
    for (const [name, value] of Object.entries(kept ?? {}))
      if (typeof value === "string") this.#values.set(name, value);
  }

  get isRemembered(): boolean {
    return this.#isRemembered;
  }

  /** Switched off, what the tab kept is forgotten at once. */
  remember(on: boolean): void {
    this.#isRemembered = on;
    this.#write();
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
    this.#write();
  }

  #write(): void {
    try {
      if (this.#isRemembered)
        this.#shelf?.setItem(SHELF_KEY, JSON.stringify(Object.fromEntries(this.#values)));
      else this.#shelf?.removeItem(SHELF_KEY);
    } catch {
      // A browser that keeps nothing asks for them again, and that is all.
    }
  }
}

import { parseJson } from "../../core/json.ts";
import type { Conversation } from "./conversation.ts";
import { readConversation } from "./read-conversation.ts";

const PREFIX = "nash-llm.conversation.";

/** As much of `Storage` as is used, so that tests can give one that is full or forbidden. */
export type Shelf = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

/**
 * The conversations, in memory and in the browser's own storage, each under a key of its own. No key of a provider
 * and no token ever comes here.
 */
export class ConversationStore {
  readonly #shelf: Shelf | undefined;
  readonly #conversations = new Map<string, Conversation>();

  /** @param shelf undefined where the browser allows none: then conversations live as long as the page */
  constructor(shelf: Shelf | undefined) {
    this.#shelf = shelf;
    for (let index = 0; index < (shelf?.length ?? 0); index++) {
      const key = shelf?.key(index);
      if (key?.startsWith(PREFIX)) this.refresh(key);
    }
  }

  /** The newest first. */
  get all(): readonly Conversation[] {
    return [...this.#conversations.values()].sort((one, other) => other.updated - one.updated);
  }

  get(id: string): Conversation | undefined {
    return this.#conversations.get(id);
  }

  /** @returns false where the browser has no more room, or allows none */
  put(conversation: Conversation): boolean {
    this.#conversations.set(conversation.id, conversation);
    try {
      this.#shelf?.setItem(PREFIX + conversation.id, JSON.stringify(conversation));
      return this.#shelf !== undefined;
    } catch {
      return false;
    }
  }

  remove(id: string): void {
    this.#conversations.delete(id);
    this.#shelf?.removeItem(PREFIX + id);
  }

  /** Takes over what another tab of the browser wrote. @returns the conversation's id, where the key is of one */
  refresh(key: string): string | undefined {
    if (!key.startsWith(PREFIX)) return undefined;
    const id = key.slice(PREFIX.length);
    const conversation = readConversation(parseJson(this.#shelf?.getItem(key) ?? ""));
    if (conversation?.id === id) this.#conversations.set(id, conversation);
    else this.#conversations.delete(id);
    return id;
  }
}

import { NashError } from "../../client/index.ts";
import { button, byId } from "../shared/dom.ts";
import type { Connection } from "./connection.ts";
import { type Conversation, messagesOf } from "./conversation.ts";
import { count } from "./format.ts";
import type { Server } from "./server.ts";

/** From this share of the model's window on, the conversation is close to being too long. */
const NEARLY_FULL = 0.8;

/** Says how long the conversation is, and warns before the model's window is full. */
export class Meter {
  readonly #node = byId("meter", HTMLElement);
  readonly #server: Server;
  readonly #summarize: () => void;
  #asking = new AbortController();
  #key = "";
  #isThere = true;

  constructor(server: Server, summarize: () => void) {
    this.#server = server;
    this.#summarize = summarize;
  }

  /** Counts what would be sent, where that has changed. */
  async show({ id, turns }: Conversation, { model }: Connection): Promise<void> {
    const key = JSON.stringify([model, id, turns.length, turns.at(-1)]);
    if (key === this.#key || !this.#isThere) return;
    this.#key = key;
    this.#asking.abort();
    this.#node.replaceChildren();
    const messages = messagesOf(turns);
    if (messages.length === 0) return;
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const answer = await this.#server.call((client) => client.tokens({ model, messages }, { signal }));
      this.#tell(answer.tokens, answer.context_window ?? undefined, answer.estimated === true);
    } catch (error) {
      // A count is a courtesy: without it the page is as good.
      if (error instanceof NashError && error.status === 404) this.#isThere = false;
    }
  }

  #tell(tokens: number, window: number | undefined, estimated: boolean): void {
    const about = `${estimated ? "about " : ""}${count(tokens)} tokens`;
    if (window === undefined) return this.#node.replaceChildren(about);
    const isNearlyFull = tokens > window * NEARLY_FULL;
    const text = `${about} of ${count(window)}`;
    this.#node.classList.toggle("full", isNearlyFull);
    if (isNearlyFull) {
      this.#node.replaceChildren(
        `${text}: nearly full. `,
        button("Summarize now", this.#summarize, { class: "quiet" }),
      );
    } else this.#node.replaceChildren(text);
  }
}

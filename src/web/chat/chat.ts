import { NashError } from "../../client/index.ts";
import { type Connection, hostOf } from "./connection.ts";
import {
  type AnswerTurn,
  type Conversation,
  messagesOf,
  newConversation,
  newId,
  type SummaryTurn,
  type Turn,
  titleOf,
  UNTITLED,
  upToLastQuestion,
} from "./conversation.ts";
import { shownFailure, wordsFor } from "./failure-words.ts";
import type { Server } from "./server.ts";
import type { ConversationStore } from "./store.ts";

/** While an answer is being written it is saved this often, in milliseconds. */
const SAVE_EVERY_MS = 1_000;

const NO_ROOM = "This browser has no room to keep the conversation. Export it before you close the page.";

/** Whom to ask, and with which key. */
export interface Ready {
  readonly connection: Connection;
  readonly key: string;
}

/** Where the chat gets what it needs and tells what happens. */
export interface Surroundings {
  readonly server: Server;
  readonly store: ConversationStore;
  /** The connection to use now, with its key; undefined where the user has to give one first. */
  connection(): Ready | undefined;
  /** The conversation has changed; called often while an answer is written. */
  changed(conversation: Conversation): void;
  /** Tells the user something, for a while or until something else is said; nothing takes it away. */
  say(text: string, stays?: "stays"): void;
}

/** What can be done with a conversation. Each may have an answer running; switching between them stops none. */
export class Chat {
  readonly #around: Surroundings;
  readonly #running = new Map<
    string,
    { readonly kind: "answer" | "summary"; readonly stop: AbortController }
  >();
  #current: Conversation;
  #saved = 0;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#current = newConversation();
  }

  get current(): Conversation {
    return this.#current;
  }

  /** What runs in the conversation that is open. */
  get busy(): "answer" | "summary" | undefined {
    return this.#running.get(this.#current.id)?.kind;
  }

  open(id: string): void {
    this.#show(this.#around.store.get(id) ?? newConversation());
  }

  startNew(): void {
    this.#show(newConversation());
  }

  /** Another tab has changed it. */
  refresh(id: string): void {
    if (this.#running.has(id) || this.#current.id !== id) return;
    this.#show(this.#around.store.get(id) ?? newConversation());
  }

  /** @returns false where nothing can be sent yet */
  send(text: string): boolean {
    return this.#ask([...this.#current.turns, { role: "user", id: newId(), text }]);
  }

  /** Asks the last question again, in the same session. */
  retry(): boolean {
    return this.#ask(upToLastQuestion(this.#current.turns));
  }

  /** Asks a question anew in other words. What followed it is gone. */
  edit(turnId: string, text: string): boolean {
    const at = this.#current.turns.findIndex(({ id }) => id === turnId);
    return this.#ask([...this.#current.turns.slice(0, at), { role: "user", id: newId(), text }]);
  }

  stop(): void {
    this.#running.get(this.#current.id)?.stop.abort();
  }

  stopAndForget(id: string): void {
    this.#running.get(id)?.stop.abort();
    this.#running.delete(id);
    this.#around.store.remove(id);
    if (this.#current.id === id) this.startNew();
  }

  /** Puts a summary in the place of all that was said so far. */
  async summarize(): Promise<void> {
    const ready = this.#around.connection();
    const conversation = this.#current;
    if (ready === undefined || this.busy !== undefined || conversation.turns.length === 0) return;
    const { connection, key } = ready;
    const stop = this.#start(conversation.id, "summary");
    this.#around.say("Summarizing…", "stays");
    this.#around.changed(conversation);
    try {
      const result = await this.#around.server.call((client) =>
        client.summarize(
          {
            messages: messagesOf(conversation.turns),
            ...addressOf(connection, key),
            session_id: conversation.sessionId,
          },
          {
            signal: stop.signal,
            onProgress: (part, parts) => {
              if (parts > 1) this.#around.say(`Summarizing, part ${part} of ${parts}…`, "stays");
            },
          },
        ),
      );
      const { before, after, estimated } = result.token_reduction;
      const turn: SummaryTurn = {
        role: "summary",
        id: newId(),
        text: result.summary,
        messages: result.messages,
        before,
        after,
        estimated: estimated === true,
      };
      this.#end(conversation.id);
      this.#around.say("");
      this.#keep({ ...conversation, turns: [...conversation.turns, turn], sessionId: result.session_id });
    } catch (error) {
      this.#end(conversation.id);
      this.#around.say(stop.signal.aborted ? "" : noSummary(asNashError(error)));
      this.#around.changed(conversation);
    }
  }

  /** Takes the summary back that came last; nothing that it stands for was lost. */
  undoSummary(): void {
    const { turns } = this.#current;
    if (turns.at(-1)?.role === "summary") this.#keep({ ...this.#current, turns: turns.slice(0, -1) });
  }

  #show(conversation: Conversation): void {
    this.#current = conversation;
    this.#around.changed(conversation);
  }

  #ask(turns: readonly Turn[]): boolean {
    const ready = this.#around.connection();
    if (ready === undefined || this.busy !== undefined || turns.length === 0) return false;
    const { id, title } = this.#current;
    const answer = newAnswer(ready.connection);
    const stop = this.#start(id, "answer");
    this.#keep({
      ...this.#current,
      title: title === UNTITLED ? titleOf(turns) : title,
      turns: [...turns, answer],
    });
    this.#answer(id, turns, answer, ready, stop.signal);
    return true;
  }

  /** Fills the answer that stands last in a conversation. Never throws: what fails is told in the answer. */
  async #answer(
    id: string,
    turns: readonly Turn[],
    blank: AnswerTurn,
    { connection, key }: Ready,
    signal: AbortSignal,
  ): Promise<void> {
    const started = performance.now();
    let answer = blank;
    let sessionId = this.#current.sessionId;
    const write = (change: Partial<AnswerTurn>) => {
      answer = { ...answer, ...change };
      const known = this.#around.store.get(id);
      // Deleted meanwhile, here or in another tab: it must not come back.
      if (known === undefined) return this.#around.changed(this.#current);
      this.#keep(
        { ...known, turns: [...turns, answer], ...(sessionId === undefined ? {} : { sessionId }) },
        answer.state === "writing",
      );
    };
    const begun = () =>
      answer.facts.firstTokenMs === undefined
        ? { facts: { ...answer.facts, firstTokenMs: performance.now() - started } }
        : {};
    const request = {
      messages: messagesOf(turns),
      ...addressOf(connection, key),
      session_id: sessionId,
      stream_options: { include_usage: true, include_reasoning: true },
    };
    try {
      await this.#around.server.call(async (client) => {
        for await (const event of client.stream(request, { signal })) {
          if (event.type === "session") {
            ({ sessionId } = event);
            write({ facts: { ...answer.facts, sessionId } });
          } else if (event.type === "text") write({ text: answer.text + event.text, ...begun() });
          else if (event.type === "reasoning")
            write({ reasoning: answer.reasoning + event.text, ...begun() });
          else write({ facts: { ...answer.facts, ...event.usage, finishReason: event.finishReason } });
        }
      });
      this.#end(id);
      write({ state: "done" });
    } catch (error) {
      this.#end(id);
      if (signal.aborted) write({ state: "stopped" });
      else {
        const failed = asNashError(error);
        sessionId ??= failed.sessionId;
        const facts = { ...answer.facts, ...(sessionId === undefined ? {} : { sessionId }) };
        write({ state: "failed", failure: shownFailure(failed), facts });
      }
    }
  }

  #start(id: string, kind: "answer" | "summary"): AbortController {
    const stop = new AbortController();
    this.#running.set(id, { kind, stop });
    return stop;
  }

  #end(id: string): void {
    this.#running.delete(id);
  }

  /** @param isDraft more is about to come: it need not be saved each time */
  #keep(changed: Conversation, isDraft = false): void {
    const conversation = { ...changed, updated: Date.now() };
    if (this.#current.id === conversation.id) this.#current = conversation;
    if (!isDraft || performance.now() - this.#saved > SAVE_EVERY_MS) {
      this.#saved = performance.now();
      if (!this.#around.store.put(conversation)) this.#around.say(NO_ROOM);
    }
    this.#around.changed(conversation);
  }
}

function newAnswer(connection: Connection): AnswerTurn {
  return {
    role: "assistant",
    id: newId(),
    text: "",
    reasoning: "",
    state: "writing",
    facts: { model: `${connection.model} · ${hostOf(connection)}` },
  };
}

function addressOf({ baseUrl, model, provider }: Connection, key: string) {
  return { api_base_url: baseUrl, api_key: key, model, provider };
}

function noSummary(error: NashError): string {
  const { title, advice } = wordsFor(shownFailure(error));
  return `No summary. ${title} ${advice} It says: ${error.message}`;
}

function asNashError(error: unknown): NashError {
  if (error instanceof NashError) return error;
  return new NashError({ type: "internal", message: error instanceof Error ? error.message : String(error) });
}

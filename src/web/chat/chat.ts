import type { NashError } from "../../client/index.ts";
import { asNashError, fillAnswer, makeSummary, newAnswer, type Question } from "./asking.ts";
import {
  type AnswerTurn,
  type Conversation,
  newConversation,
  newId,
  type Settings,
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

/** Where the chat gets what it needs and tells what happens. */
export interface Surroundings {
  readonly server: Server;
  readonly store: ConversationStore;
  /** The connection to use now, with its key; undefined where the user has to give one first. */
  connection(): Pick<Question, "connection" | "key"> | undefined;
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

  /** One that is not kept is a new one of that name. */
  open(id: string): void {
    this.#show(this.#around.store.get(id) ?? { ...newConversation(), id });
  }

  startNew(): void {
    this.#show(newConversation());
  }

  /** Another tab has changed it. */
  refresh(id: string): void {
    if (this.#running.has(id) || this.#current.id !== id) return;
    this.#show(this.#around.store.get(id) ?? newConversation());
  }

  /**
   * @param images `data:` URLs
   * @returns false where nothing can be sent yet
   */
  send(text: string, images: readonly string[] = []): boolean {
    const turn = { role: "user" as const, id: newId(), text, ...(images.length === 0 ? {} : { images }) };
    return this.#ask([...this.#current.turns, turn]);
  }

  /** Asks the last question again, in the same session. */
  retry(): boolean {
    return this.#ask(upToLastQuestion(this.#current.turns));
  }

  /** Asks a question anew in other words. What followed it is gone. */
  edit(turnId: string, text: string): boolean {
    const { turns } = this.#current;
    const at = turns.findIndex(({ id }) => id === turnId);
    const old = turns[at];
    const images = old?.role === "user" && old.images !== undefined ? { images: old.images } : {};
    return this.#ask([...turns.slice(0, at), { role: "user", id: newId(), text, ...images }]);
  }

  /** Gives the results of the tools that the last answer called, in their order, and asks for the next answer. */
  giveResults(results: readonly string[]): boolean {
    const last = this.#current.turns.at(-1);
    if (last?.role !== "assistant" || last.calls === undefined) return false;
    const calls = last.calls.map((call, index) => ({ ...call, result: results[index] ?? "" }));
    return this.#ask([...this.#current.turns.slice(0, -1), { ...last, calls }]);
  }

  /** Keeps what the conversation is to ask with from now on. */
  set(settings: Settings): void {
    this.#keep({ ...this.#current, settings });
  }

  rename(id: string, title: string): void {
    const known = this.#around.store.get(id);
    if (known === undefined || title.trim() === "") return;
    const renamed = { ...known, title: title.trim().slice(0, 200) };
    if (this.#current.id === id) this.#current = { ...this.#current, title: renamed.title };
    this.#around.store.put(renamed);
    this.#around.changed(renamed);
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
    const conversation = this.#current;
    const question = this.#question(conversation.turns);
    if (question === undefined) return;
    const { say, changed } = this.#around;
    const stop = this.#start(conversation.id, "summary");
    say("Summarizing…", "stays");
    changed(conversation);
    try {
      const { turn, sessionId } = await makeSummary(question, stop.signal, (part, parts) => {
        if (parts > 1) say(`Summarizing, ${part} of ${parts} parts done…`, "stays");
      });
      this.#end(conversation.id);
      say("");
      this.#keep({ ...conversation, turns: [...conversation.turns, turn], sessionId });
    } catch (error) {
      this.#end(conversation.id);
      say(stop.signal.aborted ? "" : noSummary(asNashError(error)));
      changed(conversation);
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

  /** What to ask with these turns; undefined, and said why, where nothing can be asked now. */
  #question(turns: readonly Turn[]): Question | undefined {
    if (turns.length === 0) return undefined;
    if (this.busy !== undefined) {
      this.#around.say("This conversation is being answered. Stop that first.");
      return undefined;
    }
    const ready = this.#around.connection();
    return ready && { ...ready, server: this.#around.server, conversation: { ...this.#current, turns } };
  }

  #ask(turns: readonly Turn[]): boolean {
    const question = this.#question(turns);
    if (question === undefined) return false;
    const { id, title } = this.#current;
    const answer = newAnswer(question.connection);
    const { signal } = this.#start(id, "answer");
    this.#keep({
      ...this.#current,
      title: title === UNTITLED ? titleOf(turns) : title,
      turns: [...turns, answer],
    });
    this.#answer(answer, id, question, signal);
    return true;
  }

  /** Fills the answer that stands last in a conversation. Never throws: what fails is told in the answer. */
  async #answer(blank: AnswerTurn, id: string, question: Question, signal: AbortSignal): Promise<void> {
    const write = (answer: AnswerTurn, isDraft: boolean) => {
      const known = this.#around.store.get(id);
      // Deleted meanwhile, here or in another tab: it must not come back.
      if (known === undefined) return this.#around.changed(this.#current);
      const { sessionId } = answer.facts;
      const turns = [...question.conversation.turns, answer];
      this.#keep({ ...known, turns, ...(sessionId === undefined ? {} : { sessionId }) }, isDraft);
    };
    const answer = await fillAnswer(blank, question, signal, (draft) => write(draft, true));
    this.#end(id);
    write(answer, false);
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

function noSummary(error: NashError): string {
  const { title, advice } = wordsFor(shownFailure(error));
  return `No summary. ${title} ${advice} It says: ${error.message}`;
}

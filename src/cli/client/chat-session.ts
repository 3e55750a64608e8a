import { type Answer, Conversation, type Message } from "../../client/index.ts";
import type { ClientSettings } from "../../config.ts";
import { addressOf, type Target } from "./chat-target.ts";
import type { ProviderSources } from "./choose-provider.ts";
import type { Outcome, View } from "./output/answer-view.ts";
import { readAnswer } from "./read-answer.ts";
import type { Connection } from "./server-connection.ts";
import type { StoredSession } from "./sessions/session-file.ts";
import type { SessionStore } from "./sessions/session-store.ts";
import type { Terminal } from "./terminal.ts";

export interface ChatSessionOptions {
  readonly connection: Connection;
  readonly terminal: Terminal;
  readonly sources: ProviderSources;
  readonly settings: ClientSettings;
  readonly target: Target;
  /** Where turns are kept; absent where nothing is to be. */
  readonly store: SessionStore | undefined;
  /** Calls back when the user wants the running answer to stop, until what comes back is called. */
  readonly onInterrupt: (stop: () => void) => () => void;
  /** How answers are shown. */
  readonly view: (chat: ChatSession) => View;
}

/** A conversation with all that belongs to it: whom it is with, how it is shown, where it is kept. */
export class ChatSession {
  readonly terminal: Terminal;
  readonly connection: Connection;
  readonly sources: ProviderSources;
  readonly store: SessionStore | undefined;
  /** Whether text is shown as the model wrote it. */
  raw: boolean;
  /** How the last answer went. */
  last: Outcome | undefined;
  /** Something of this conversation is on disk. */
  isSaved = false;
  conversation: Conversation;
  #target: Target;
  /** Why the last turn could not be kept, which is said once. */
  #trouble: unknown;
  #warned = false;
  readonly #options: ChatSessionOptions;

  constructor(options: ChatSessionOptions) {
    this.#options = options;
    this.terminal = options.terminal;
    this.connection = options.connection;
    this.sources = options.sources;
    this.store = options.store;
    this.raw = options.settings.raw;
    this.#target = options.target;
    const { system } = options.settings;
    this.conversation = this.#begin(system === undefined ? [] : [{ role: "system", content: system }]);
  }

  get target(): Target {
    return this.#target;
  }

  /** Goes on with somebody else; what has been said stays. */
  set target(target: Target) {
    this.#target = target;
    this.conversation.settings = this.#requestSettings();
  }

  /** Goes on with a conversation that was kept. A system message of this run takes the place of the old one. */
  resume(session: StoredSession): void {
    this.conversation = this.#begin(session.messages, session.id);
    this.store?.resume(session);
    this.isSaved = this.store !== undefined;
    const { system } = this.#options.settings;
    if (system !== undefined) this.system = system;
  }

  /** Begins anew, in a new session; the system message stays. */
  clear(): void {
    this.conversation = this.#begin(this.conversation.messages.filter(({ role }) => role === "system"));
    this.last = undefined;
    this.isSaved = false;
  }

  get system(): string | undefined {
    const content = this.conversation.messages.find(({ role }) => role === "system")?.content;
    return typeof content === "string" ? content : undefined;
  }

  set system(text: string | undefined) {
    const others = this.conversation.messages.filter(({ role }) => role !== "system");
    this.conversation.messages = text === undefined ? others : [{ role: "system", content: text }, ...others];
  }

  /** Puts a question and shows the answer. */
  ask(text: string): Promise<Outcome> {
    return this.#show((signal) => this.conversation.send(text, { signal }));
  }

  /** Puts the last question again. */
  retry(): Promise<Outcome> {
    return this.#show((signal) => this.conversation.retry({ signal }));
  }

  /** Does something that the user can stop. */
  async stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const abort = () => stop.abort();
    const done = this.#options.onInterrupt(abort);
    this.terminal.closed.addEventListener("abort", abort);
    if (this.terminal.closed.aborted) abort();
    try {
      return await work(stop.signal);
    } finally {
      this.terminal.closed.removeEventListener("abort", abort);
      done();
    }
  }

  async #show(answer: (signal: AbortSignal) => Answer): Promise<Outcome> {
    const save = (outcome: Omit<Outcome, "saved">) => (outcome.text === "" ? undefined : this.save(outcome));
    this.last = await this.stoppable((signal) =>
      readAnswer(answer(signal), this.target, this.#options.view(this), signal, save),
    );
    if (this.#trouble !== undefined && !this.#warned) {
      this.terminal.note(this.terminal.style.yellow(notSaved(this.#trouble)));
      this.#warned = true;
    }
    return this.last;
  }

  /** Keeps what is new. Gives whether that worked; nothing where nothing is to be kept. */
  save(outcome?: Pick<Outcome, "usage" | "finishReason">): boolean | undefined {
    const { messages, sessionId } = this.conversation;
    if (this.store === undefined || sessionId === undefined) return undefined;
    const { model, baseUrl, provider } = this.target;
    const { usage, finishReason } = outcome ?? {};
    try {
      this.store.save(sessionId, messages, {
        model,
        api_base_url: baseUrl,
        provider,
        ...(usage ? { usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens } } : {}),
        finish_reason: finishReason,
      });
      this.isSaved = true;
    } catch (error) {
      this.#trouble = error;
      return false;
    }
    return true;
  }

  #begin(messages: readonly Message[], sessionId?: string): Conversation {
    return new Conversation(this.connection.client, this.#requestSettings(), { messages, sessionId });
  }

  #requestSettings() {
    const { temperature, maxTokens, reasoningEffort } = this.#options.settings;
    return {
      ...addressOf(this.#target),
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(reasoningEffort === undefined ? {} : { reasoning_effort: reasoningEffort }),
      stream_options: { include_usage: true, include_reasoning: true },
    };
  }
}

function notSaved(error: unknown): string {
  const why = error instanceof Error && "code" in error ? ` (${error.code})` : "";
  return `This conversation cannot be kept on disk${why}. --no-save says so from the start.`;
}

import type { Message } from "../core/message.ts";
import { Answer } from "./answer.ts";
import type { Client } from "./client.ts";
import type {
  CallOptions,
  ChatRequest,
  StreamEvent,
  SummarizeOptions,
  SummarizeRequest,
  SummaryResult,
} from "./types.ts";

/** What stays the same from turn to turn; may be changed between turns. */
export type Settings = Omit<ChatRequest, "messages" | "session_id">;

export interface ConversationStart {
  readonly messages?: readonly Message[];
  readonly sessionId?: string | undefined;
}

/**
 * A conversation whose history stays with the client; the server keeps none. The session is the one that the server
 * named first, in every turn, retry and summary.
 *
 * A turn becomes part of the history with its first text: an answer that was stopped or that broke keeps what came.
 * A question that got no text at all is taken back, and waits for `retry`.
 */
export class Conversation {
  settings: Settings;
  messages: Message[];
  sessionId: string | undefined;
  readonly #client: Client;
  #unanswered: Message | undefined;

  constructor(client: Client, settings: Settings, start: ConversationStart = {}) {
    this.#client = client;
    this.settings = settings;
    this.messages = [...(start.messages ?? [])];
    this.sessionId = start.sessionId;
  }

  /** Puts a question. It is sent when the answer is read. */
  send(content: Message["content"] | Message, options: CallOptions = {}): Answer {
    const question: Message =
      typeof content === "object" && content !== null && "role" in content
        ? content
        : { role: "user", content };
    return new Answer(this.#turn(question, options));
  }

  /** Whether there is a question to put again. */
  get canRetry(): boolean {
    return this.#unanswered !== undefined || this.#lastQuestion() >= 0;
  }

  /** Puts the last question again, in the same session; the answer that it had is forgotten. */
  retry(options: CallOptions = {}): Answer {
    const question = this.takeBack();
    if (question === undefined) throw new Error("There is no question to put again.");
    return this.send(question, options);
  }

  /** Takes the last question out of the history, and what followed it. */
  takeBack(): Message | undefined {
    if (this.#unanswered !== undefined) {
      const question = this.#unanswered;
      this.#unanswered = undefined;
      return question;
    }
    const last = this.#lastQuestion();
    return last < 0 ? undefined : this.messages.splice(last)[0];
  }

  /** Replaces the history with its summary. */
  async summarize(
    options: SummarizeOptions & Pick<SummarizeRequest, "keep_last"> = {},
  ): Promise<SummaryResult> {
    const { keep_last, ...call } = options;
    const { stream_options: _, ...settings } = this.settings;
    const result = await this.#client.summarize(
      { ...settings, messages: this.messages, session_id: this.sessionId, keep_last },
      call,
    );
    this.messages = [...result.messages];
    this.sessionId = result.session_id;
    return result;
  }

  async *#turn(question: Message, options: CallOptions): AsyncGenerator<StreamEvent, void, void> {
    const messages = [...this.messages, question];
    this.#unanswered = question;
    let text = "";
    try {
      const request = { ...this.settings, messages, session_id: this.sessionId };
      const answer = this.#client.chat(request, options);
      try {
        for await (const event of answer.events()) {
          if (event.type === "text") text += event.text;
          if (event.type === "session") this.sessionId = event.sessionId;
          yield event;
        }
      } finally {
        this.sessionId ??= answer.sessionId;
      }
    } finally {
      if (text !== "") {
        this.#unanswered = undefined;
        this.messages = [...messages, { role: "assistant", content: text }];
      }
    }
  }

  #lastQuestion(): number {
    return this.messages.findLastIndex(({ role }) => role === "user");
  }
}

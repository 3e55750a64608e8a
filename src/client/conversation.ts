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
  ToolCall,
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
 * A question that got no text and no call of a tool is taken back, and waits for `retry`. Calls are kept where the
 * settings have tools and the answer is complete; their results are sent as messages of the role `tool`.
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
    return new Answer(this.#turn([question], options));
  }

  /** Sends the results of all calls of the last answer, by the ids of the calls. */
  sendToolResults(results: Readonly<Record<string, string>>, options: CallOptions = {}): Answer {
    const messages = Object.entries(results).map(
      ([id, content]): Message => ({ role: "tool", tool_call_id: id, content }),
    );
    return new Answer(this.#turn(messages, options));
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

  async *#turn(added: readonly Message[], options: CallOptions): AsyncGenerator<StreamEvent, void, void> {
    const messages = [...this.messages, ...added];
    const question = added.find(({ role }) => role === "user");
    this.#unanswered = question;
    let text = "";
    let calls: readonly ToolCall[] = [];
    try {
      const request = { ...this.settings, messages, session_id: this.sessionId };
      const answer = this.#client.chat(request, options);
      try {
        for await (const event of answer.events()) {
          if (event.type === "text") text += event.text;
          if (event.type === "session") this.sessionId = event.sessionId;
          yield event;
        }
        if (this.settings.tools) calls = answer.toolCalls;
      } finally {
        this.sessionId ??= answer.sessionId;
      }
    } finally {
      if (text !== "" || calls.length > 0) {
        this.#unanswered = undefined;
        this.messages = [...messages, answerMessage(text, calls)];
      }
    }
  }

  #lastQuestion(): number {
    return this.messages.findLastIndex(({ role }) => role === "user");
  }
}

function answerMessage(text: string, calls: readonly ToolCall[]): Message {
  if (calls.length === 0) return { role: "assistant", content: text };
  return {
    role: "assistant",
    content: text === "" ? null : text,
    tool_calls: calls.map(({ id, name, arguments: given }) => ({
      id,
      type: "function",
      function: { name, arguments: given },
    })),
  };
}

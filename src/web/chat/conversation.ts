import type { EndReason } from "../../core/event.ts";
import type { FailureType } from "../../core/failure.ts";
import type { ContentPart, Message, ReasoningEffort, ToolCall } from "../../core/message.ts";

/** What is known about an answer beside its words. */
export interface Facts {
  readonly sessionId?: string;
  readonly model?: string;
  /** Milliseconds from the question to the first text or reasoning, as the browser saw it. */
  readonly firstTokenMs?: number;
  /** As the provider counted them. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly finishReason?: EndReason;
}

/** As much of a failure as is shown, and kept with the conversation. */
export interface ShownFailure {
  readonly type: FailureType;
  readonly message: string;
  readonly param?: string;
  readonly retryAfter?: number;
  /** It came from nash-llm itself or the way to it, not from the provider. */
  readonly ours?: true;
}

export interface UserTurn {
  readonly role: "user";
  readonly id: string;
  readonly text: string;
  /** Pictures as `data:` URLs. */
  readonly images?: readonly string[];
}

/** A tool that the model called, and what it gave once its user has said so. */
export interface Call {
  readonly id: string;
  readonly name: string;
  /** JSON text, as far as it came. */
  readonly arguments: string;
  readonly result?: string;
}

export interface AnswerTurn {
  readonly role: "assistant";
  readonly id: string;
  readonly text: string;
  readonly reasoning: string;
  readonly calls?: readonly Call[];
  readonly state: "writing" | "done" | "stopped" | "failed";
  readonly facts: Facts;
  readonly failure?: ShownFailure;
}

/** Stands for all turns before it: from here on `messages` are sent in their place. */
export interface SummaryTurn {
  readonly role: "summary";
  readonly id: string;
  readonly text: string;
  readonly messages: readonly Message[];
  readonly before: number;
  readonly after: number;
  readonly estimated: boolean;
}

export type Turn = UserTurn | AnswerTurn | SummaryTurn;

/** What a conversation asks with; what is absent is left to the provider. */
export interface Settings {
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly effort?: ReasoningEffort;
  /** Tools in OpenAI's form, as JSON text. */
  readonly tools?: string;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
  /** The server's name for it, from the first answer on. */
  readonly sessionId?: string;
  /** Milliseconds since 1970. */
  readonly updated: number;
  readonly turns: readonly Turn[];
  readonly settings?: Settings;
}

const LONGEST_TITLE = 60;
export const UNTITLED = "New conversation";

/** A random id. `crypto.randomUUID` is missing where a page is reached by plain http under another name than loopback. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

export function newConversation(): Conversation {
  return { id: newId(), title: UNTITLED, updated: Date.now(), turns: [] };
}

/** The conversation as a provider is to see it: from the last summary on, answers as far as they came. */
export function messagesOf({
  turns,
  settings,
}: Pick<Conversation, "turns" | "settings">): readonly Message[] {
  const last = turns.findLastIndex(({ role }) => role === "summary");
  const messages = turns.slice(Math.max(last, 0)).flatMap(messagesOfTurn);
  const system = settings?.system?.trim() ?? "";
  // A summary may begin with the system prompt that was sent to it.
  const said = messages.filter(({ role }) => role !== "system");
  return system === "" ? messages : [{ role: "system", content: system }, ...said];
}

/** What a turn adds. An answer that called tools is sent as such only where all of its calls have their results. */
export function messagesOfTurn(turn: Turn): readonly Message[] {
  if (turn.role === "summary") return turn.messages;
  if (turn.role === "user") {
    const { text, images = [] } = turn;
    const parts: readonly ContentPart[] = [
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...images.map((url) => ({ type: "image_url" as const, image_url: { url } })),
    ];
    if (parts.length === 0) return [];
    return [{ role: "user", content: images.length === 0 ? text : parts }];
  }
  const { text, calls = [] } = turn;
  if (calls.length > 0 && turn.state === "done" && calls.every(({ result }) => result !== undefined)) {
    return [
      { role: "assistant", content: text === "" ? null : text, tool_calls: calls.map(toolCall) },
      ...calls.map(({ id, result = "" }): Message => ({ role: "tool", tool_call_id: id, content: result })),
    ];
  }
  return text === "" ? [] : [{ role: "assistant", content: text }];
}

export function toolCall({ id, name, arguments: given }: Call): ToolCall {
  return { id, type: "function", function: { name, arguments: given } };
}

/** The beginning of the first question, on one line. */
export function titleOf(turns: readonly Turn[]): string {
  const first =
    turns
      .find(({ role }) => role === "user")
      ?.text.trim()
      .replace(/\s+/g, " ") ?? "";
  if (first === "") return UNTITLED;
  return first.length <= LONGEST_TITLE ? first : `${first.slice(0, LONGEST_TITLE - 1).toWellFormed()}…`;
}

/** The turns up to the last question, that one included. */
export function upToLastQuestion(turns: readonly Turn[]): readonly Turn[] {
  return turns.slice(0, turns.findLastIndex(({ role }) => role === "user") + 1);
}

import type { Message } from "../../../client/index.ts";
import { asObject, asText, parseJson } from "../../../core/json.ts";
import { textOf } from "../../../core/message.ts";
import { isSessionId } from "../../../core/session.ts";

/** The first line of a session's file. */
export interface Opening {
  readonly type: "session";
  readonly id: string;
  readonly at: string;
}

/** One turn: the messages that it added. Or, as `history`, all messages from here on: something was taken back. */
export interface Entry {
  readonly type: "turn" | "history";
  readonly at: string;
  readonly model: string;
  readonly api_base_url: string;
  readonly provider?: string | undefined;
  readonly messages: readonly Message[];
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number } | undefined;
  readonly finish_reason?: string | undefined;
}

/** A conversation as its file tells it. */
export interface StoredSession {
  readonly id: string;
  readonly messages: readonly Message[];
  readonly model: string | undefined;
  readonly baseUrl: string | undefined;
  readonly provider: "openai" | "anthropic" | "responses" | undefined;
  /** The first question that was ever asked in it, summarized or not; empty where none was. */
  readonly title: string;
  /** When it was last written to, as the file says. */
  readonly at: string;
}

const ROLES: readonly unknown[] = ["system", "developer", "user", "assistant", "tool"];

/** Reads a session. A line that is broken, as after a crash, is passed over; nothing where no line names a session. */
export function readRecords(text: string): StoredSession | undefined {
  let id: string | undefined;
  let messages: readonly Message[] = [];
  let title = "";
  let last: Pick<StoredSession, "model" | "baseUrl" | "provider" | "at"> | undefined;
  for (const line of text.split("\n")) {
    const record = asObject(parseJson(line));
    if (record?.["type"] === "session" && isSessionId(record["id"])) id ??= record["id"];
    if (record?.["type"] !== "turn" && record?.["type"] !== "history") continue;
    const added = messagesIn(record["messages"]);
    messages = record["type"] === "turn" ? [...messages, ...added] : added;
    title ||= textOf(added.find(({ role }) => role === "user")?.content ?? null);
    const provider = record["provider"];
    last = {
      at: asText(record["at"]) ?? "",
      model: asText(record["model"]),
      baseUrl: asText(record["api_base_url"]),
      provider:
        provider === "openai" || provider === "anthropic" || provider === "responses" ? provider : undefined,
    };
  }
  if (id === undefined || last === undefined) return undefined;
  return { id, messages, title, ...last };
}

/** The messages of a list of unknown origin. */
export function messagesIn(list: unknown): Message[] {
  return Array.isArray(list) ? list.filter(isMessage) : [];
}

function isMessage(value: unknown): value is Message {
  const { role, content } = asObject(value) ?? {};
  return ROLES.includes(role) && (typeof content === "string" || content === null || Array.isArray(content));
}

import { asNumber, asObject, asText, type JsonObject, objectsIn, parseJson } from "./json.ts";
import { type Message, REASONING_EFFORTS, type ReasoningEffort } from "./message.ts";

/**
 * The file that the chat page exports and imports, and that the terminal client's `/save` and `/load` write and read. JSON
 * in UTF-8; its JSON Schema is `docs/conversation-file.schema.json`. No key and no token is ever part of it.
 */
export interface ConversationFile {
  readonly format: typeof FORMAT;
  readonly version: 2;
  readonly conversations: readonly FileConversation[];
}

export interface FileConversation {
  /** Names it where it was kept, so that a second import does not double it. */
  readonly id?: string;
  readonly title?: string;
  /** The session that the server named, a UUID. */
  readonly session_id?: string;
  /** When it last changed, in ISO 8601. */
  readonly updated?: string;
  readonly model?: string;
  /** Absent where the server's own routes were used. */
  readonly api_base_url?: string;
  readonly provider?: "openai" | "anthropic";
  readonly settings?: FileSettings;
  /** In order; a system prompt stands first. */
  readonly messages: readonly FileMessage[];
}

export interface FileSettings {
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly reasoning_effort?: ReasoningEffort;
}

/** A message as `POST /v1/chat/completions/stream` takes it, and what is known about it beside. */
export interface FileMessage extends Message {
  readonly about?: MessageAbout;
}

/** All of it may be left out, and is never sent to a provider. */
export interface MessageAbout {
  readonly model?: string;
  readonly reasoning?: string;
  readonly finish_reason?: string;
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number };
  readonly first_token_ms?: number;
  /** The answer did not come to its end. */
  readonly state?: "stopped" | "failed";
  readonly failure?: { readonly type: string; readonly message: string; readonly param?: string };
  /** This message is a summary: from here on `messages` are sent in place of all that stands before it. */
  readonly summary?: {
    readonly messages: readonly Message[];
    readonly before: number;
    readonly after: number;
    readonly estimated?: boolean;
  };
}

const FORMAT = "nash-llm-conversations";
const ROLES: readonly unknown[] = ["system", "developer", "user", "assistant", "tool"];

/** The text of a file that holds these conversations. */
export function writeConversationFile(conversations: readonly FileConversation[]): string {
  const file: ConversationFile = { format: FORMAT, version: 2, conversations };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads a file's text. Nothing in it is believed: what has not the right form is left out.
 * @returns undefined where it holds no conversation
 */
export function readConversationFile(text: string): readonly FileConversation[] | undefined {
  const file = asObject(parseJson(text));
  // A single conversation without the frame is what /save wrote until version 0.1.
  const listed = file?.["format"] === FORMAT ? objectsIn(file["conversations"]) : [file ?? {}];
  const found = listed.map(conversationIn).filter((one) => one.messages.length > 0);
  return found.length === 0 ? undefined : found;
}

/**
 * The messages to send in order to go on: from the last summary on, without what is known about them beside, and without
 * calls that have no result, which no provider takes.
 */
export function messagesToSend(messages: readonly FileMessage[]): readonly Message[] {
  const last = messages.findLastIndex(({ about }) => about?.summary !== undefined);
  const summary = messages[last]?.about?.summary?.messages ?? [];
  const answered = new Set(messages.flatMap(({ tool_call_id }) => tool_call_id ?? []));
  const rest = messages.slice(last + 1).map(({ about: _, tool_calls, ...message }): Message => {
    const isWhole = tool_calls?.every(({ id }) => answered.has(id)) === true;
    return isWhole ? { ...message, tool_calls } : message;
  });
  return [...summary, ...rest].filter(
    ({ content, tool_calls }) => (content !== "" && content !== null) || tool_calls !== undefined,
  );
}

function conversationIn(given: JsonObject): FileConversation {
  const { id, title, session_id, updated, model, api_base_url, provider } = given;
  const texts = { id, title, session_id, updated, model, api_base_url };
  return {
    ...present(Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, asText(value)]))),
    ...(provider === "openai" || provider === "anthropic" ? { provider } : {}),
    ...present({ settings: settingsIn(asObject(given["settings"])) }),
    messages: objectsIn(given["messages"]).flatMap(fileMessageIn),
  };
}

function settingsIn(given: JsonObject | undefined): FileSettings | undefined {
  if (given === undefined) return undefined;
  return present({
    temperature: asNumber(given["temperature"]),
    max_tokens: asNumber(given["max_tokens"]),
    reasoning_effort: REASONING_EFFORTS.find((effort) => effort === given["reasoning_effort"]),
  });
}

function fileMessageIn(given: JsonObject): readonly FileMessage[] {
  return messageIn(given).map((message) => ({
    ...message,
    ...present({ about: aboutIn(asObject(given["about"])) }),
  }));
}

function messageIn(given: JsonObject): readonly Message[] {
  const { role, content } = given;
  const isContent = typeof content === "string" || content === null || Array.isArray(content);
  if (!ROLES.includes(role) || !(isContent || content === undefined)) return [];
  const calls = objectsIn(given["tool_calls"]).filter(isCall) as unknown as Message["tool_calls"];
  return [
    {
      role: role as Message["role"],
      content: Array.isArray(content)
        ? (objectsIn(content).filter(isPart) as unknown as Message["content"])
        : ((content ?? null) as string | null),
      ...present({ name: asText(given["name"]), tool_call_id: asText(given["tool_call_id"]) }),
      ...(calls?.length ? { tool_calls: calls } : {}),
    },
  ];
}

function isPart({ type, text, image_url }: JsonObject): boolean {
  if (type === "text") return typeof text === "string";
  return type === "image_url" && asText(asObject(image_url)?.["url"]) !== undefined;
}

function isCall({ id, function: called }: JsonObject): boolean {
  const { name, arguments: given } = asObject(called) ?? {};
  return asText(id) !== undefined && asText(name) !== undefined && typeof given === "string";
}

function aboutIn(given: JsonObject | undefined): MessageAbout | undefined {
  if (given === undefined) return undefined;
  const { state } = given;
  const usage = asObject(given["usage"]);
  const [input_tokens, output_tokens] = [
    asNumber(usage?.["input_tokens"]),
    asNumber(usage?.["output_tokens"]),
  ];
  const failure = asObject(given["failure"]);
  const summary = asObject(given["summary"]);
  return present({
    model: asText(given["model"]),
    reasoning: asText(given["reasoning"]),
    finish_reason: asText(given["finish_reason"]),
    first_token_ms: asNumber(given["first_token_ms"]),
    usage:
      input_tokens === undefined || output_tokens === undefined ? undefined : { input_tokens, output_tokens },
    state: state === "stopped" || state === "failed" ? state : undefined,
    failure: failure && {
      type: asText(failure["type"]) ?? "internal",
      message: asText(failure["message"]) ?? "",
      ...present({ param: asText(failure["param"]) }),
    },
    summary: summary && {
      messages: objectsIn(summary["messages"]).flatMap(messageIn),
      before: asNumber(summary["before"]) ?? 0,
      after: asNumber(summary["after"]) ?? 0,
      ...(summary["estimated"] === true ? { estimated: true } : {}),
    },
  });
}

type Present<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The fields that have a value. */
function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

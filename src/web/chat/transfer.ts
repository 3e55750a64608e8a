import {
  type FileConversation,
  type FileMessage,
  type MessageAbout,
  readConversationFile,
  writeConversationFile,
} from "../../core/conversation-file.ts";
import type { EndReason } from "../../core/event.ts";
import { textOf } from "../../core/message.ts";
import {
  type AnswerTurn,
  type Conversation,
  type Facts,
  messagesOfTurn,
  newId,
  type Settings,
  type Turn,
  titleOf,
  toolCall,
} from "./conversation.ts";
import { optional, readFailure, readImages } from "./read-conversation.ts";

/** Conversations as the text of a file, in the form that the terminal client reads too. */
export function exportText(conversations: readonly Conversation[]): string {
  return writeConversationFile(conversations.map(toFile));
}

/** The conversations in a file's text; undefined where it is no such file. */
export function importText(text: string): readonly Conversation[] | undefined {
  return readConversationFile(text)?.map(fromFile);
}

function toFile({ id, title, sessionId, updated, turns, settings = {} }: Conversation): FileConversation {
  const { system, temperature, maxTokens, effort } = settings;
  const sampling = {
    ...optional("temperature", temperature),
    ...optional("max_tokens", maxTokens),
    ...optional("reasoning_effort", effort),
  };
  return {
    id,
    title,
    updated: new Date(updated).toISOString(),
    ...optional("session_id", sessionId),
    ...(Object.keys(sampling).length === 0 ? {} : { settings: sampling }),
    messages: [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      ...turns.flatMap(fileMessages),
    ],
  };
}

function fileMessages(turn: Turn): readonly FileMessage[] {
  if (turn.role === "user") return messagesOfTurn(turn);
  if (turn.role === "summary") {
    const { messages, before, after, estimated, text } = turn;
    const summary = { messages, before, after, ...(estimated ? { estimated } : {}) };
    return [{ role: "assistant", content: text, about: { summary } }];
  }
  const { text, calls = [], facts, reasoning, state, failure } = turn;
  const about: MessageAbout = {
    ...optional("model", facts.model),
    ...(reasoning === "" ? {} : { reasoning }),
    ...optional("finish_reason", facts.finishReason),
    ...optional("first_token_ms", facts.firstTokenMs),
    ...(facts.inputTokens === undefined || facts.outputTokens === undefined
      ? {}
      : { usage: { input_tokens: facts.inputTokens, output_tokens: facts.outputTokens } }),
    ...(state === "done" ? {} : { state: state === "failed" ? state : "stopped" }),
    ...optional("failure", failure),
  };
  const whole = state === "done" ? calls : [];
  return [
    {
      role: "assistant",
      content: text === "" && whole.length > 0 ? null : text,
      ...(whole.length === 0 ? {} : { tool_calls: whole.map(toolCall) }),
      about,
    },
    ...whole.flatMap(({ id, result }): FileMessage[] =>
      result === undefined ? [] : [{ role: "tool", tool_call_id: id, content: result }],
    ),
  ];
}

function fromFile(file: FileConversation): Conversation {
  const { id = file.session_id, title, session_id, updated = "", settings, messages } = file;
  const system = messages
    .filter(({ role }) => role === "system" || role === "developer")
    .map(({ content }) => textOf(content))
    .join("\n\n");
  const turns = messages.reduce(withMessage, []);
  const own: Settings = {
    ...(system === "" ? {} : { system }),
    ...optional("temperature", settings?.temperature),
    ...optional("maxTokens", settings?.max_tokens),
    ...optional("effort", settings?.reasoning_effort),
  };
  return {
    id: id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : newId(),
    title: title?.slice(0, 200) ?? titleOf(turns),
    updated: Date.parse(updated) || 0,
    ...optional("sessionId", session_id),
    ...(Object.keys(own).length === 0 ? {} : { settings: own }),
    turns,
  };
}

function withMessage(turns: readonly Turn[], message: FileMessage): readonly Turn[] {
  const { role, content, tool_calls = [], tool_call_id, about = {} } = message;
  const text = textOf(content);
  const id = newId();
  if (role === "user") {
    const urls =
      typeof content === "object"
        ? (content ?? []).flatMap((part) => (part.type === "image_url" ? [part.image_url.url] : []))
        : [];
    return [...turns, { role, id, text, ...optional("images", readImages(urls)) }];
  }
  if (role === "tool") {
    return turns.map((turn) => {
      if (turn.role !== "assistant" || turn.calls === undefined) return turn;
      const calls = turn.calls.map((call) => (call.id === tool_call_id ? { ...call, result: text } : call));
      return { ...turn, calls };
    });
  }
  if (role !== "assistant") return turns;
  if (about.summary !== undefined)
    return [...turns, { role: "summary", id, text, estimated: false, ...about.summary }];
  const calls = tool_calls.map((call) => ({ id: call.id, ...call.function }));
  const failure = readFailure(about.failure && { ...about.failure });
  const answer: AnswerTurn = {
    role,
    id,
    text,
    reasoning: about.reasoning ?? "",
    ...(calls.length === 0 ? {} : { calls }),
    state: about.state ?? "done",
    facts: factsOf(about),
    ...optional("failure", failure),
  };
  return [...turns, answer];
}

function factsOf({ model, finish_reason, first_token_ms, usage }: MessageAbout): Facts {
  return {
    ...optional("model", model),
    ...optional("firstTokenMs", first_token_ms),
    ...optional("inputTokens", usage?.input_tokens),
    ...optional("outputTokens", usage?.output_tokens),
    // Only ever shown in words, and an unknown one in none.
    ...optional("finishReason", finish_reason as EndReason | undefined),
  };
}

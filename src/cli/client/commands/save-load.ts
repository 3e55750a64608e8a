import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  messagesToSend,
  readConversationFile,
  writeConversationFile,
} from "../../../core/conversation-file.ts";
import { textOf } from "../../../core/message.ts";
import type { ChatSession } from "../chat-session.ts";
import { showMessages } from "../greeting.ts";
import { sanitize } from "../markdown/sanitize.ts";
import { readRecords, type StoredSession } from "../sessions/session-file.ts";
import { type ChatCommand, GO_ON } from "./slash-command.ts";

const LISTED = 20;
const TITLE_LENGTH = 50;

export const save: ChatCommand = {
  name: "save",
  argument: "FILE",
  about: "write the conversation to a file: JSON where its name ends so, else Markdown",
  run(chat, name) {
    const path = fromHome(name);
    if (path === "") {
      const where = chat.isSaved ? "It is kept by itself: nash-llm client -c goes on with it. " : "";
      chat.terminal.warn(`${where}/save FILE writes it to a file.`);
    } else if (existsSync(path)) {
      chat.terminal.warn(`${path} is there already. Choose another name.`);
    } else {
      tell(chat, () => {
        writeFileSync(path, /\.json$/i.test(path) ? asJson(chat) : asMarkdown(chat), { mode: 0o600 });
        return `Written to ${path}.`;
      });
    }
    return GO_ON;
  },
};

export const load: ChatCommand = {
  name: "load",
  argument: "FILE|ID",
  about: "go on with a conversation out of a file, or with one of /sessions",
  run(chat, argument) {
    if (argument === "") chat.terminal.warn("/load FILE, or /load ID as /sessions lists it.");
    else tell(chat, () => loaded(chat, fromHome(argument)));
    return GO_ON;
  },
};

export const sessions: ChatCommand = {
  name: "sessions",
  about: "the last conversations on disk",
  run(chat) {
    const found = chat.store?.list(LISTED) ?? [];
    if (found.length === 0) chat.terminal.warn("No conversation is on disk.");
    for (const session of found) chat.terminal.warn(`  ${lineFor(session)}`);
    if (found.length > 0) chat.terminal.note(chat.terminal.style.dim("/load ID goes on with one."));
    return GO_ON;
  },
};

/** One session on one line: id, when, how many messages, how it began. */
function lineFor({ id, at, messages, title: first }: StoredSession): string {
  const words = sanitize(first).replace(/\s+/g, " ").trim() || "(no question)";
  const title = words.length > TITLE_LENGTH ? `${words.slice(0, TITLE_LENGTH).toWellFormed()}…` : words;
  return `${id.slice(0, 8)}  ${sanitize(at.slice(0, 16).replace("T", " "))}  ${String(messages.length).padStart(3)}  ${title}`;
}

function loaded(chat: ChatSession, argument: string): string {
  const onDisk = existsSync(argument) ? [] : (chat.store?.find(argument) ?? []);
  if (onDisk.length > 1)
    return `${onDisk.length} conversations begin with ${argument}; write more of the id.`;
  const session = onDisk[0] ?? fromFile(argument);
  if (session === undefined)
    return `${argument} is neither a conversation of /sessions nor a file that holds one.`;
  chat.resume(session);
  void showMessages(chat);
  return `${session.messages.length} messages; the next is yours.`;
}

/** A conversation that `/save` or the chat page wrote, or a session's own file. */
function fromFile(path: string): StoredSession | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  const stored = readRecords(text);
  if (stored !== undefined) return stored;
  const [conversation] = readConversationFile(text) ?? [];
  if (conversation === undefined) return undefined;
  const { title = "", updated = "", model, api_base_url, provider, messages } = conversation;
  return {
    // A session of its own: the file stays as it is.
    id: crypto.randomUUID(),
    messages: messagesToSend(messages),
    title,
    model,
    baseUrl: api_base_url,
    provider,
    at: updated,
  };
}

function asJson({ conversation, target }: ChatSession): string {
  const { sessionId, messages } = conversation;
  const { model, baseUrl, provider } = target;
  return writeConversationFile([
    {
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
      updated: new Date().toISOString(),
      model,
      api_base_url: baseUrl,
      ...(provider === "openai" || provider === "anthropic" ? { provider } : {}),
      messages,
    },
  ]);
}

function asMarkdown({ conversation }: ChatSession): string {
  return conversation.messages.map(({ role, content }) => `## ${role}\n\n${textOf(content)}\n`).join("\n");
}

/** A path as a shell would read it: `~/` is the home folder. */
function fromHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

/** Does something with files, and says how that went. */
function tell(chat: ChatSession, work: () => string): void {
  try {
    chat.terminal.warn(work());
  } catch (error) {
    chat.terminal.warn(error instanceof Error ? error.message : String(error));
  }
}

import type { ChatSession } from "../chat-session.ts";
import { printableJson } from "../printable-json.ts";
import { type ChatCommand, GO_ON } from "./slash-command.ts";

const USUAL_SERVER = "http://127.0.0.1:8001";

export const curl: ChatCommand = {
  name: "curl",
  about: "print the last question as a curl command, without the key",
  async run(chat) {
    const { conversation, terminal, connection } = chat;
    const last = conversation.messages.findLastIndex(({ role }) => role === "user");
    if (last < 0) {
      terminal.warn("Nothing has been asked yet.");
      return GO_ON;
    }
    await terminal.out(`${curlFor(chat, last + 1)}\n`);
    if (connection.own)
      terminal.note(terminal.style.dim("It wants a server: nash-llm, in another terminal."));
    return GO_ON;
  },
};

/** The request of the turn that ends with so many messages, for a POSIX shell. */
function curlFor({ conversation, connection, target }: ChatSession, count: number): string {
  // Stands where the key goes until the rest is quoted.
  const mark = crypto.randomUUID();
  const body = {
    ...conversation.settings,
    api_key: mark,
    messages: conversation.messages.slice(0, count),
    session_id: conversation.sessionId,
  };
  const key = target.keyInShell.startsWith("$") ? `'"${target.keyInShell}"'` : target.keyInShell;
  const json = quoted(printableJson(body)).replace(mark, () => key);
  const url = `${connection.own ? USUAL_SERVER : connection.url}/v1/chat/completions/stream`;
  return [
    `curl -N ${url}`,
    "-H 'content-type: application/json'",
    ...(connection.hasToken ? ['-H "authorization: Bearer $NASH_LLM_TOKEN"'] : []),
    `-d ${json}`,
  ].join(" \\\n  ");
}

/** A text between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

import { asObject, parseJson } from "../../core/json.ts";
import type { Conversation } from "./conversation.ts";
import { readConversation } from "./read-conversation.ts";

const FORMAT = "nash-llm-conversations";

/** Conversations as the text of a file. Keys and tokens are no part of them. */
export function exportText(conversations: readonly Conversation[]): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, conversations }, null, 2)}\n`;
}

/** The conversations in a file's text; undefined where it is no such file. */
export function importText(text: string): readonly Conversation[] | undefined {
  const file = asObject(parseJson(text));
  if (file?.["format"] !== FORMAT || !Array.isArray(file["conversations"])) return undefined;
  return file["conversations"].map(readConversation).filter((found) => found !== undefined);
}

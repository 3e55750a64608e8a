import type { ChatRequest } from "../../client/index.ts";
import { objectsIn, parseJson } from "../../core/json.ts";
import type { Connection } from "./connection.ts";
import { type Conversation, messagesOf } from "./conversation.ts";

type Tools = NonNullable<ChatRequest["tools"]>;

/** The tools of a settings' text; undefined where it is no list of objects. Their form is the server's to judge. */
export function toolsIn(text: string): Tools | undefined {
  if (text.trim() === "") return [];
  const list = parseJson(text);
  return Array.isArray(list) && objectsIn(list).length === list.length ? (list as Tools) : undefined;
}

/** Address and key under the names of the protocol; nothing where the server's own routes are used. */
export function addressOf({ baseUrl, provider }: Omit<Connection, "model">, key: string) {
  if (baseUrl === "") return {};
  return { api_base_url: baseUrl, api_key: key, ...(provider === undefined ? {} : { provider }) };
}

/** The body of a request that asks for the next answer of a conversation. */
export function requestOf(
  { turns, settings = {}, sessionId }: Pick<Conversation, "turns" | "settings" | "sessionId">,
  connection: Connection,
  key: string,
): ChatRequest {
  const { temperature, maxTokens, effort } = settings;
  const tools = toolsIn(settings.tools ?? "") ?? [];
  return {
    messages: messagesOf({ turns, settings }),
    model: connection.model,
    ...addressOf(connection, key),
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(tools.length === 0 ? {} : { tools }),
  };
}

import { ChatError } from "../core/failure.ts";
import { asCount, asObject, type JsonObject } from "../core/json.ts";
import type { ChatRequest } from "../core/message.ts";
import { countPrompt, countText } from "../tokens/count.ts";
import { fetchJson } from "../upstream/fetch-json.ts";
import { type AskContext, requestHeaders, secretsOf, type UpstreamOptions } from "./ask.ts";

/** The tokens of a request's prompt with its tools, as this server counts them: an estimate. */
export async function countRequest(chat: ChatRequest, model: string, signal: AbortSignal): Promise<number> {
  const { tokens } = await countPrompt(chat.messages, model, signal);
  if (chat.tools === undefined || chat.tools.length === 0) return tokens;
  return tokens + (await countText(JSON.stringify(chat.tools), model, signal)).tokens;
}

/**
 * Asks a provider of Anthropic's protocol, which counts by itself.
 * @see https://docs.anthropic.com/en/api/messages-count-tokens
 * @returns its JSON, as it came
 * @throws {ChatError}
 */
export async function askForCount(
  body: JsonObject,
  { target, session, relayedHeaders }: Pick<AskContext, "target" | "session" | "relayedHeaders">,
  upstream: UpstreamOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const { protocol, traits } = target.provider;
  const url = protocol.chatUrl(target.baseUrl);
  url.pathname += "/count_tokens";
  const request = {
    protocol,
    url,
    headers: {
      "content-type": "application/json",
      ...requestHeaders(url, { target, session, purpose: "/chat" }, upstream),
      ...relayedHeaders,
    },
    body: JSON.stringify(protocol.passThrough?.(body, target.model, traits) ?? body),
    secrets: secretsOf(target, upstream),
  };
  const counted = await fetchJson(request, upstream.fetch, signal);
  if (asCount(asObject(counted)?.["input_tokens"]) === undefined)
    throw new ChatError({
      type: "bad_output",
      message: "The provider answered with JSON that is no count of tokens.",
    });
  return counted;
}

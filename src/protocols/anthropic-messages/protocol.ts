import type { ChatEvent } from "../../core/event.ts";
import { asText, isObject, objectsIn } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import { notAnAnswer } from "../broken-answer.ts";
import { classify, classifyResponse } from "../classify.ts";
import { reportFromJson } from "../error-report.ts";
import { announcesFailure } from "../error-signs.ts";
import type { Protocol } from "../protocol.ts";
import { baseOf, join, segmentsOf, without } from "../url.ts";
import { messagesBody, passedThrough } from "./body.ts";
import { AnthropicMessagesDecoder } from "./decoder.ts";

/** The version that still takes sampling parameters; 2026-10-21 refuses them (docs/providers.md 2.1). */
const VERSION = "2023-06-01";

/** Anthropic's Messages API. */
export const anthropicMessages: Protocol = {
  name: "anthropic",
  chatUrl: (base) => endpoint(baseOf(base), "messages"),
  modelsUrl: (base) => endpoint(without(baseOf(base), ["messages"]), "models"),
  nextModelsUrl,
  authorization: (key) => ({ "x-api-key": key.reveal(), "anthropic-version": VERSION }),
  body: messagesBody,
  passThrough: passedThrough,
  decoder: (chat) => new AnthropicMessagesDecoder(chat),
  reply: readReply,
  failure: classifyResponse,
};

/** Pages are asked for by the last id of the page before. @see https://docs.anthropic.com/en/api/models-list */
function nextModelsUrl(url: URL, json: unknown): URL | undefined {
  if (!isObject(json) || json["has_more"] !== true) return undefined;
  const last = asText(json["last_id"]) ?? asText(objectsIn(json["data"]).at(-1)?.["id"]);
  if (last === undefined || last === url.searchParams.get("after_id")) return undefined;
  const next = new URL(url);
  next.searchParams.set("after_id", last);
  return next;
}

/** Base URLs are given with and without `/v1`, and sometimes whole. */
function endpoint(base: URL, name: string): URL {
  const last = segmentsOf(base).at(-1);
  return join(base, last === "v1" || last === name ? [name] : ["v1", name]);
}

function readReply(json: unknown, out: ChatEvent[], chat?: ChatRequest): void {
  const body: unknown = Array.isArray(json) ? json[0] : json;
  if (isObject(body) && announcesFailure(body)) {
    out.push({ type: "error", failure: classify(reportFromJson(body)) });
  } else if (isObject(body) && Array.isArray(body["content"])) {
    new AnthropicMessagesDecoder(chat).whole(body, out);
  } else {
    out.push({ type: "error", failure: notAnAnswer() });
  }
}

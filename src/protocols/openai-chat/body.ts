import { isObject, type JsonObject } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import { Translation } from "../../core/translation.ts";
import { mergeOptions } from "../merge-options.ts";
import { checkSampling } from "../sampling.ts";
import type { Optional, Traits } from "../traits.ts";
import { wellFormed } from "../well-formed.ts";
import { sentMessages } from "./messages.ts";
import { sentFormat, toolFields } from "./tools.ts";

/** OpenAI's longest `safety_identifier`. Claude Code's user id is longer: it is sent as a digest. */
const LONGEST_USER = 128;

/** Fields of an assistant's message that this server or another has added, and that OpenAI itself refuses. */
const ADDED_TO_MESSAGES = ["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"];

/** The body for `POST …/chat/completions`, streamed. */
export function chatBody(
  chat: ChatRequest,
  traits: Traits,
  translation: Translation = new Translation(),
): Record<string, unknown> {
  checkSampling(chat.sampling, traits);
  const body = {
    model: chat.model,
    messages: sentMessages(chat.messages, traits, translation),
    stream: true,
    ...(chat.includeUsage && traits.usageOption ? { stream_options: { include_usage: true } } : {}),
    ...samplingFields(chat, traits, translation),
    ...toolFields(chat, traits, translation),
    ...(chat.responseFormat === undefined ? {} : { response_format: sentFormat(chat.responseFormat) }),
    ...hints(chat, traits, translation),
  };
  return wellFormed(mergeOptions(body, chat.providerOptions));
}

function samplingFields(
  chat: ChatRequest,
  traits: Traits,
  translation: Translation,
): Record<string, unknown> {
  const { max_tokens: most, seed, top_k: topK, reasoning_effort: effort, ...same } = chat.sampling;
  const refusesTools = (chat.tools?.length ?? 0) > 0 && traits.toolsNeedResponses?.test(chat.model) === true;
  if (refusesTools && effort !== "none") translation.change("reasoning_effort");
  const sentEffort = refusesTools ? "none" : effort;
  return {
    ...same,
    ...(sentEffort === undefined ? {} : { reasoning_effort: sentEffort }),
    ...(most === undefined ? {} : { [traits.maxTokensField]: most }),
    ...(seed === undefined || traits.seedField === null ? {} : { [traits.seedField]: seed }),
    ...optional("top_k", topK, traits, translation),
  };
}

/** What does not change the answer: left out, and told, where the provider has no field for it. */
function hints(chat: ChatRequest, traits: Traits, translation: Translation): Record<string, unknown> {
  return {
    ...userField(chat.user, traits, translation),
    ...optional("service_tier", chat.serviceTier, traits, translation),
    ...optional("verbosity", chat.verbosity, traits, translation),
    ...optional("metadata", chat.metadata, traits, translation),
    ...optional("prompt_cache_key", chat.promptCacheKey, traits, translation),
  };
}

function optional(
  name: Optional,
  value: unknown,
  { takes }: Traits,
  translation: Translation,
): Record<string, unknown> {
  if (value === undefined) return {};
  if (takes.has(name)) return { [name]: value };
  translation.drop(name);
  return {};
}

function userField(user: string | undefined, { userField: field }: Traits, translation: Translation) {
  if (user === undefined) return {};
  if (field === null) {
    translation.drop("user");
    return {};
  }
  if (user.length <= LONGEST_USER) return { [field]: user };
  translation.change("user");
  return { [field]: new Bun.CryptoHasher("sha256").update(user).digest("hex") };
}

/** A body of a client that speaks this protocol too. Whether it is streamed stays as the client wants it. */
export function passedThrough(raw: JsonObject, model: string, traits: Traits): Record<string, unknown> {
  const options = isObject(raw["stream_options"]) ? raw["stream_options"] : {};
  const asksForUsage = raw["stream"] === true && traits.usageOption;
  return wellFormed({
    ...raw,
    model,
    ...(asksForUsage ? { stream_options: { ...options, include_usage: true } } : {}),
    ...(traits.strictMessages && Array.isArray(raw["messages"])
      ? { messages: raw["messages"].map(withoutAdditions) }
      : {}),
  });
}

function withoutAdditions(message: unknown): unknown {
  if (!isObject(message) || !ADDED_TO_MESSAGES.some((name) => Object.hasOwn(message, name))) return message;
  return Object.fromEntries(Object.entries(message).filter(([name]) => !ADDED_TO_MESSAGES.includes(name)));
}

import { isObject, type JsonObject } from "../../core/json.ts";
import type { ChatRequest } from "../../core/message.ts";
import { Translation } from "../../core/translation.ts";
import { maxOutput } from "../../tokens/windows.ts";
import { mergeOptions } from "../merge-options.ts";
import { checkSampling } from "../sampling.ts";
import type { Traits } from "../traits.ts";
import { wellFormed } from "../well-formed.ts";
import { isSignature } from "./blocks.ts";
import { sentTurns, systemOf } from "./messages.ts";
import { outputSchema } from "./output-schema.ts";
import { thinkingOf } from "./thinking.ts";
import { toolFields } from "./tools.ts";

/** `max_tokens` is required; for models that our table does not know, the guesses that Vercel's SDK makes. */
const UNKNOWN_CLAUDE_OUTPUT = 128_000;
const UNKNOWN_OUTPUT = 4_096;

/** Anthropic has no such mode. */
const JSON_ALONE = "Answer with one JSON object and nothing else: no other words and no Markdown around it.";

/** Service tiers by OpenAI's names. */
const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: "auto",
  default: "standard_only",
  standard_only: "standard_only",
};

/** The body for `POST …/v1/messages`, streamed. */
export function messagesBody(
  chat: ChatRequest,
  traits: Traits,
  translation: Translation = new Translation(),
): Record<string, unknown> {
  checkSampling(chat.sampling, traits);
  const { responseFormat: format, model } = chat;
  const messages = wellFormed(chat.messages);
  const turns = sentTurns(messages, traits);
  const maxTokens = chat.sampling.max_tokens ?? outputLimit(model);
  const thinking = thinkingOf(chat, turns, maxTokens, translation);
  if (format?.type === "json_object") translation.change("response_format");
  const system = systemOf(messages, format?.type === "json_object" ? [JSON_ALONE] : []);
  const outputConfig = {
    ...thinking.fields.output_config,
    ...(format?.type !== "json_schema"
      ? {}
      : {
          format: {
            type: "json_schema",
            schema: outputSchema(format.schema, "response_format", translation),
          },
        }),
  };
  const body = {
    model,
    max_tokens: maxTokens,
    ...(system === undefined ? {} : { system }),
    messages: turns,
    stream: true,
    ...samplingFields(chat, thinking.excludes, translation),
    ...thinking.fields,
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...toolFields(chat, translation),
    ...hints(chat, translation),
  };
  return wellFormed(mergeOptions(body, chat.providerOptions));
}

function samplingFields(
  { sampling }: ChatRequest,
  excludes: ReadonlySet<string>,
  translation: Translation,
): Record<string, unknown> {
  const { temperature, top_p, top_k, stop } = sampling;
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ temperature, top_p, top_k })) {
    if (value === undefined) continue;
    if (excludes.has(name)) translation.drop(name);
    else fields[name] = value;
  }
  if (stop !== undefined) fields["stop_sequences"] = typeof stop === "string" ? [stop] : stop;
  return fields;
}

/** What does not change the answer: left out, and told, where Anthropic has no field for it. */
function hints(chat: ChatRequest, translation: Translation): Record<string, unknown> {
  const { user, serviceTier } = chat;
  if (chat.metadata !== undefined) translation.drop("metadata");
  if (chat.verbosity !== undefined) translation.drop("verbosity");
  if (chat.promptCacheKey !== undefined) translation.drop("prompt_cache_key");
  const tier = serviceTier === undefined ? undefined : SERVICE_TIERS[serviceTier];
  if (serviceTier !== undefined && tier === undefined) translation.drop("service_tier");
  return {
    ...(user === undefined ? {} : { metadata: { user_id: user } }),
    ...(tier === undefined ? {} : { service_tier: tier }),
  };
}

function outputLimit(model: string): number {
  return (
    maxOutput(model) ?? (model.toLowerCase().startsWith("claude") ? UNKNOWN_CLAUDE_OUTPUT : UNKNOWN_OUTPUT)
  );
}

/**
 * A body of a client that speaks this protocol too. Taken out is the thinking that carries no signature of Anthropic's, such
 * as what this server has put into a history; whether it is streamed stays as the client wants it.
 */
export function passedThrough(raw: JsonObject, model: string): Record<string, unknown> {
  const { messages } = raw;
  return wellFormed({
    ...raw,
    model,
    ...(Array.isArray(messages) ? { messages: messages.flatMap(withoutForeignThinking) } : {}),
  });
}

function withoutForeignThinking(message: unknown): unknown[] {
  if (!isObject(message) || !Array.isArray(message["content"])) return [message];
  const blocks = message["content"].filter((block) => !isForeignThinking(block));
  if (blocks.length === message["content"].length) return [message];
  return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
}

function isForeignThinking(block: unknown): boolean {
  if (!isObject(block)) return false;
  if (block["type"] === "redacted_thinking") return !isSignature(block["data"]);
  return block["type"] === "thinking" && !isSignature(block["signature"]);
}

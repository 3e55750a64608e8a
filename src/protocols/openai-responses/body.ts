import { decodeCarrier, decodeSummary, isCarrier } from "../../core/carrier.ts";
import { unsupportedField } from "../../core/failure.ts";
import { asText, isObject, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ChatRequest, Message, Sampling } from "../../core/message.ts";
import { summaryMessage } from "../../core/summary.ts";
import type { Translation } from "../../core/translation.ts";
import { mergeOptions } from "../merge-options.ts";
import { orderTurns } from "../order-turns.ts";
import { checkSampling } from "../sampling.ts";
import { withResultsBehindCalls } from "../tool-results.ts";
import type { Optional, Traits } from "../traits.ts";
import { wellFormed } from "../well-formed.ts";
import { inputItems, reasoningItem } from "./input.ts";
import { sentFormat, toolFields } from "./tools.ts";

/** OpenAI's longest `safety_identifier`. Claude Code's user id is longer: it is sent as a digest. */
const LONGEST_USER = 128;

/** Models of before the reasoning ones, which answer 400 when they are asked for their reasoning. */
const DOES_NOT_REASON = /^(?:[\w.-]+\/)?(?:chatgpt-|gpt-[34])/;

/** The body for `POST …/responses`, streamed. Nothing is stored at the provider: the whole conversation is in `input`. */
export function responsesBody(
  chat: ChatRequest,
  traits: Traits,
  translation?: Translation,
): Record<string, unknown> {
  checkSampling(chat.sampling, traits);
  const hint = hinting(traits, translation);
  const body = {
    model: chat.model,
    input: sentInput(chat.messages, traits, translation),
    stream: true,
    store: false,
    ...(DOES_NOT_REASON.test(chat.model) ? {} : { include: ["reasoning.encrypted_content"] }),
    ...samplingFields(chat.sampling, translation),
    ...toolFields(chat, traits, translation),
    ...textField(chat, hint),
    ...userField(chat.user, traits, translation),
    ...hint("service_tier", chat.serviceTier),
    ...hint("metadata", chat.metadata),
    ...hint("prompt_cache_key", chat.promptCacheKey),
  };
  return wellFormed(mergeOptions(body, chat.providerOptions));
}

function sentInput(
  messages: readonly Message[],
  { developerRole, turns }: Traits,
  translation: Translation | undefined,
): unknown[] {
  const known = developerRole
    ? messages
    : messages.map(
        (message): Message => (message.role === "developer" ? { ...message, role: "system" } : message),
      );
  const ordered = orderTurns<Message>(
    withResultsBehindCalls(known),
    // An item is an item: neighbours need not be one message.
    { ...turns, merges: "never" },
    (role, content) => ({ role, content }),
    () => undefined,
  );
  return ordered.flatMap((message, i) => inputItems(message, `messages[${i}]`, translation));
}

function samplingFields(sampling: Sampling, translation: Translation | undefined): Record<string, unknown> {
  const { temperature, top_p, top_k, max_tokens, stop, seed, reasoning_effort: effort } = sampling;
  if (stop !== undefined) throw unsupportedField("stop", "OpenAI's Responses have no stop sequences.");
  if (seed !== undefined) throw unsupportedField("seed", "OpenAI's Responses have no seed.");
  if (top_k !== undefined) translation?.drop("top_k");
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(max_tokens === undefined ? {} : { max_output_tokens: max_tokens }),
    // Without being asked OpenAI tells nothing of what its models think.
    ...(effort === undefined
      ? {}
      : { reasoning: effort === "none" ? { effort } : { effort, summary: "auto" } }),
  };
}

function textField({ responseFormat, verbosity }: ChatRequest, hint: Hint): Record<string, unknown> {
  const text = {
    ...(responseFormat === undefined ? {} : { format: sentFormat(responseFormat) }),
    ...hint("verbosity", verbosity),
  };
  return Object.keys(text).length === 0 ? {} : { text };
}

/** A field that does not change the answer: left out, and told, where the provider does not take it. */
type Hint = (name: Optional, value: unknown) => Record<string, unknown>;

function hinting({ takes }: Traits, translation: Translation | undefined): Hint {
  return (name, value) => {
    if (value === undefined) return {};
    if (takes.has(name)) return { [name]: value };
    translation?.drop(name);
    return {};
  };
}

function userField(
  user: string | undefined,
  { userField: field }: Traits,
  translation: Translation | undefined,
): Record<string, unknown> {
  if (user === undefined) return {};
  if (field === null) translation?.drop("user");
  else if (user.length <= LONGEST_USER) return { [field]: user };
  else {
    translation?.change("user");
    return { [field]: new Bun.CryptoHasher("sha256").update(user).digest("hex") };
  }
  return {};
}

/**
 * The body of a client that speaks Responses too. What this server has put into the history is taken out: reasoning of
 * other providers, while OpenAI's own, which came around through another dialect, is put back as it was.
 */
export function passedThrough(raw: JsonObject, model: string): Record<string, unknown> {
  const input: unknown = raw["input"];
  return wellFormed({
    ...raw,
    model,
    ...(Array.isArray(input) ? { input: input.flatMap(withoutCarrier) } : {}),
  });
}

function withoutCarrier(item: unknown): unknown[] {
  const carrier = isObject(item) ? asText(item["encrypted_content"]) : undefined;
  if (!isObject(item) || !isCarrier(carrier)) return [item];
  const summary = decodeSummary(carrier);
  if (summary !== undefined) return [...inputItems(summaryMessage(summary), "input", undefined)];
  const shown = objectsIn(item["summary"]).map(({ text }) => asText(text) ?? "");
  return (decodeCarrier(carrier, shown.join("\n\n")) ?? []).flatMap((part) => reasoningItem(part) ?? []);
}

import { CryptoHasher } from "bun";
import type { ChatRequest, Sampling } from "../../core/message.ts";
import type { ProtocolName, Translation } from "../../core/translation.ts";
import { checkToolHistory } from "../tool-history.ts";
import { parseMessages, parseSystem } from "./parse-messages.ts";
import {
  cannotDisable,
  parseEffort,
  parseResponseFormat,
  parseTool,
  parseToolChoice,
} from "./parse-tools.ts";
import type { CountTokensBody, MessagesBody } from "./schema.ts";
import { anthropicTranslator, isFunctionTool, LONGEST_USER } from "./translation.ts";

/**
 * A message request's body as the request that it makes; one for counting tokens too.
 * @throws {ChatError} for what cannot be carried over to the provider's protocol
 */
export function parseMessagesBody(
  body: MessagesBody | CountTokensBody,
  protocol: ProtocolName,
  translation: Translation,
): ChatRequest {
  const isOwn = protocol === "anthropic";
  const messages = [...parseSystem(body.system), ...parseMessages(body.messages, isOwn)];
  const { model } = body;
  if (isOwn)
    return { model, messages, sampling: {}, includeUsage: true, raw: { protocol: "anthropic", body } };
  anthropicTranslator.apply(body, protocol, translation);
  if (cannotDisable(body)) translation.drop("thinking");
  checkToolHistory(messages);
  const tools = (body.tools ?? []).filter(isFunctionTool).map(parseTool);
  const choice = parseToolChoice(body.tool_choice);
  const answerFields = "max_tokens" in body ? (body as MessagesBody) : undefined;
  const format = parseResponseFormat(body.output_config?.format ?? answerFields?.output_format);
  const user = answerFields?.metadata?.user_id;
  const tier = answerFields?.service_tier;
  return {
    model,
    messages,
    sampling: parseSampling(body, answerFields, protocol),
    ...(tools.length === 0 ? {} : { tools }),
    // Without tools both vendors refuse a choice among them.
    ...(choice === undefined || tools.length === 0 ? {} : { toolChoice: choice }),
    ...(body.tool_choice?.disable_parallel_tool_use === true && tools.length > 0
      ? { parallelToolCalls: false }
      : {}),
    ...(format === undefined ? {} : { responseFormat: format }),
    ...(user ? { user: shortUser(user) } : {}),
    ...(tier ? { serviceTier: tier === "standard_only" ? "default" : tier } : {}),
    // Claude Code asks 32,000 tokens of every model; others refuse more than they have.
    capsOutput: true,
    includeUsage: true,
  };
}

function parseSampling(
  body: CountTokensBody,
  fields: MessagesBody | undefined,
  protocol: ProtocolName,
): Sampling {
  const { temperature, top_p, top_k, stop_sequences: stop, max_tokens: asked } = fields ?? {};
  const effort = parseEffort(body);
  return {
    ...(typeof temperature === "number" ? { temperature } : {}),
    ...(typeof top_p === "number" ? { top_p } : {}),
    ...(typeof top_k === "number" && protocol !== "responses" ? { top_k } : {}),
    ...(typeof asked === "number" ? { max_tokens: asked } : {}),
    ...(stop?.length ? { stop } : {}),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
  };
}

/** Claude Code's is a JSON text of over 150 characters: what OpenAI takes is a fingerprint of it. */
function shortUser(user: string): string {
  return user.length <= LONGEST_USER ? user : new CryptoHasher("sha256").update(user).digest("hex");
}

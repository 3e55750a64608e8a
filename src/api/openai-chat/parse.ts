import { invalidField } from "../../core/failure.ts";
import type { ChatRequest, ReasoningEffort, Sampling } from "../../core/message.ts";
import { REASONING_EFFORTS } from "../../core/message.ts";
import type { ProtocolName, Translation } from "../../core/translation.ts";
import { openaiOptions } from "../openai-options.ts";
import { checkToolHistory } from "../tool-history.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseResponseFormat, parseTool, parseToolChoice } from "./parse-tools.ts";
import type { ChatCompletionBody } from "./schema.ts";
import { chatTranslator } from "./translation.ts";

/**
 * A chat completion's body as the request that it makes.
 * @throws {ChatError} for what cannot be carried over to the provider's protocol
 */
export function parseChatCompletion(
  body: ChatCompletionBody,
  protocol: ProtocolName,
  translation: Translation,
): ChatRequest {
  if (protocol === "openai") return passedOn(body);
  chatTranslator.apply(body, protocol, translation);
  const messages = parseMessages(body.messages, false);
  checkToolHistory(messages);
  const tools = (body.tools ?? []).map((tool, i) => parseTool(tool, `tools[${i}]`));
  return {
    model: body.model,
    messages,
    ...openaiOptions(body, {
      tools,
      toolChoice: parseToolChoice(body.tool_choice),
      responseFormat: parseResponseFormat(body.response_format),
      verbosity: body.verbosity,
      keepsAll: protocol === "responses",
    }),
    sampling: parseSampling(body, protocol),
  };
}

/** The body goes out as it came; the inner form is only for what this server itself wants to know of it. */
function passedOn(body: ChatCompletionBody): ChatRequest {
  return {
    model: body.model,
    messages: parseMessages(body.messages, true),
    sampling: {},
    includeUsage: true,
    raw: { protocol: "openai", body },
  };
}

function parseSampling(body: ChatCompletionBody, protocol: ProtocolName): Sampling {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const stop = [body.stop ?? []].flat().filter((text) => protocol !== "anthropic" || text.trim() !== "");
  return {
    ...(typeof body.temperature === "number" ? { temperature: body.temperature } : {}),
    ...(typeof body.top_p === "number" ? { top_p: body.top_p } : {}),
    ...(typeof body.top_k === "number" && protocol !== "responses" ? { top_k: body.top_k } : {}),
    ...(typeof maxTokens === "number" ? { max_tokens: maxTokens } : {}),
    ...(stop.length === 0 ? {} : { stop }),
    ...(body.reasoning_effort ? { reasoning_effort: effort(body.reasoning_effort) } : {}),
  };
}

function effort(word: string): ReasoningEffort {
  const known = REASONING_EFFORTS.find((one) => one === word);
  if (known === undefined)
    throw invalidField("reasoning_effort", `It is one of ${REASONING_EFFORTS.join(", ")}.`);
  return known;
}

import type { ChatRequest } from "../core/message.ts";

/** Fields that chat completions and Responses have alike. */
export interface OpenaiFields {
  readonly safety_identifier?: string | null | undefined;
  readonly user?: string | null | undefined;
  readonly parallel_tool_calls?: unknown;
  readonly service_tier?: string | null | undefined;
  readonly metadata?: ChatRequest["metadata"] | null | undefined;
  readonly prompt_cache_key?: string | null | undefined;
}

/** What stands elsewhere in each of the two, or in another form. */
export interface OpenaiOptions {
  readonly toolChoice: ChatRequest["toolChoice"] | undefined;
  readonly responseFormat: ChatRequest["responseFormat"] | undefined;
  readonly tools: NonNullable<ChatRequest["tools"]>;
  readonly verbosity: string | null | undefined;
  /** The provider speaks the other of the two, and knows these options as well. */
  readonly keepsAll: boolean;
}

/** The options of a request, read from what OpenAI's two protocols call alike. */
export function openaiOptions(
  body: OpenaiFields,
  { tools, toolChoice, responseFormat, verbosity, keepsAll }: OpenaiOptions,
): Omit<ChatRequest, "model" | "messages" | "sampling"> {
  const user = body.safety_identifier ?? body.user;
  return {
    ...(tools.length === 0 ? {} : { tools }),
    // Without tools both vendors refuse a choice among them.
    ...(toolChoice === undefined || tools.length === 0 ? {} : { toolChoice }),
    ...(typeof body.parallel_tool_calls !== "boolean" || tools.length === 0
      ? {}
      : { parallelToolCalls: body.parallel_tool_calls }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(user ? { user } : {}),
    ...(body.service_tier && (keepsAll || ["auto", "default"].includes(body.service_tier))
      ? { serviceTier: body.service_tier }
      : {}),
    ...(keepsAll && verbosity ? { verbosity } : {}),
    ...(keepsAll && body.metadata ? { metadata: body.metadata } : {}),
    ...(keepsAll && body.prompt_cache_key ? { promptCacheKey: body.prompt_cache_key } : {}),
    includeUsage: true,
  };
}

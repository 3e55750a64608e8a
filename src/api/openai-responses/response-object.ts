import type { Usage } from "../../core/event.ts";
import { asObject, isObject, type JsonObject } from "../../core/json.ts";
import type { AnswerContext } from "../dialect.ts";
import type { ResponsesBody } from "./schema.ts";

export type ResponsesContext = AnswerContext<ResponsesBody>;

/** What of a response changes while it is made. */
export interface ResponseState {
  readonly status: "queued" | "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly unknown[];
  readonly usage?: Usage | undefined;
  readonly error?: { readonly code: unknown; readonly message: unknown };
  readonly incompleteReason?: "max_output_tokens" | "content_filter";
}

/** The `response` of one answer: what the request said, said back, and what has become of it. */
export class ResponseObject {
  readonly #context: ResponsesContext;
  /** What is the same from the first event to the last, as JSON without braces: it may be long, and is sent three times. */
  readonly #echo: string;

  constructor(context: ResponsesContext) {
    this.#context = context;
    this.#echo = JSON.stringify(echoOf(context.body)).slice(1, -1);
  }

  /**
   * All of it as JSON. Every field is there, since Open Responses requires each.
   * @param said by the provider's own events, where they were passed on
   */
  json(state: ResponseState, said: JsonObject = {}): string {
    const { created, model } = this.#context;
    const isWhole = state.status === "completed";
    const changing = {
      id: said["id"] ?? responseId(this.#context),
      object: "response",
      created_at: said["created_at"] ?? created,
      status: state.status,
      completed_at: isWhole ? (this.#context.now?.() ?? null) : null,
      error: state.error ?? null,
      incomplete_details: state.incompleteReason === undefined ? null : { reason: state.incompleteReason },
      model: model(),
      output: state.output,
      usage: state.usage === undefined ? null : responseUsage(state.usage),
    };
    return `${JSON.stringify(changing).slice(0, -1)},${this.#echo}}`;
  }
}

/** What a client names it by. Of one that is held it cannot be told from the names of its items. */
export function responseId({ id, answerId, body }: ResponsesContext): string {
  return `resp_${(body.background && answerId) || id}`;
}

/** Usage in OpenAI's form: what a cache gave or got is part of the input, reasoning of the output. */
export function responseUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

function echoOf(body: ResponsesBody): JsonObject {
  return {
    background: body.background ?? false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: body.metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: "default",
    prompt_cache_key: body.prompt_cache_key ?? null,
    store: false,
    temperature: body.temperature ?? 1,
    text: {
      format: asObject(body.text?.format) ?? { type: "text" },
      ...(body.text?.verbosity ? { verbosity: body.text.verbosity } : {}),
    },
    tool_choice: body.tool_choice ?? "auto",
    tools: (body.tools ?? []).map(wholeTool),
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    truncation: "disabled",
    user: body.user ?? null,
  };
}

/** A function says all of its fields, though the client may have left some out. */
function wholeTool(tool: unknown): unknown {
  if (!isObject(tool) || tool["type"] !== "function") return tool;
  return { description: null, parameters: null, strict: null, ...tool };
}

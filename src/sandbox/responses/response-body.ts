import { isObject, type JsonObject } from "../../core/json.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import { type Ending, randomId, type TokenCount, type ToolCallStart } from "../protocol.ts";
import { seal } from "../sealed.ts";

/** An item of `output` that is being written; the writer adds to its text. */
export interface OutputItem {
  readonly id: string;
  readonly type: "message" | "reasoning" | "call" | "compaction";
  text: string;
  readonly refusal?: boolean;
  readonly call?: ToolCallStart & { readonly callId: string };
  /** What a reasoning or compaction item holds for the provider alone. */
  readonly sealed?: string;
}

/** The response object with everything that it always holds; `output` is as far as it has come. */
export function responseBody(
  { model, body }: ParsedRequest,
  fields: { readonly id: string; readonly created: number } & JsonObject,
): JsonObject {
  const { id, created, ...own } = fields;
  const reasoning = isObject(body["reasoning"]) ? body["reasoning"] : {};
  const text = isObject(body["text"]) ? body["text"] : {};
  return {
    id,
    object: "response",
    created_at: created,
    status: "in_progress",
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: body["instructions"] ?? null,
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: body["max_tool_calls"] ?? null,
    model,
    output: [],
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    previous_response_id: null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    reasoning: { effort: reasoning["effort"] ?? null, summary: reasoning["summary"] ?? null },
    safety_identifier: body["safety_identifier"] ?? null,
    service_tier: "default",
    store: body["store"] ?? true,
    temperature: body["temperature"] ?? 1,
    text: { format: text["format"] ?? { type: "text" }, verbosity: text["verbosity"] ?? "medium" },
    tool_choice: body["tool_choice"] ?? "auto",
    tools: body["tools"] ?? [],
    top_logprobs: body["top_logprobs"] ?? 0,
    top_p: body["top_p"] ?? 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    truncation: body["truncation"] ?? "disabled",
    usage: null,
    user: body["user"] ?? null,
    metadata: body["metadata"] ?? {},
    ...own,
  };
}

/** What the response holds besides its output once it has ended. */
export function endOf({ reason, word }: Ending, usage: TokenCount): JsonObject {
  const cut = reason === "length" ? "max_output_tokens" : reason === "content_filter" ? reason : undefined;
  // There is no word for a good end but the status.
  const incomplete = reason === "other" ? word : cut;
  return {
    status: incomplete === undefined ? "completed" : "incomplete",
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    completed_at: incomplete === undefined ? Math.floor(Date.now() / 1_000) : null,
    usage: usageBody(usage),
  };
}

/** Responses' `usage`. */
export function usageBody({ input, output, reasoning, cached, cacheWritten }: TokenCount): JsonObject {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

/** An item as it stands in `output`; `status` is `in_progress` where it has just been added. */
export function itemBody(item: OutputItem, status: "in_progress" | "completed" | "incomplete"): JsonObject {
  const { id, type, text, call } = item;
  if (type === "message") {
    return { id, type, status, role: "assistant", content: status === "in_progress" ? [] : [partBody(item)] };
  }
  if (type === "reasoning") {
    return {
      id,
      type,
      summary: text === "" ? [] : [{ type: "summary_text", text }],
      ...(item.sealed === undefined ? {} : { encrypted_content: item.sealed }),
    };
  }
  if (call === undefined) return { id, type: "compaction", encrypted_content: item.sealed ?? seal(text) };
  const custom = call.kind === "custom";
  return {
    id,
    type: custom ? "custom_tool_call" : "function_call",
    status,
    [custom ? "input" : "arguments"]: text,
    call_id: call.callId,
    name: call.name,
    ...(call.namespace === undefined ? {} : { namespace: call.namespace }),
  };
}

/** The one part of a message. */
export function partBody({ text, refusal }: Pick<OutputItem, "text" | "refusal">): JsonObject {
  return refusal
    ? { type: "refusal", refusal: text }
    : { type: "output_text", text, annotations: [], logprobs: [] };
}

const PREFIXES = { message: "msg_", reasoning: "rs_", call: "fc_", compaction: "cmp_" } as const;

/** A new item without any text. */
export function newItem(
  type: OutputItem["type"],
  more: Partial<Omit<OutputItem, "id" | "type" | "call">> & { readonly call?: ToolCallStart } = {},
): OutputItem {
  const { call, ...rest } = more;
  const prefix = call?.kind === "custom" ? "ctc_" : PREFIXES[type];
  const item = { id: randomId(prefix), type, text: "", ...rest };
  return call === undefined ? item : { ...item, call: { ...call, callId: randomId("call_") } };
}

import type { FieldRule } from "./fields.ts";

const ANY: FieldRule = { kind: "any" };
const BOOLEAN: FieldRule = { kind: "boolean" };
const STRING: FieldRule = { kind: "string" };
const OBJECT: FieldRule = { kind: "object" };
const ARRAY: FieldRule = { kind: "array" };

const LONGEST_IDENTIFIER = 128;
const LONGEST_CACHE_KEY = 64;
const EFFORT: FieldRule = {
  kind: "choice",
  of: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
};
const TIER: FieldRule = { kind: "choice", of: ["auto", "default", "flex", "scale", "priority", "fast"] };
const VERBOSITY: FieldRule = { kind: "choice", of: ["low", "medium", "high"] };

/** Every field of a chat request there is (docs/providers.md 1.1), with what may stand in it. Others are refused. */
export const CHAT_FIELDS: Readonly<Record<string, FieldRule>> = {
  messages: ARRAY,
  model: STRING,
  audio: OBJECT,
  frequency_penalty: { kind: "decimal", min: -2, max: 2 },
  function_call: ANY,
  functions: ARRAY,
  logit_bias: OBJECT,
  logprobs: BOOLEAN,
  max_completion_tokens: { kind: "integer", min: 1 },
  max_tokens: { kind: "integer", min: 1 },
  metadata: OBJECT,
  modalities: ARRAY,
  moderation: OBJECT,
  // The real one gives up to 128 answers; scripts have one.
  n: { kind: "integer", min: 1, max: 1 },
  parallel_tool_calls: BOOLEAN,
  prediction: OBJECT,
  presence_penalty: { kind: "decimal", min: -2, max: 2 },
  prompt_cache_key: { kind: "string", max: LONGEST_CACHE_KEY },
  prompt_cache_options: OBJECT,
  prompt_cache_retention: STRING,
  reasoning_effort: EFFORT,
  response_format: OBJECT,
  safety_identifier: { kind: "string", max: LONGEST_IDENTIFIER },
  seed: { kind: "integer" },
  service_tier: TIER,
  stop: ANY,
  store: BOOLEAN,
  stream: BOOLEAN,
  stream_options: OBJECT,
  temperature: { kind: "decimal", min: 0, max: 2 },
  tool_choice: ANY,
  tools: ARRAY,
  top_logprobs: { kind: "integer", min: 0, max: 20 },
  top_p: { kind: "decimal", min: 0, max: 1 },
  user: STRING,
  verbosity: VERBOSITY,
  web_search_options: OBJECT,
};

/** The same for a request to Responses. */
export const RESPONSES_FIELDS: Readonly<Record<string, FieldRule>> = {
  background: BOOLEAN,
  client_metadata: OBJECT,
  context_management: ARRAY,
  conversation: ANY,
  include: ARRAY,
  input: ANY,
  instructions: STRING,
  max_output_tokens: { kind: "integer", min: 1 },
  max_tool_calls: { kind: "integer", min: 1 },
  metadata: OBJECT,
  model: STRING,
  moderation: OBJECT,
  parallel_tool_calls: BOOLEAN,
  previous_response_id: STRING,
  prompt: OBJECT,
  prompt_cache_key: { kind: "string", max: LONGEST_CACHE_KEY },
  prompt_cache_options: OBJECT,
  prompt_cache_retention: STRING,
  reasoning: OBJECT,
  safety_identifier: { kind: "string", max: LONGEST_IDENTIFIER },
  service_tier: TIER,
  store: BOOLEAN,
  stream: BOOLEAN,
  stream_options: OBJECT,
  temperature: { kind: "decimal", min: 0, max: 2 },
  text: OBJECT,
  tool_choice: ANY,
  tools: ARRAY,
  top_logprobs: { kind: "integer", min: 0, max: 20 },
  top_p: { kind: "decimal", min: 0, max: 1 },
  truncation: { kind: "choice", of: ["auto", "disabled"] },
  user: STRING,
};

/** Fields of the objects `reasoning` and `text`. */
export const REASONING_FIELDS: Readonly<Record<string, FieldRule>> = {
  effort: EFFORT,
  summary: { kind: "choice", of: ["auto", "concise", "detailed"] },
  generate_summary: STRING,
};
export const TEXT_FIELDS: Readonly<Record<string, FieldRule>> = { format: OBJECT, verbosity: VERBOSITY };

import { isObject } from "../../core/json.ts";
import {
  changed,
  dropped,
  type FieldRow,
  FieldTranslator,
  ignored,
  isEmptyList,
  mapped,
  type Rule,
  type Rules,
  refused,
  type TranslationTable,
  where,
} from "../translation-table.ts";

const isOff = (value: unknown): boolean =>
  value === 0 || value === false || (isObject(value) && Object.keys(value).length === 0);

/** Fields whose neutral value is nothing to tell of. */
const unlessOff = (rule: Rule): Rules => [where("0, false, {}", isOff, ignored()), rule];

/** The same toward every provider of another protocol. */
const both = (field: string, ...rules: Rules): FieldRow => ({ field, anthropic: rules, responses: rules });

const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === "";

const isAudio = (value: unknown) => Array.isArray(value) && value.includes("audio");

/** What becomes of the fields of OpenAI's chat completions. @see https://platform.openai.com/docs/api-reference/chat/create */
export const CHAT_TABLE: TranslationTable = {
  title: "OpenAI chat completions",
  protocol: "openai",
  rows: [
    both("model"),
    both("messages", mapped("messages, system texts, tool calls and results in the other form")),
    {
      field: "max_completion_tokens",
      anthropic: [mapped("`max_tokens`; absent: the model's own limit")],
      responses: [mapped("`max_output_tokens`")],
    },
    {
      field: "max_tokens",
      anthropic: [mapped("`max_tokens`, unless `max_completion_tokens` is there")],
      responses: [mapped("`max_output_tokens`, unless `max_completion_tokens` is there")],
    },
    {
      field: "temperature",
      anthropic: [where("over 1", (value) => Number(value) > 1, refused("Anthropic takes 0 to 1"))],
    },
    both("top_p"),
    { field: "top_k", responses: [dropped()] },
    {
      field: "stop",
      anthropic: [where("blank", isBlank, dropped()), mapped("`stop_sequences`")],
      responses: [
        where("an empty list", isEmptyList, ignored()),
        refused("OpenAI Responses has no stop sequences"),
      ],
    },
    { field: "stop[]", anthropic: [where("blank", isBlank, dropped())] },
    both(
      "n",
      where("1", (value) => value === 1, ignored()),
      refused("one answer at a time"),
    ),
    {
      field: "logprobs",
      anthropic: unlessOff(refused("Anthropic gives no log probabilities")),
      responses: unlessOff(refused("log probabilities are not translated")),
    },
    {
      field: "top_logprobs",
      anthropic: unlessOff(refused("Anthropic gives no log probabilities")),
      responses: unlessOff(refused("log probabilities are not translated")),
    },
    both("frequency_penalty", ...unlessOff(refused("there are no penalties"))),
    both("presence_penalty", ...unlessOff(refused("there are no penalties"))),
    both("logit_bias", ...unlessOff(refused("there is no logit bias"))),
    both("seed", refused("there is no seed")),
    both("tools", mapped("each function with its schema")),
    both(
      "tools[]",
      where(
        "a custom tool",
        (tool) => isObject(tool) && tool["type"] === "custom",
        refused("a custom tool's answer is no JSON; make it a function"),
      ),
    ),
    both("tools[].type"),
    both("tools[].function"),
    both("functions", refused("use `tools`")),
    both("function_call", refused("use `tool_choice`")),
    {
      field: "tool_choice",
      anthropic: [
        where(
          "`allowed_tools`",
          (value) => isObject(value) && value["type"] === "allowed_tools",
          changed("only the tools that are allowed are sent"),
        ),
      ],
    },
    { field: "parallel_tool_calls", anthropic: [mapped("`tool_choice.disable_parallel_tool_use`")] },
    {
      field: "response_format",
      anthropic: [
        where(
          "`json_object`",
          (value) => isObject(value) && value["type"] === "json_object",
          changed("a sentence in the system prompt"),
        ),
        mapped("`output_config.format`"),
      ],
      responses: [mapped("`text.format`")],
    },
    {
      field: "reasoning_effort",
      anthropic: [mapped("`thinking` and `output_config.effort`, or a budget for older models")],
      responses: [mapped("`reasoning.effort`")],
    },
    { field: "verbosity", anthropic: [dropped()], responses: [mapped("`text.verbosity`")] },
    both("stream"),
    both("stream_options"),
    both("stream_options.include_usage", mapped("decides whether the last chunk tells it")),
    both("stream_options.include_obfuscation", dropped()),
    { field: "user", anthropic: [mapped("`metadata.user_id`, unless `safety_identifier` is there")] },
    { field: "safety_identifier", anthropic: [mapped("`metadata.user_id`")] },
    { field: "metadata", anthropic: [dropped()] },
    {
      field: "service_tier",
      anthropic: [
        where("`auto`", (value) => value === "auto", mapped()),
        where("`default`", (value) => value === "default", mapped("`standard_only`")),
        dropped(),
      ],
    },
    both(
      "store",
      where("false", (value) => value === false, ignored()),
      dropped("nothing is stored"),
    ),
    { field: "prompt_cache_key", anthropic: [dropped()] },
    { field: "prompt_cache_options", anthropic: [dropped()], responses: [dropped()] },
    { field: "prompt_cache_retention", anthropic: [dropped()], responses: [dropped()] },
    both("prediction", dropped()),
    both("web_search_options", dropped()),
    both("moderation", dropped()),
    both("modalities", where("with audio", isAudio, refused("answers are text")), ignored()),
    both("audio", refused("answers are text")),
  ],
};

export const chatTranslator = new FieldTranslator(CHAT_TABLE);

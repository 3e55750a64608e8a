import { isObject } from "../../core/json.ts";
import {
  changed,
  dropped,
  type FieldRow,
  FieldTranslator,
  ignored,
  isEmptyList,
  mapped,
  type Rules,
  refused,
  type TranslationTable,
  where,
} from "../translation-table.ts";

/** The same toward every provider of another protocol. */
const both = (field: string, ...rules: Rules): FieldRow => ({ field, anthropic: rules, openai: rules });

const isFalse = (value: unknown): boolean => value === false;
const isZero = (value: unknown): boolean => value === 0;
const isFormat = (type: string) => (value: unknown) => isObject(value) && value["type"] === type;

const NOTHING_STORED = "nothing is stored here; send the whole conversation in `input`";

/** What becomes of the fields of OpenAI's Responses. @see https://platform.openai.com/docs/api-reference/responses/create */
export const RESPONSES_TABLE: TranslationTable = {
  title: "OpenAI Responses",
  protocol: "responses",
  rows: [
    both("model"),
    both(
      "input",
      mapped("messages; calls and results of tools; reasoning with what its provider wants back"),
    ),
    both("instructions", mapped("the first system message")),
    {
      field: "max_output_tokens",
      anthropic: [mapped("`max_tokens`; absent: the model's own limit")],
      openai: [mapped("`max_completion_tokens` or `max_tokens`, as the provider calls it")],
    },
    {
      field: "temperature",
      anthropic: [where("over 1", (value) => Number(value) > 1, refused("Anthropic takes 0 to 1"))],
    },
    both("top_p"),
    // Each tool is told of by itself: what it becomes follows from its kind.
    both(
      "tools",
      mapped("functions; a custom tool as a function of one text, a namespace's by its name with `__`"),
    ),
    {
      field: "tool_choice",
      anthropic: [
        where(
          "`allowed_tools`",
          isFormat("allowed_tools"),
          changed("only the tools that are allowed are sent"),
        ),
      ],
    },
    { field: "parallel_tool_calls", anthropic: [mapped("`tool_choice.disable_parallel_tool_use`")] },
    both("text"),
    {
      field: "text.format",
      anthropic: [
        where("`json_object`", isFormat("json_object"), changed("a sentence in the system prompt")),
        mapped("`output_config.format`"),
      ],
      openai: [mapped("`response_format`")],
    },
    { field: "text.verbosity", anthropic: [dropped()] },
    both("reasoning"),
    {
      field: "reasoning.effort",
      anthropic: [mapped("`thinking` and `output_config.effort`, or a budget for older models")],
      openai: [mapped("`reasoning_effort`")],
    },
    both("reasoning.summary", ignored("reasoning is always told as its summary")),
    both("reasoning.generate_summary", ignored("reasoning is always told as its summary")),
    both("include"),
    both(
      "include[]",
      where(
        "`reasoning.encrypted_content`",
        (value) => value === "reasoning.encrypted_content",
        mapped("always there"),
      ),
      dropped(),
    ),
    both("stream"),
    both("stream_options", dropped()),
    both("store", where("false", isFalse, ignored()), dropped("nothing is stored")),
    both("background", ignored()),
    both("previous_response_id", refused(NOTHING_STORED)),
    both("conversation", refused(NOTHING_STORED)),
    both("prompt", refused("there are no stored prompts")),
    both("frequency_penalty", where("0", isZero, ignored()), refused("there are no penalties")),
    both("presence_penalty", where("0", isZero, ignored()), refused("there are no penalties")),
    both("top_logprobs", where("0", isZero, ignored()), dropped()),
    both("max_tool_calls", dropped()),
    both(
      "truncation",
      where("`disabled`", (value) => value === "disabled", ignored()),
      dropped(),
    ),
    both("context_management", where("an empty list", isEmptyList, ignored()), dropped()),
    both("client_metadata", dropped()),
    both("moderation", dropped()),
    both("access_programs", dropped()),
    both("image", dropped()),
    { field: "metadata", anthropic: [dropped()] },
    { field: "user", anthropic: [mapped("`metadata.user_id`, unless `safety_identifier` is there")] },
    { field: "safety_identifier", anthropic: [mapped("`metadata.user_id`")] },
    {
      field: "service_tier",
      anthropic: [
        where("`auto`", (value) => value === "auto", mapped()),
        where("`default`", (value) => value === "default", mapped("`standard_only`")),
        dropped(),
      ],
    },
    { field: "prompt_cache_key", anthropic: [dropped()] },
    both("prompt_cache_options", dropped()),
    both("prompt_cache_retention", dropped()),
  ],
};

export const responsesTranslator = new FieldTranslator(RESPONSES_TABLE);

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

const both = (field: string, ...rules: Rules): FieldRow => ({ field, openai: rules, responses: rules });

/** The longest `safety_identifier` that OpenAI takes. */
export const LONGEST_USER = 64;

/** Tools that the client executes, and whose form only Claude knows; and those that Anthropic executes. */
const CLIENT_TOOL = /^(?:bash|text_editor|computer|memory)_/;

export function isFunctionTool(tool: unknown): boolean {
  const type = isObject(tool) ? tool["type"] : undefined;
  return type === undefined || type === null || type === "custom";
}

const isClientTool = (tool: unknown): boolean =>
  isObject(tool) && typeof tool["type"] === "string" && CLIENT_TOOL.test(tool["type"]);

/** What becomes of the fields of Anthropic's Messages. @see https://docs.anthropic.com/en/api/messages */
export const ANTHROPIC_TABLE: TranslationTable = {
  title: "Anthropic Messages",
  protocol: "anthropic",
  rows: [
    both("model"),
    both("messages", mapped("messages, tool calls and results in the other form")),
    both("system", mapped("system messages, without Claude Code's billing line")),
    {
      field: "max_tokens",
      openai: [mapped("`max_completion_tokens` or `max_tokens`, at most the model's own limit")],
      responses: [mapped("`max_output_tokens`, at most the model's own limit")],
    },
    {
      field: "stop_sequences",
      openai: [mapped("`stop`")],
      responses: [
        where("an empty list", isEmptyList, ignored()),
        refused("OpenAI Responses has no stop sequences"),
      ],
    },
    both("temperature"),
    both("top_p"),
    { field: "top_k", openai: [mapped("where the provider has it, else dropped")], responses: [dropped()] },
    both("stream"),
    both("tools", mapped("each function with its schema")),
    both(
      "tools[]",
      where(
        "executed by the client: `bash_…`, `text_editor_…`, `computer_…`, `memory_…`",
        isClientTool,
        refused("only Claude knows the form of this tool"),
      ),
      where("executed by Anthropic: `web_search_…` and the like", (tool) => !isFunctionTool(tool), dropped()),
    ),
    ...["type", "name", "description", "input_schema", "strict"].map((name) => both(`tools[].${name}`)),
    both("tools[].cache_control", ignored("a hint")),
    both("tools[].input_examples", dropped()),
    both("tools[].defer_loading", dropped()),
    both("tools[].allowed_callers", dropped()),
    both("tools[].eager_input_streaming", dropped()),
    both("tool_choice", mapped("`tool_choice` and `parallel_tool_calls`")),
    both(
      "thinking",
      where(
        "`enabled` with a budget",
        (value) => isObject(value) && value["type"] === "enabled",
        changed("an effort: under 2,048 tokens low, under 8,192 medium, under 24,576 high, else xhigh"),
      ),
      mapped("`adaptive` the effort; `disabled` the effort `none` from GPT-5.1 on, else dropped"),
    ),
    both("output_config"),
    both("output_config.effort", mapped("the reasoning effort")),
    both("output_config.format", mapped("the response format")),
    both("output_format", mapped("the response format")),
    both("metadata"),
    both(
      "metadata.user_id",
      where(
        `longer than ${LONGEST_USER} characters`,
        (value) => String(value).length > LONGEST_USER,
        changed("`safety_identifier`, as its SHA-256"),
      ),
      mapped("`safety_identifier`"),
    ),
    both(
      "service_tier",
      where("`standard_only`", (value) => value === "standard_only", mapped("`default`")),
    ),
    both("cache_control", ignored("a hint")),
    both(
      "mcp_servers",
      where("an empty list", isEmptyList, ignored()),
      refused("only Anthropic asks MCP servers by itself"),
    ),
    ...[
      "context_management",
      "container",
      "diagnostics",
      "inference_geo",
      "speed",
      "workspace_id",
      "user_profile_id",
    ].map((field) => both(field, dropped())),
  ],
};

export const anthropicTranslator = new FieldTranslator(ANTHROPIC_TABLE);

import { REASONING_EFFORTS } from "../core/message.ts";

/** Fields and kinds of content that not every provider takes; `docs/providers.md` 1.1 and 1.4 say who does. */
export type Optional =
  | "top_k"
  | "service_tier"
  | "verbosity"
  | "metadata"
  | "prompt_cache_key"
  | "parallel_tool_calls"
  /** `tool_choice` with a list of tools. */
  | "allowed_tools"
  /** Parts of content: a document, a document by its address, sound, the assistant's refusal. */
  | "file"
  | "file_url"
  | "input_audio"
  | "refusal"
  /** Anthropic's marks for prompt caching on parts of content. */
  | "cache_control"
  /** Content that is a list of nothing but texts, where others want a string. */
  | "text_lists";

/**
 * What a provider cannot take and what it calls things: data, so that shared code never asks who the provider is.
 * It covers whole providers; the limits of single models are left to the provider's own refusal.
 */
export interface Traits {
  /** What "at most so many tokens" is called. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** What the seed is called; null where there is none. */
  readonly seedField: "seed" | "random_seed" | null;
  /** What the end user is called; null where there is no such field. */
  readonly userField: "safety_identifier" | "user" | null;
  readonly temperature: readonly [min: number, max: number];
  /** Most stop sequences, or null where no limit is known. */
  readonly maxStops: number | null;
  /** Takes stop sequences of white space alone. */
  readonly blankStops: boolean;
  readonly reasoningEfforts: readonly string[];
  /** The field of an assistant's message in which it wants its reasoning back; null where it wants none. */
  readonly reasoningField: "reasoning_content" | "reasoning" | "reasoning_details" | null;
  /**
   * Models that refuse tools on this protocol unless the effort is `none` (OpenAI from GPT-5.4 on): with tools they are
   * spoken to by `responses`. https://github.com/openai/openai-openapi/issues/541
   */
  readonly toolsNeedResponses: RegExp | null;
  /** Refuses the calls of a history without the signature that it gave them; takes this word in place of any. */
  readonly thoughtSignature: string | null;
  /** Takes the role `developer`; elsewhere it becomes `system`. */
  readonly developerRole: boolean;
  /** Takes `stream_options.include_usage`. Others report usage unasked or not at all. */
  readonly usageOption: boolean;
  /** Cuts a prompt that is too long for it without a word: nothing but the usage that it reports tells. */
  readonly cutsPrompts: boolean;
  /** Takes images only as base64 in `data:` URLs. */
  readonly inlineImagesOnly: boolean;
  /** Takes messages without any text, such as an answer that was broken off before its first word. */
  readonly blankMessages: boolean;
  /** Takes `name` in messages of the user and the assistant. */
  readonly names: boolean;
  /** Refuses fields of a message that are not OpenAI's own, such as an earlier answer's `reasoning_content`. */
  readonly strictMessages: boolean;
  readonly takes: ReadonlySet<Optional>;
  /** The order of roles that it insists on. */
  readonly turns: Turns;
  /** The form that ids of tool calls must have, where it refuses those that other providers made. */
  readonly toolCallIds: "any" | "nine-alphanumerics";
}

export interface Turns {
  /** System messages stand before all others. */
  readonly systemFirst: boolean;
  readonly startsWithUser: boolean;
  readonly endsWithUser: boolean;
  /** Neighbours of one role become one message: not at all, where nothing is lost by it, or always. */
  readonly merges: "never" | "lossless" | "always";
  /** The assistant has to speak between a tool's result and the user. */
  readonly assistantAfterTool: boolean;
}

export const ANY_TURNS: Turns = {
  systemFirst: false,
  startsWithUser: false,
  endsWithUser: false,
  merges: "never",
  assistantAfterTool: false,
};

export const STRICT_TURNS: Turns = {
  ...ANY_TURNS,
  systemFirst: true,
  startsWithUser: true,
  endsWithUser: true,
  merges: "always",
};

/**
 * A server that speaks OpenAI's protocol and of which nothing more is known. Many of them put messages through the
 * model's own template, and those of Gemma, Mistral and Qwen fail at a second system message or one that is not the first,
 * where the assistant speaks first, and where user and assistant do not alternate. That of Mistral passes over calls of
 * tools and their results, and drops the text beside a call.
 */
export const COMPATIBLE_TRAITS: Traits = {
  maxTokensField: "max_tokens",
  seedField: "seed",
  userField: "user",
  temperature: [0, 2],
  maxStops: null,
  blankStops: true,
  reasoningEfforts: REASONING_EFFORTS,
  reasoningField: null,
  toolsNeedResponses: null,
  thoughtSignature: null,
  developerRole: false,
  usageOption: true,
  cutsPrompts: false,
  inlineImagesOnly: false,
  blankMessages: true,
  names: true,
  strictMessages: false,
  takes: new Set(["top_k", "parallel_tool_calls", "file", "input_audio"]),
  turns: {
    ...ANY_TURNS,
    systemFirst: true,
    startsWithUser: true,
    merges: "lossless",
    assistantAfterTool: true,
  },
  toolCallIds: "any",
};

/** What a hosted service takes of which its documents name neither `top_k` nor files nor sound. */
export const PLAIN_FIELDS: ReadonlySet<Optional> = new Set(["parallel_tool_calls"]);

/** OpenAI itself, by its published schema. */
export const OPENAI_TRAITS: Traits = {
  ...COMPATIBLE_TRAITS,
  maxTokensField: "max_completion_tokens",
  userField: "safety_identifier",
  maxStops: 4,
  toolsNeedResponses: /^gpt-(?:5\.(?:[4-9]|\d\d)|[6-9]|[12]\d)(?!\d)/,
  developerRole: true,
  strictMessages: true,
  takes: new Set([
    "service_tier",
    "verbosity",
    "metadata",
    "prompt_cache_key",
    "parallel_tool_calls",
    "allowed_tools",
    "file",
    "input_audio",
    "refusal",
    "text_lists",
  ]),
  turns: ANY_TURNS,
};

/** Anthropic's Messages API, version 2023-06-01. */
export const ANTHROPIC_TRAITS: Traits = {
  ...COMPATIBLE_TRAITS,
  seedField: null,
  userField: null,
  temperature: [0, 1],
  blankStops: false,
  takes: new Set(["top_k", "parallel_tool_calls", "file", "file_url", "cache_control"]),
  turns: STRICT_TURNS,
};

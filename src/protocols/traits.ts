import { REASONING_EFFORTS } from "../core/message.ts";

/**
 * What a provider cannot take and what it calls things: data, so that shared code never asks who the provider is.
 * It covers whole providers; the limits of single models are left to the provider's own refusal.
 */
export interface Traits {
  /** What "at most so many tokens" is called. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
  /** What the seed is called; null where there is none. */
  readonly seedField: "seed" | "random_seed" | null;
  readonly temperature: readonly [min: number, max: number];
  /** Most stop sequences, or null where no limit is known. */
  readonly maxStops: number | null;
  /** Takes stop sequences of white space alone. */
  readonly blankStops: boolean;
  readonly reasoningEfforts: readonly string[];
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
 * model's own template, and those of Gemma and Mistral fail at a second system message, where the assistant speaks first,
 * and where user and assistant do not alternate. That of Mistral passes over calls of tools and their results, and drops
 * the text beside a call.
 */
export const COMPATIBLE_TRAITS: Traits = {
  maxTokensField: "max_tokens",
  seedField: "seed",
  temperature: [0, 2],
  maxStops: null,
  blankStops: true,
  reasoningEfforts: REASONING_EFFORTS,
  developerRole: false,
  usageOption: true,
  cutsPrompts: false,
  inlineImagesOnly: false,
  blankMessages: true,
  names: true,
  turns: { ...ANY_TURNS, startsWithUser: true, merges: "lossless", assistantAfterTool: true },
  toolCallIds: "any",
};

/** OpenAI itself, by its published schema. */
export const OPENAI_TRAITS: Traits = {
  ...COMPATIBLE_TRAITS,
  maxTokensField: "max_completion_tokens",
  maxStops: 4,
  developerRole: true,
  turns: ANY_TURNS,
};

/** Anthropic's Messages API, version 2023-06-01. */
export const ANTHROPIC_TRAITS: Traits = {
  ...COMPATIBLE_TRAITS,
  seedField: null,
  temperature: [0, 1],
  blankStops: false,
  reasoningEfforts: ["low", "medium", "high", "xhigh", "max"],
  turns: STRICT_TURNS,
};

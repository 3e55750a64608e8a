import type { ModelRow } from "./model-id.ts";

/** Where a row's figures were read, and when. Where two disagreed, the lower figure stands. */
const SOURCES = {
  openai: "OpenAI's model catalogue as in gpt-tokenizer 4.0.0, and models.dev at f3fc692 of 2026-07-02",
  anthropic: "Anthropic's model overview, and LiteLLM's copy of 2026-07-24",
  litellm: "LiteLLM's model_prices_and_context_window.json, copy of 2026-07-24",
  modelsDev: "models.dev, versions up to 2026-09",
  card: "what the models' cards said when they came out: the lowest figure of the family, 2026-11",
  sandbox: "this project's sandbox",
} as const;

export interface WindowRow extends ModelRow {
  /** Tokens of prompt and answer together. */
  readonly contextWindow: number;
  /** Tokens of one answer; absent where it is not known. */
  readonly maxOutput?: number;
  readonly source: keyof typeof SOURCES;
}

/** Names as `bareModel` spells them. A row holds for what begins with them, unless a longer beginning matches. */
export const WINDOWS: readonly WindowRow[] = [
  {
    models: ["gpt-6", "gpt-5-6", "gpt-5-5", "gpt-5-4"],
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    source: "openai",
  },
  // LiteLLM has 400,000 for gpt-5.6-sol, the others 1,050,000.
  { models: ["gpt-5-6-sol"], contextWindow: 400_000, maxOutput: 128_000, source: "litellm" },
  {
    models: ["gpt-5", "gpt-5-4-mini", "gpt-5-4-nano", "gpt-5-6-cyber"],
    contextWindow: 400_000,
    maxOutput: 128_000,
    source: "openai",
  },
  {
    models: ["gpt-5-chat", "gpt-5-1-chat", "gpt-5-2-chat", "gpt-5-3-chat"],
    contextWindow: 128_000,
    maxOutput: 16_384,
    source: "openai",
  },
  { models: ["gpt-4-1"], contextWindow: 1_047_576, maxOutput: 32_768, source: "litellm" },
  {
    models: ["gpt-4-5", "gpt-4o", "chatgpt-4o"],
    contextWindow: 128_000,
    maxOutput: 16_384,
    source: "openai",
  },
  {
    models: [
      "gpt-4-turbo",
      "gpt-4-1106-preview",
      "gpt-4-1106-vision-preview",
      "gpt-4-0125-preview",
      "gpt-4-vision-preview",
      "gpt-4o-2024-05-13",
    ],
    contextWindow: 128_000,
    maxOutput: 4_096,
    source: "openai",
  },
  // The catalogue lets an answer of gpt-4 fill its window, which would leave no room for a prompt.
  { models: ["gpt-4"], contextWindow: 8_192, maxOutput: 4_096, source: "card" },
  { models: ["gpt-4-32k"], contextWindow: 32_768, maxOutput: 8_192, source: "openai" },
  { models: ["gpt-3-5-turbo", "gpt-35-turbo"], contextWindow: 16_385, maxOutput: 4_096, source: "openai" },
  {
    models: ["gpt-3-5-turbo-0301", "gpt-3-5-turbo-0613", "gpt-3-5-turbo-instruct"],
    contextWindow: 4_096,
    source: "card",
  },
  {
    models: ["o1", "o3", "o4-mini", "codex-mini"],
    contextWindow: 200_000,
    maxOutput: 100_000,
    source: "openai",
  },
  { models: ["o1-mini"], contextWindow: 128_000, maxOutput: 65_536, source: "openai" },
  { models: ["o1-preview"], contextWindow: 128_000, maxOutput: 32_768, source: "openai" },
  { models: ["gpt-oss"], contextWindow: 131_072, maxOutput: 65_536, source: "modelsDev" },

  {
    models: [
      "claude-opus-4-6",
      "claude-opus-4-7",
      "claude-opus-4-8",
      "claude-opus-5",
      "claude-sonnet-5",
      "claude-fable-5",
      "claude-haiku-5-5",
    ],
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    source: "anthropic",
  },
  { models: ["claude-sonnet-4-6"], contextWindow: 1_000_000, maxOutput: 64_000, source: "litellm" },
  {
    models: ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5", "claude-sonnet-4", "claude-3-7"],
    contextWindow: 200_000,
    maxOutput: 64_000,
    source: "anthropic",
  },
  { models: ["claude-opus-4"], contextWindow: 200_000, maxOutput: 32_000, source: "modelsDev" },
  { models: ["claude-3-5"], contextWindow: 200_000, maxOutput: 8_192, source: "modelsDev" },
  { models: ["claude-3", "claude-2-1"], contextWindow: 200_000, maxOutput: 4_096, source: "modelsDev" },
  { models: ["claude-2", "claude-instant"], contextWindow: 100_000, maxOutput: 4_096, source: "card" },
  { models: ["claude"], contextWindow: 200_000, source: "card" },

  { models: ["gemini-2-5", "gemini-3"], contextWindow: 1_048_576, maxOutput: 65_536, source: "modelsDev" },
  { models: ["gemini-2-0", "gemini-1-5"], contextWindow: 1_048_576, maxOutput: 8_192, source: "modelsDev" },

  { models: ["grok-4-fast", "grok-4-1"], contextWindow: 2_000_000, maxOutput: 30_000, source: "modelsDev" },
  { models: ["grok-4-3"], contextWindow: 1_000_000, maxOutput: 30_000, source: "modelsDev" },
  { models: ["grok-4-7"], contextWindow: 500_000, maxOutput: 30_000, source: "modelsDev" },
  { models: ["grok-4"], contextWindow: 256_000, maxOutput: 8_192, source: "modelsDev" },
  { models: ["grok-2", "grok-3"], contextWindow: 131_072, maxOutput: 8_192, source: "modelsDev" },

  { models: ["deepseek-chat"], contextWindow: 128_000, maxOutput: 8_192, source: "card" },
  { models: ["deepseek-reasoner"], contextWindow: 128_000, maxOutput: 64_000, source: "card" },
  { models: ["deepseek-v4"], contextWindow: 1_000_000, maxOutput: 128_000, source: "modelsDev" },
  { models: ["deepseek"], contextWindow: 64_000, maxOutput: 8_192, source: "card" },
  { models: ["mistral-large"], contextWindow: 128_000, maxOutput: 16_384, source: "modelsDev" },
  { models: ["mistral-medium", "ministral", "pixtral"], contextWindow: 128_000, source: "card" },
  {
    models: ["mistral", "open-mistral", "mixtral", "open-mixtral", "codestral"],
    contextWindow: 32_000,
    source: "card",
  },
  {
    models: [
      ...["llama-3-1", "llama-3-2", "llama-3-3", "llama-4", "llama3-1", "llama3-2", "llama3-3", "llama4"],
      ...["meta-llama-3-1", "meta-llama-3-3"],
    ],
    contextWindow: 128_000,
    source: "card",
  },
  {
    models: ["llama-3", "llama3", "meta-llama-3", "gemma2", "gemma-2"],
    contextWindow: 8_192,
    source: "card",
  },
  { models: ["qwen", "qwen2", "qwen3", "gemma3", "gemma-3"], contextWindow: 32_768, source: "card" },
  { models: ["kimi-k2"], contextWindow: 131_072, source: "modelsDev" },
  { models: ["glm-4", "command-r"], contextWindow: 128_000, source: "card" },
  { models: ["nova-lite", "nova-pro"], contextWindow: 300_000, maxOutput: 10_000, source: "litellm" },
  { models: ["phi-4"], contextWindow: 16_000, source: "card" },

  { models: ["demo"], contextWindow: 128_000, source: "sandbox" },
  { models: ["demo-window"], contextWindow: 8_000, source: "sandbox" },
];

import { type ModelRow, rowOf } from "./model-id.ts";
import type { Encoding } from "./worker-messages.ts";

/**
 * How a family counts. Unless a row says otherwise its figures were measured on recorded pairs of requests and
 * the providers' own counts, on English and code mostly; other languages cost Claude more.
 */
export interface Calibration {
  readonly encoding: Encoding;
  /** Tokens of the model for each token of `encoding`, in text. Mostly the upper end of what was measured. */
  readonly ratio: number;
  /** Tokens that a message costs beside its text: OpenAI's 3, and 1 for the role. */
  readonly perMessage: number;
  /** Tokens that a request costs once: OpenAI's 3 prime the answer; hidden system texts are in it too. */
  readonly perRequest: number;
  /** Tokens of an image: a rough guess for one of about a megapixel. */
  readonly image: number;
  /** What is exact without images and tools: a whole prompt, a mere text, or nothing. */
  readonly exact: "prompt" | "text" | "nothing";
}

interface Row extends ModelRow, Partial<Calibration> {}

/** OpenAI's formula, and the middle of what was measured elsewhere (0.97 to 1.2). */
const UNKNOWN: Calibration = {
  encoding: "o200k",
  ratio: 1.1,
  perMessage: 4,
  perRequest: 3,
  image: 1_000,
  exact: "nothing",
};

const OPENAI = { ratio: 1, image: 765 } as const;
const CLAUDE = { perMessage: 3, perRequest: 4, image: 1_600 } as const; // 7 for one message, 2 to 4 for a further one

/** `exact` holds for a model and its dated snapshots, not for variants (`gpt-4o-search-preview`). */
const ROWS: readonly Row[] = [
  // OpenAI's guide, "How to count tokens with tiktoken": https://github.com/openai/openai-cookbook
  {
    models: [
      "gpt-4",
      "gpt-4-32k",
      "gpt-4-turbo",
      "gpt-4-turbo-preview",
      "gpt-4-1106-preview",
      "gpt-4-0125-preview",
    ],
    ...OPENAI,
    encoding: "cl100k",
    exact: "prompt",
  },
  {
    models: ["gpt-3-5-turbo", "gpt-3-5-turbo-16k", "gpt-35-turbo"],
    ...OPENAI,
    encoding: "cl100k",
    exact: "prompt",
  },
  { models: ["gpt-3-5-turbo-0301"], ...OPENAI, encoding: "cl100k", perMessage: 5, exact: "text" },
  {
    models: ["gpt-4o", "gpt-4-1-mini", "gpt-4-1-nano", "gpt-4-5", "gpt-4-5-preview"],
    ...OPENAI,
    exact: "prompt",
  },
  // OpenAI's guide to images: a tile costs 33 times as much as with gpt-4o.
  { models: ["gpt-4o-mini"], ...OPENAI, image: 25_501, exact: "prompt" },
  {
    models: ["gpt-4-1", "chatgpt-4o-latest", "o1", "o1-mini", "o1-preview", "o3", "o4-mini"],
    ...OPENAI,
    exact: "text",
  },
  // One less than the formula for one message or two, one less to one more for three.
  { models: ["o3-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano"], ...OPENAI, perRequest: 2, exact: "text" },
  { models: ["gpt-5-6-sol"], ...OPENAI, perRequest: 2, exact: "text" },
  { models: ["gpt-6"], ...OPENAI }, // its encoding is not published
  { models: ["gpt-oss"], ...OPENAI, perRequest: 65 }, // 60 to 64 for the hidden Harmony text

  // Anthropic publishes no tokenizer. The newer one, since Opus 4.7, is also supposed of what is not listed.
  { models: ["claude"], ...CLAUDE, ratio: 1.5 },
  { models: ["claude-2", "claude-instant", "claude-3"], ...CLAUDE, ratio: 1.2 },
  { models: ["claude-opus-4", "claude-sonnet-4", "claude-haiku-4"], ...CLAUDE, ratio: 1.2 },
  { models: ["claude-opus-4-7", "claude-opus-4-8"], ...CLAUDE, ratio: 1.5 },

  { models: ["deepseek"], ratio: 1.05, perRequest: 1 }, // 2 to 8 below the formula
  { models: ["qwen", "qwen2", "qwen3"], ratio: 1.06 },
  { models: ["llama-3", "llama3", "llama-4", "llama4", "meta-llama-3"], ratio: 1.01, perRequest: 33 }, // a hidden header
  {
    models: ["mistral", "ministral", "mixtral", "codestral", "pixtral", "open-mistral", "open-mixtral"],
    ratio: 1.2, // 1.0 to 1.4
  },
  { models: ["grok"], ratio: 1, perRequest: -1 }, // 4 to 16 below the formula
  { models: ["gemini"], ratio: 1, image: 1_032 },
  { models: ["demo"], ratio: 1 },
];

/** How a model counts, as far as is known. */
export function calibrationOf(model: string): Calibration {
  const found = rowOf(ROWS, model);
  if (found === undefined) return UNKNOWN;
  const calibration = { ...UNKNOWN, ...found.row };
  return found.plain ? calibration : { ...calibration, exact: "nothing" };
}

import type { Usage } from "../../core/event.ts";
import { asCount, asObject, type JsonObject } from "../../core/json.ts";

/**
 * Where and under which names counts stand, the first that is there counts.
 * OpenAI, then: DeepSeek (`prompt_cache_hit_tokens`), Moonshot (`cached_tokens`), those who put Anthropic's names or the
 * Responses API's into OpenAI's form (LiteLLM, Bedrock), Azure's DeepSeek (`reasoning_tokens`).
 */
const NAMES = {
  input: ["prompt_tokens", "input_tokens"],
  output: ["completion_tokens", "output_tokens"],
  total: ["total_tokens"],
  cacheRead: [
    "prompt_tokens_details.cached_tokens",
    "input_tokens_details.cached_tokens",
    "prompt_cache_hit_tokens",
    "cache_read_input_tokens",
    "cached_tokens",
  ],
  cacheWrite: [
    "prompt_tokens_details.cache_write_tokens",
    "prompt_tokens_details.cache_creation_tokens",
    "input_tokens_details.cache_write_tokens",
    "cache_creation_input_tokens",
  ],
  reasoning: [
    "completion_tokens_details.reasoning_tokens",
    "output_tokens_details.reasoning_tokens",
    "reasoning_tokens",
  ],
} as const;

/**
 * The usage that a chunk or a choice reports (Groq's under `x_groq`), over what was reported before: numbers that are none
 * and zeros after real numbers change nothing.
 */
export function usageIn(json: JsonObject, before: Usage | undefined): Usage | undefined {
  const usage =
    asObject(json["usage"]) ?? asObject(asObject(json["x_groq"])?.["usage"]) ?? ollamaCounts(json);
  if (usage === undefined) return before;
  const count = (names: readonly string[]) => countIn(usage, names);
  const prompt = count(NAMES.input);
  const completion = count(NAMES.output);
  if (prompt === undefined && completion === undefined) return before;
  const [cacheRead, cacheWrite] = [count(NAMES.cacheRead), count(NAMES.cacheWrite)];
  const reasoning = count(NAMES.reasoning);
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  const { input, output } = split(prompt, completion, count(NAMES.total), cached, reasoning ?? 0);
  const inputTokens = input || (before?.inputTokens ?? 0);
  // A report of nothing after real numbers leaves what was cached, too.
  const [read, write] =
    input === 0 && before !== undefined
      ? [before.cacheReadTokens, before.cacheWriteTokens]
      : [cacheRead ?? before?.cacheReadTokens, cacheWrite ?? before?.cacheWriteTokens];
  const thought = reasoning || (before?.reasoningTokens ?? reasoning);
  return {
    inputTokens,
    outputTokens: output || (before?.outputTokens ?? 0),
    ...(read === undefined ? {} : { cacheReadTokens: Math.min(read, inputTokens) }),
    ...(write === undefined ? {} : { cacheWriteTokens: Math.min(write, inputTokens) }),
    ...(thought === undefined ? {} : { reasoningTokens: thought }),
  };
}

/** Ollama's own form has them beside `done`. */
function ollamaCounts(json: JsonObject): JsonObject | undefined {
  if (json["eval_count"] === undefined) return undefined;
  return { prompt_tokens: json["prompt_eval_count"], completion_tokens: json["eval_count"] };
}

function countIn(usage: JsonObject, names: readonly string[]): number | undefined {
  for (const name of names) {
    const [outer = "", inner] = name.split(".");
    const value = asCount(inner === undefined ? usage[outer] : asObject(usage[outer])?.[inner]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * Input and output in full. OpenAI counts what was cached into the prompt and reasoning into the completion; where the
 * total says otherwise, it is right. xAI and Gemini leave reasoning out of the completion, some proxies what was cached out
 * of the prompt, which shows without a total too: more was cached than the prompt has.
 */
function split(
  prompt: number | undefined,
  completion: number | undefined,
  total: number | undefined,
  cached: number,
  reasoning: number,
): { readonly input: number; readonly output: number } {
  const [input, output] = [prompt ?? 0, completion ?? 0];
  const missing = prompt === undefined ? 0 : (total ?? 0) - input - output;
  const isApart = cached > input || (cached > 0 && missing === cached && missing !== reasoning);
  if (isApart) return { input: input + cached, output: output + Math.max(0, missing - cached) };
  return { input, output: output + Math.max(0, missing) };
}

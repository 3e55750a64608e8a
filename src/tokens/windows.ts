import { rowOf } from "./model-id.ts";
import { WINDOWS } from "./window-table.ts";

/**
 * The window supposed of a model that no row names. It is the smallest of all chat models still in use, GPT-4's
 * and Llama 3's. Too small costs a summary some more parts; too large costs it the answer.
 */
const UNKNOWN_WINDOW = 8_192;

/**
 * How many tokens a model holds, prompt and answer together. `known` is false where it is a careful guess.
 * Less its `maxOutput` this is what OpenAI allows as input.
 */
export function contextWindow(model: string): { readonly tokens: number; readonly known: boolean } {
  const found = rowOf(WINDOWS, model);
  return { tokens: found?.row.contextWindow ?? UNKNOWN_WINDOW, known: found !== undefined };
}

/** The most tokens that a model writes in one answer; undefined where it is not known. */
export function maxOutput(model: string): number | undefined {
  return rowOf(WINDOWS, model)?.row.maxOutput;
}

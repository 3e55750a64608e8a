import type { Usage } from "../../core/event.ts";
import { asCount, asObject } from "../../core/json.ts";

/** Tokens that a prompt costs are reported in three parts; all of them are input (docs/providers.md 2.7). */
const INPUT_FIELDS = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"] as const;
const OPENAI_FIELDS = { prompt_tokens: "input_tokens", completion_tokens: "output_tokens" } as const;

/**
 * Usage as Anthropic reports it: at the start, and again, cumulative, at the end. Each field that is present replaces the
 * last; an absent one keeps its value, and so do all inputs where the later report has nothing but zeros for them.
 */
export class UsageReports {
  #counts: Partial<Record<string, number>> = {};
  /** Until the first report at the end the number of output tokens is a placeholder. */
  isFinal = false;

  start(usage: unknown): void {
    const reported = asObject(usage);
    if (reported === undefined) return;
    const inputs = INPUT_FIELDS.map((field) => asCount(reported[field]));
    const before = INPUT_FIELDS.reduce((sum, field) => sum + (this.#counts[field] ?? 0), 0);
    if (before === 0 || inputs.some((count) => (count ?? 0) > 0)) {
      for (const [i, field] of INPUT_FIELDS.entries()) this.#set(field, inputs[i]);
    }
    // Servers that came from OpenAI's protocol have kept its names.
    for (const [theirs, field] of Object.entries(OPENAI_FIELDS)) {
      if (reported[field] === undefined && asCount(reported[theirs]))
        this.#set(field, asCount(reported[theirs]));
    }
    const output = asCount(reported["output_tokens"]);
    if (output !== 0 || this.#counts["output_tokens"] === undefined) this.#set("output_tokens", output);
    const thinking = asCount(asObject(reported["output_tokens_details"])?.["thinking_tokens"]);
    this.#set("thinking_tokens", thinking);
  }

  end(usage: unknown): void {
    this.isFinal ||= asObject(usage) !== undefined;
    this.start(usage);
  }

  #set(field: string, count: number | undefined): void {
    if (count !== undefined) this.#counts[field] = count;
  }

  /** All reports together; undefined where there was none. */
  get total(): Usage | undefined {
    const counts = this.#counts;
    if (Object.keys(counts).length === 0) return undefined;
    const {
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      thinking_tokens: thinking,
    } = counts;
    return {
      inputTokens: INPUT_FIELDS.reduce((sum, field) => sum + (counts[field] ?? 0), 0),
      outputTokens: counts["output_tokens"] ?? 0,
      ...(read === undefined ? {} : { cacheReadTokens: read }),
      ...(written === undefined ? {} : { cacheWriteTokens: written }),
      ...(thinking === undefined ? {} : { reasoningTokens: thinking }),
    };
  }
}

import type { ChatRequest } from "../../core/message.ts";
import type { Translation } from "../../core/translation.ts";
import type { Turn } from "./messages.ts";

/**
 * Claude before 4.6, which thinks by a budget of tokens; later models think by effort and refuse a budget.
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
const THINKS_BY_BUDGET =
  /claude-(?:[123]\b|instant)|(?:opus|sonnet|haiku)-4(?:[-.][0-5])?(?:-\d{8}|-latest|-v\d|[@:]|$)/i;
const CLAUDE = /claude/i;

/** Tokens to think with; the steps that agentgateway uses too. Anthropic takes 1,024 at least. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 16_384,
  max: 16_384,
};
const SMALLEST_BUDGET = 1024;

/** With a budget Anthropic takes `top_p` from here on, and neither `temperature` nor `top_k`. */
const LOWEST_TOP_P = 0.95;

export interface Thinking {
  readonly fields: { readonly thinking?: object; readonly output_config?: { readonly effort: string } };
  /** Sampling fields that cannot stand beside it. */
  readonly excludes: ReadonlySet<string>;
}

const NONE: Thinking = { fields: {}, excludes: new Set() };

/** What a reasoning effort is in Anthropic's terms, which differ by model. */
export function thinkingOf(
  chat: ChatRequest,
  turns: readonly Turn[],
  maxTokens: number,
  translation: Translation,
): Thinking {
  const effort = chat.sampling.reasoning_effort;
  if (effort === undefined) return NONE;
  if (effort === "none") return { ...NONE, fields: { thinking: { type: "disabled" } } };
  if (CLAUDE.test(chat.model) && !THINKS_BY_BUDGET.test(chat.model)) return byEffort(effort, translation);
  translation.change("reasoning_effort");
  // Anthropic refuses a budget beside a forced tool, and where the thinking that led to a call is gone.
  const isForced = chat.toolChoice?.mode === "required" && (chat.tools?.length ?? 0) > 0;
  if (isForced || maxTokens <= SMALLEST_BUDGET || continuesWithoutThinking(turns)) return NONE;
  const { top_p: topP = 1 } = chat.sampling;
  const excludes = new Set(["temperature", "top_k", ...(topP < LOWEST_TOP_P ? ["top_p"] : [])]);
  const budget = Math.min(BUDGETS[effort] ?? SMALLEST_BUDGET, maxTokens - 1);
  return { fields: { thinking: { type: "enabled", budget_tokens: budget } }, excludes };
}

/** Newer models leave the text of their thinking out unless they are asked for it. */
function byEffort(effort: string, translation: Translation): Thinking {
  if (effort === "minimal") translation.change("reasoning_effort");
  return {
    ...NONE,
    fields: {
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: effort === "minimal" ? "low" : effort },
    },
  };
}

function continuesWithoutThinking(turns: readonly Turn[]): boolean {
  const [asked, last] = turns.slice(-2);
  if (asked?.role !== "assistant" || !last?.content.some(({ type }) => type === "tool_result")) return false;
  return !["thinking", "redacted_thinking"].includes(asked.content[0]?.type ?? "");
}

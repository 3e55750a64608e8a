import { expect } from "bun:test";
import type { EndReason } from "../../src/core/event.ts";
import { type Heard, readFrames, type Tool } from "./replay.ts";
import type { Expected } from "./shared.ts";

/** Our words for the providers' (docs/providers.md 1.2, 1.4 and 2.5). */
const REASONS: Readonly<Record<string, EndReason>> = {
  stop: "stop",
  eos: "stop",
  length: "length",
  model_length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "refusal",
};

/** Compares what was heard with what the oracle says, as far as it says anything. */
export function expectHeard(heard: Heard, expected: Expected): void {
  expectVerdict(heard, expected);
  if (expected.textChars !== undefined) expect(heard.text).toHaveLength(expected.textChars);
  if (expected.textHead !== undefined) expect(heard.text).toStartWith(expected.textHead);
  if (expected.reasoningChars !== undefined) expect(heard.reasoning).toHaveLength(expected.reasoningChars);
  if (expected.tools !== undefined) expect(heard.tools.map(parsed)).toEqual(expected.tools.map(parsed));
  expectFrames(heard);
}

/** The oracle writes some arguments anew, with other spaces. */
function parsed({ args, ...tool }: Tool): unknown {
  return { ...tool, args: JSON.parse(args) as unknown };
}

function expectVerdict({ last, tools }: Heard, { verdict, finish, usage }: Expected): void {
  if (verdict !== "complete") {
    expect(last.type).toBe("error");
    if (last.type !== "error") return;
    if (verdict === "truncated") expect(last.failure.type).toBe("incomplete");
    else expect(last.failure.type).not.toBe("incomplete");
    return;
  }
  const said = REASONS[finish ?? ""] ?? "other";
  // Gemini, Ollama and others say `stop` of an answer that calls.
  const calls = tools.length > 0 && (said === "stop" || said === "other");
  expect(last).toMatchObject({ type: "end", reason: calls ? "tool_calls" : said });
  if (last.type !== "end") return;
  expect(last.rawReason).toBe(finish ?? undefined);
  if (usage === undefined) return;
  if (usage === null) expect(last.usage).toBeUndefined();
  else
    expect(last.usage).toMatchObject({
      inputTokens: usage.in + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0),
      outputTokens: usage.out,
      // The oracle tells them apart where the provider does not count them into the prompt.
      ...(usage.cacheRead === undefined ? {} : { cacheReadTokens: usage.cacheRead }),
      ...(usage.cacheWrite === undefined ? {} : { cacheWriteTokens: usage.cacheWrite }),
    });
}

/** The lines that a client gets: the session, the pieces, the ending, the session, `[DONE]` (docs/protocol.md 1). */
function expectFrames(heard: Heard): void {
  const lines = readFrames(heard.frames);
  const session = lines[0];
  expect(Object.keys(session as object)).toEqual(["session_id"]);
  expect(lines.slice(-2)).toEqual([session, "[DONE]"]);
  const middle = lines.slice(1, -2) as Record<string, unknown>[];
  const told = (name: string) => middle.map((line) => line[name] ?? "").join("");
  expect(told("content")).toHaveLength(heard.text.length + heard.refusal.length);
  expect(told("reasoning")).toBe(heard.reasoning);
  const errors = middle.filter((line) => "error" in line);
  expect(errors).toHaveLength(heard.last.type === "error" ? 1 : 0);
  const after = middle.findIndex((line) => "error" in line || "usage" in line);
  expect(after === -1 || middle.slice(after).every((line) => !("content" in line))).toBe(true);
}

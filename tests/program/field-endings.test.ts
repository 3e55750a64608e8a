/** Words for the end, as providers, gateways and engines write them, judged by the running program (field kind A). */

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { saying } from "../protocols/field-reports/support.ts";
import { askBy, type FieldProvider, startFieldProvider, WAYS } from "../support/field-provider.ts";
import { type Program, startProgram } from "../support/program.ts";
import { PROTOCOLS } from "../support/streams.ts";

setDefaultTimeout(60_000);

let program: Program;
let provider: FieldProvider;
beforeAll(async () => {
  provider = startFieldProvider();
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await provider.stop();
});

/** Where a word was seen stands behind it. */
const WORDS = {
  length: [
    ...["length", "LENGTH", "max_tokens", "MAX_TOKENS", "FINISH_REASON_MAX_TOKENS", "model_length"],
    ...["max_output_tokens", "model_context_window_exceeded", "MaxTokens", "max-tokens", "tokenLimit"],
    ...["context_length_exceeded", "context_window_exceeded", "context_full", "ctx_exceeded", "n_ctx"],
    ...["max_length", "max_model_len", "max_seq_len", "num_predict", "max_new_tokens", "length_cap"],
    ...["out_of_tokens", "token_budget", "budget_exhausted", "cut_off", "cutoff", "truncated", "overflow"],
    ...["window_exceeded", "contextLengthExceeded", "output_limit_reached", "too_many_tokens", "clipped"],
    ...["exceeded", "exceed_context_size_error", "contextWindowFull", "limit_reached", "kv_cache_full"],
    "contextOverflow",
  ],
  content_filter: [
    ...["content_filter", "content-filter", "CONTENT_FILTERED", "SAFETY", "IMAGE_SAFETY", "RECITATION"],
    ...["IMAGE_RECITATION", "IMAGE_PROHIBITED_CONTENT", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"],
    ...["MODEL_ARMOR", "LANGUAGE", "guardrail_intervened", "guardrails", "sensitive", "risk_control"],
    ...["moderation", "moderated", "content_policy", "policy_violation", "jailbreak", "unsafe", "nsfw"],
    ...["inappropriate", "hate", "violence", "self_harm", "sexual", "protected_material", "compliance"],
    ...["contentFilter", "filtered", "blocked", "censored", "banned", "illegal_content", "security"],
  ],
  broken: [
    ...["abort", "aborted", "ABORTED", "error", "Error", "network_error", "stream_error", "upstream_error"],
    ...["insufficient_system_resource", "timeout", "timed_out", "deadline_exceeded", "DEADLINE", "cancel"],
    ...["cancelled", "user_cancelled", "client_disconnect", "disconnected", "connection_reset", "ECONNRESET"],
    ...["reset", "closed", "dropped", "hang_up", "stalled", "eof", "unexpected_eof", "premature_close"],
    ...["oom", "out_of_memory", "cuda_oom", "nan", "engine_dead", "worker_died", "crashed", "shutdown"],
    ...["server_stop", "force_stopped", "preempted", "evicted", "killed", "SIGTERM", "restart", "migrated"],
    ...["overloaded", "server_busy", "throttled", "rate_limited", "quota_exceeded", "unavailable", "5xx"],
    ...["failed", "failure", "exception", "internal", "INTERNAL", "MALFORMED_FUNCTION_CALL", "bug"],
    ...["UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE"],
    ...["repetition", "loop_detected", "degenerate", "incomplete", "partial", "interrupted", "halted"],
    ...["suspended", "unfinished", "broken_pipe", "bad_gateway", "server_error", "fault", "stream_closed"],
  ],
  other: [
    "banana",
    "OTHER",
    "unknown",
    "FINISH_REASON_UNSPECIFIED",
    "natural",
    "final",
    "ok",
    "42",
    "stopped",
  ],
  stop: [
    ...["stop", "STOP", "FINISH_REASON_STOP", "end_turn", "stop_sequence", "eos", "eos_token", "eot"],
    ...["COMPLETE", "completed", "done", "finish", "finished", "end", "<|im_end|>", "<|eot_id|>", "</s>"],
    ...["endoftext", "stop_string", "stop_word", "stopSequence", "EndTurn", "success"],
  ],
} as const;

const CASES = Object.entries(WORDS).flatMap(([meaning, words]) =>
  words.map((word) => [word, meaning] as const),
);

describe.each(PROTOCOLS)("%s", (protocol) => {
  test.each(CASES)("%p means %s", async (word, meaning) => {
    const model = provider.play({ frames: saying({ name: protocol }, "Half an ans", word) });
    const chat = await askBy("chat", program, provider, protocol, model);
    const isBroken = meaning === "broken";
    expect([chat.status, chat.text, chat.error?.type ?? chat.finish]).toEqual([
      200,
      "Half an ans",
      isBroken ? "incomplete" : meaning,
    ]);
    const isWhole = meaning === "stop" || meaning === "other";
    const summary = await askBy("summary", program, provider, protocol, model);
    const told = isWhole ? [200, undefined] : [502, isBroken ? "incomplete" : "bad_output"];
    expect([summary.status, summary.error?.type]).toEqual(told as [number, string]);
  });

  /** By meaning, the words of the dialects. */
  const TOLD: Readonly<Record<string, RegExp>> = {
    length: /^(?:length|max_tokens|max_output_tokens|model_context_window_exceeded)$/,
    content_filter: /^(?:content_filter|refusal)$/,
    other: /^(?:stop|end_turn|completed|other)$/,
    stop: /^(?:stop|end_turn|completed|stop_sequence)$/,
  };
  test.each(WAYS.slice(3))("every third word in %s", async (way) => {
    for (const [word, meaning] of CASES.filter((_, i) => i % 3 === 0)) {
      const model = provider.play({ frames: saying({ name: protocol }, "Half an ans", word) });
      const told = await askBy(way, program, provider, protocol, model);
      const isBroken = meaning === "broken";
      expect([word, told.error !== undefined, told.status < 400]).toEqual([
        word,
        isBroken,
        !isBroken || way.endsWith("stream"),
      ]);
      if (isBroken) expect([word, told.finish]).toEqual([word, undefined]);
      else expect(`${word}: ${told.finish}`).toMatch(new RegExp(`: ${TOLD[meaning]?.source.slice(1)}`));
    }
  });
});

import type { EndReason } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import { isObject, type JsonObject } from "../core/json.ts";

/** What a word for the end means; `broken`: the answer was given up half-way, which is a failure and no end. */
export type FinishMeaning = EndReason | "broken";

/** Words as they are documented or recorded, lower case, parts joined by `_`; the providers after each group. */
const KNOWN: Readonly<Record<FinishMeaning, readonly string[]>> = {
  stop: [
    // OpenAI, Anthropic; `pause_turn` asks to be continued, for which nobody else has a word
    ...["stop", "end_turn", "stop_sequence", "pause_turn"],
    // Together, TGI, Hugging Face, llama.cpp's `stop_type`
    ...["eos", "eos_token", "word"],
    // Cohere, Responses, Ollama, Perplexity, Watsonx
    ...["complete", "completed", "done", "finished", "end", "end_of_turn", "stop_token", "stop_words"],
  ],
  length: [
    // OpenAI, Mistral, Anthropic, Zhipu, Gemini, Watsonx, llama.cpp
    ...["length", "model_length", "max_tokens", "model_context_window_exceeded", "token_limit", "limit"],
    // Cohere, Responses
    ...["error_limit", "max_output_tokens"],
  ],
  tool_calls: ["tool_calls", "tool_call", "function_call", "function_calls", "tool_use"],
  refusal: ["refusal"],
  content_filter: [
    // OpenAI, Zhipu, Bedrock, Cohere
    ...["content_filter", "content_filtered", "guardrail_intervened", "sensitive", "error_toxic"],
    // Gemini
    ...["safety", "recitation", "blocklist", "prohibited_content", "spii", "image_safety", "language"],
  ],
  broken: [
    // OpenRouter, Mistral, Zhipu, vLLM and SGLang, DeepSeek, Cohere
    ...["error", "network_error", "abort", "insufficient_system_resource", "user_cancel"],
    // Gemini, Bedrock
    ...["malformed_function_call", "unexpected_tool_call", "malformed_model_output", "malformed_tool_use"],
  ],
  // Gemini
  other: ["other", "finish_reason_unspecified"],
};

const MEANINGS: ReadonlyMap<string, FinishMeaning> = new Map(
  Object.entries(KNOWN).flatMap(([meaning, words]) =>
    words.map((word) => [word, meaning as FinishMeaning] as const),
  ),
);

/** Gemini's words by the numbers of its protocol. @see https://ai.google.dev/api/generate-content#FinishReason */
const NUMBERS: Readonly<Record<string, FinishMeaning>> = {
  1: "stop",
  2: "length",
  3: "content_filter",
  4: "content_filter",
  6: "content_filter",
  7: "content_filter",
  8: "content_filter",
  9: "broken",
};

/**
 * Words that nobody has documented yet, by what they have in them; the first match counts. They err towards loss: a whole
 * answer that is called cut is asked for again, a cut one that is called whole is believed.
 */
const PATTERNS: readonly (readonly [RegExp, FinishMeaning])[] = [
  [
    /^(?:im_end|eo[st]_\w+|eot|end_?of_?(?:text|turn|sentence|sequence|message|answer|response|generation)|stop_(?:str(?:ing)?|word|seq)\w*|finish|s|success)$/,
    "stop",
  ],
  [
    /filter|safe|moderat|sensitiv|block|prohibit|recitation|spii|policy|guard_?rail|harm|toxic|censor|violat|violen|copyright|nsfw|flag|armor|risk|jailbreak|inappropriate|hate|sexual|protected|complian|banned|illegal|security|denied|injection|privacy|\bpii/,
    "content_filter",
  ],
  [/refus/, "refusal"],
  [/rate_?limit|quota|throttl|memory|\boom|_oom|time_?limit|deadline|too_many_tool/, "broken"],
  [
    /length|token|too_(?:long|large|many|big)|context|ctx|window|truncat|limit|max_|exceed|overflow|budget|num_predict|cut_?off|clip|cache_full|trim|exhaust|reached/,
    "length",
  ],
  [
    /err(?:or)?(?:_|$)|abort|cancel|fail|time_?d?_?out|expire|interrupt|connect|overload|insufficient|resource|engine|crash|unavailable|kill|shut_?down|preempt|evict|exception|malformed|unexpected|invalid|terminat|lost|broke|incomplete|partial|network|panic|fatal|reject|reset|close|drop|hang|hung|stall|eof|\bnan$|died|dead|busy|halt|suspend|unfinish|premature|gateway|fault|forced?_|server_|restart|migrat|repeti|loop|degenerat|internal|bug$|missing|sig(?:term|kill|int)|^5(?:xx|\d\d)$|worker|backend|upstream|provider|stream_|pipe|gone|quit|drain|stopped_/,
    "broken",
  ],
];

/** Nothing yet: some servers write one of these on every chunk. */
const ABSENT: ReadonlySet<string> = new Set(["", "null", "none", "undefined"]);

/** OpenAI; Gemini; OpenAI's vision previews; Ollama; proxies. `stop_reason` is a stop sequence at vLLM. */
const FINISH_FIELDS = [
  ...["finish_reason", "finishReason", "finish_details", "done_reason", "doneReason", "stopReason"],
  ...["finish", "end_reason", "endReason", "completion_reason", "completionReason"],
];

/** SGLang, OpenAI's vision previews, and proxies. */
const WORD_FIELDS = ["type", "reason", "finish_reason", "name", "value", "code"];

/**
 * The provider's word for the end, if it said one: a string or a number, or an object or a list around it.
 * @returns the word as it came
 */
export function finishWord(value: unknown): string | undefined {
  if (Array.isArray(value)) return finishWord(value.at(-1));
  if (isObject(value)) {
    for (const name of WORD_FIELDS) if (value[name] !== undefined) return finishWord(value[name]);
    return undefined;
  }
  if (typeof value === "number" && value > 0) return String(value);
  return typeof value === "string" && !ABSENT.has(normal(value)) ? value.toWellFormed() : undefined;
}

/** The word in whichever of its fields stands in an object; the first that holds one counts. */
export function finishWordIn(held: JsonObject | undefined): string | undefined {
  if (held === undefined) return undefined;
  for (const name of FINISH_FIELDS) {
    const word = finishWord(held[name]);
    if (word !== undefined) return word;
  }
  return undefined;
}

/** What a word for the end means. A word that nobody knows and that hints at no loss is `other`: errs towards success. */
export function finishMeaning(word: string): FinishMeaning {
  const plain = normal(word);
  return (
    MEANINGS.get(plain) ??
    MEANINGS.get(plain.replace(/^(?:finish|stop)_reason_/, "")) ??
    NUMBERS[plain] ??
    PATTERNS.find(([pattern]) => pattern.test(plain))?.[1] ??
    "other"
  );
}

/** Whether a word is in the table as it is written there: a stop sequence that the client chose (`END`) is not. */
export function isKnownFinish(word: string): boolean {
  return MEANINGS.has(word);
}

/** `maxTokens`, `MAX_TOKENS` and `max tokens` are one word. */
function normal(word: string): string {
  return word
    .trim()
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/** Of two words for one end the one that tells of more loss counts; at the same loss the later one. */
const LOSS: Readonly<Record<FinishMeaning, number>> = {
  other: 0,
  stop: 1,
  tool_calls: 1,
  length: 2,
  content_filter: 3,
  refusal: 3,
  broken: 4,
};

/** Of an earlier word for the end and a later one the one to believe. */
export function graver(earlier: string | undefined, later: string): string {
  if (earlier === undefined) return later;
  return LOSS[finishMeaning(later)] >= LOSS[finishMeaning(earlier)] ? later : earlier;
}

/** A word for the end that means that there is none. */
export function brokenOff(word: string): Failure {
  return {
    type: "incomplete",
    message: `The provider broke off its answer (${word.slice(0, 80).toWellFormed()}).`,
  };
}

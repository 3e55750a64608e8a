import { demoAnswer } from "../demo-answer.ts";
import { showcaseFor } from "../demo-showcase.ts";
import { asksForSummary } from "../demo-summary.ts";
import { overflow } from "../error-catalog.ts";
import { obedient } from "../obedient-answer.ts";
import type { ScriptContext } from "../parsed-request.ts";
import type { Scenario } from "../scenario.ts";
import { answerWith, end, numbered, type Script, say, wait } from "../script.ts";
import { seal } from "../sealed.ts";
import { call, firstTool } from "../tool-use.ts";

const WINDOW = 8_000;
const SLOW_START_MS = 7_000;
const THOUGHT = "The script says to think first. It thinks that a short answer will do.";

function* demo(context: ScriptContext): Script {
  const show = asksForSummary(context) ? undefined : showcaseFor(context);
  if (context.compact) return yield* obedient(context);
  if (show?.reasoning) yield* say(THOUGHT, "reasoning");
  if (show?.toolCall && context.toolPolicy.mode !== "none") {
    if (show.text !== "") yield* say(`[demo] ${show.text}\n\n`);
    yield* call(firstTool(context), context.text);
    return yield end("tool_calls");
  }
  const text = show === undefined || show.text === "" ? demoAnswer(context) : `[demo] ${show.text}`;
  yield* answerWith(text, context.stop);
}

function* tokens(count: number): Script {
  yield* numbered(count);
  yield end();
}

/** The first option as a count of tokens, the second as tokens a second. */
function option(context: ScriptContext, index: number): number | undefined {
  const value = Number(context.options[index]);
  return context.options[index] !== undefined && Number.isSafeInteger(value) && value >= 0
    ? value
    : undefined;
}

/** Models that answer as they should. */
export const answers: readonly Scenario[] = [
  {
    id: "demo",
    about:
      "a friendly scripted answer at a natural pace; summaries, and Markdown, a table, code, a tool call when asked",
    obeysLimit: true,
    script: demo,
  },
  {
    id: "demo-obedient",
    about:
      "obeys tools and their choice, JSON schemas, stop sequences, limits; for programs that test servers",
    obeysLimit: true,
    caches: true,
    script: obedient,
  },
  {
    id: "demo-slow",
    about: "the first token after 7 s, then four a second",
    pace: 4,
    obeysLimit: true,
    *script(context) {
      yield { do: "begin" };
      yield wait(SLOW_START_MS);
      yield* demo(context);
    },
  },
  {
    id: "demo-window",
    about: "demo with a window of 8,000 tokens: refuses longer prompts, ends for length at max_tokens",
    window: WINDOW,
    obeysLimit: true,
    refuse: ({ inputTokens }) => (inputTokens > WINDOW ? overflow(inputTokens, WINDOW) : undefined),
    script: demo,
  },
  {
    id: "demo-echo",
    about: "the last user text, byte for byte",
    *script({ text }) {
      yield* say(text);
      yield end();
    },
  },
  {
    id: "demo-numbered",
    about: "500 numbered tokens (tok-0001 …) at 50 a second; demo-numbered-2000-100 gives 2,000 at 100",
    options: true,
    pace: 50,
    chosenPace: (context) => option(context, 1),
    script: (context) => tokens(option(context, 0) ?? 500),
  },
  { id: "demo-long", about: "2,000 numbered tokens", script: () => tokens(2_000) },
  {
    id: "demo-fast",
    about: "500 numbered tokens without a pace, one in each write",
    pace: 0,
    script: () => tokens(500),
  },
  {
    id: "demo-burst",
    about: "500 numbered tokens without a pace, twenty in each write",
    pace: 0,
    perWrite: 20,
    script: () => tokens(500),
  },
  {
    id: "demo-reasoning",
    about: "reasoning before the text; in OpenAI's protocol it takes neither max_tokens nor temperature",
    obeysLimit: true,
    *script(context) {
      yield* say(THOUGHT, "reasoning");
      yield* demo(context);
    },
  },
  {
    id: "demo-redacted",
    about: "redacted reasoning before the text; in OpenAI's chat completions the text alone",
    obeysLimit: true,
    *script(context) {
      yield { do: "redacted", data: seal("what only the sandbox may read") };
      yield* demo(context);
    },
  },
  { id: "demo-empty", about: "finishes without any text", fails: true, script: () => [end()] },
  {
    id: "demo-length",
    about: "ends in mid-sentence, for length",
    fails: true,
    *script() {
      yield* say(
        "[demo] This answer, written by a script and not by a language model, ends in the middle of a",
      );
      yield end("length");
    },
  },
  {
    id: "demo-refusal",
    about: "declines: delta.refusal in OpenAI's protocol, stop_reason refusal in Anthropic's",
    fails: true,
    *script() {
      yield* say("[demo] I cannot help with that; the script says so.", "refusal");
      yield end("refusal");
    },
  },
  {
    id: "demo-filter",
    about: "stopped by a content filter after some text",
    fails: true,
    *script() {
      yield* say("[demo] This answer was written by a script, and the filter");
      yield end("content_filter");
    },
  },
];

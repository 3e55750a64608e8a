import type { JsonObject } from "../../core/json.ts";
import type { ProtocolName } from "../protocol.ts";
import { sameForAll } from "../provider-error.ts";
import type { Scenario } from "../scenario.ts";
import { end, fail, numbered, type Script, type ScriptStep, say, wait } from "../script.ts";

const WHOLE = "Hello there, whoever you are.";
const PAUSE_MS = 11_500;
const LARGE_CHARACTERS = 1_572_864;
const CACHED = 20_000;

/** Some text, then an end under another name than the protocol's. */
function endingIn(id: string, about: string, words: Readonly<Record<ProtocolName, string>>): Scenario {
  return {
    id,
    about,
    fails: true,
    *script({ protocol }) {
      yield* numbered(10);
      yield { do: "end", reason: "other", word: words[protocol] };
    },
  };
}

function frame(payload: Readonly<Partial<Record<ProtocolName, JsonObject>>>): ScriptStep {
  return { do: "frame", payload };
}

/** A chunk of chat completions with one choice. */
function choice(fields: JsonObject): JsonObject {
  return { choices: [{ index: 0, finish_reason: null, ...fields }] };
}

/** An announcement of a failure that no protocol knows. */
const UNKNOWN_FAILURE = frame({
  openai: { choices: null, error_type: "BadRequestError", error_message: "the engine died" },
  anthropic: { success: false, code: 500, msg: "the engine died" },
  responses: { type: "response.notice", success: false, code: 500, msg: "the engine died" },
});

const LARGE = "A".repeat(LARGE_CHARACTERS);
const LARGE_EVENT = frame({
  openai: choice({
    delta: {
      content: "",
      images: [{ type: "image_url", image_url: { url: `data:image/png;base64,${LARGE}` } }],
    },
  }),
  anthropic: { type: "x_image", data: LARGE },
  responses: { type: "response.image_generation_call.partial_image", partial_image_b64: LARGE },
});

function usageFrame(usage: JsonObject): JsonObject {
  return { choices: [], usage };
}

/** The text in the events of one protocol that the usual writer would not write so. */
function* textElsewhere({ protocol }: { readonly protocol: ProtocolName }): Script {
  yield { do: "begin" };
  yield frame({
    openai: choice({ delta: {}, message: { role: "assistant", content: WHOLE } }),
    anthropic: { type: "content_block_start", index: 0, content_block: { type: "text", text: WHOLE } },
  });
  if (protocol === "anthropic") yield frame({ anthropic: { type: "content_block_stop", index: 0 } });
  if (protocol === "responses") yield* say(WHOLE);
  yield end();
}

function* plain(): Script {
  yield* numbered(10);
  yield end();
}

/**
 * Models that do what other providers than OpenAI and Anthropic were seen to do: good answers in odd forms, and failures in
 * forms of their own.
 */
export const oddProviders: readonly Scenario[] = [
  endingIn("demo-end-window", "ten tokens, then a finish reason that means a full window", {
    openai: "model_context_window_exceeded",
    anthropic: "model_context_window_exceeded",
    responses: "model_context_window_exceeded",
  }),
  endingIn("demo-end-network", "ten tokens, then a finish reason that means a broken network", {
    openai: "network_error",
    anthropic: "network_error",
    responses: "network_error",
  }),
  endingIn("demo-end-filter", "ten tokens, then a finish reason that means a filter", {
    openai: "sensitive",
    anthropic: "sensitive",
    responses: "sensitive",
  }),
  endingIn("demo-end-unknown", "ten tokens, then a harmless finish reason that nobody knows", {
    openai: "fertig",
    anthropic: "fertig",
    responses: "fertig",
  }),
  {
    id: "demo-error-unknown",
    about: "ten tokens, then a failure in fields that no protocol has",
    fails: true,
    *script() {
      yield* numbered(10);
      yield UNKNOWN_FAILURE;
      yield { do: "close" };
    },
  },
  {
    id: "demo-error-unknown-first",
    about: "a failure in fields that no protocol has, before any text",
    fails: true,
    *script() {
      yield UNKNOWN_FAILURE;
      yield { do: "close" };
    },
  },
  {
    id: "demo-error-200",
    about: "200 and JSON that tells of a failure",
    fails: true,
    respond: () => Response.json({ code: 500, msg: "404 NOT_FOUND", success: false }),
  },
  {
    id: "demo-text-message",
    about: "the text in `message` beside an empty delta; in Anthropic's protocol in the block's start",
    fails: true,
    script: textElsewhere,
  },
  {
    id: "demo-text-twice",
    about: "two deltas, and a last chunk that repeats the whole text",
    fails: true,
    *script() {
      yield* say(WHOLE);
      yield frame({
        openai: choice({ delta: {}, message: { role: "assistant", content: WHOLE }, finish_reason: "stop" }),
      });
      yield end();
    },
  },
  {
    id: "demo-usage-total",
    about: "cached tokens that only the total of the usage holds (chat completions)",
    fails: true,
    *script({ protocol }) {
      yield* numbered(10);
      yield { do: "finish", reason: "stop" };
      const details = { cached_tokens: CACHED };
      yield frame({
        openai: usageFrame({
          prompt_tokens: 4,
          completion_tokens: 10,
          total_tokens: CACHED + 14,
          prompt_tokens_details: details,
        }),
      });
      if (protocol === "openai") yield { do: "raw", bytes: () => "data: [DONE]\n\n" };
      else yield { do: "close" };
    },
  },
  {
    id: "demo-usage-zeros",
    about: "usage, and zeros for it at the end",
    fails: true,
    *script({ protocol }) {
      yield* numbered(10);
      if (protocol === "responses") return yield end();
      if (protocol === "openai") {
        yield { do: "finish", reason: "stop" };
        yield frame({ openai: usageFrame({ prompt_tokens: 15, completion_tokens: 10, total_tokens: 25 }) });
        yield frame({ openai: usageFrame({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }) });
        return yield { do: "raw", bytes: () => "data: [DONE]\n\n" };
      }
      yield frame({ anthropic: { type: "content_block_stop", index: 0 } });
      const delta = { stop_reason: "end_turn", stop_sequence: null };
      yield frame({
        anthropic: { type: "message_delta", delta, usage: { input_tokens: 0, output_tokens: 10 } },
      });
      yield frame({ anthropic: { type: "message_stop" } });
    },
  },
  {
    id: "demo-large-event",
    about: "an event of 1.5 MiB between two texts",
    fails: true,
    *script() {
      yield* say("Here is the cat.");
      yield LARGE_EVENT;
      yield* say(" Enjoy.");
      yield end();
    },
  },
  {
    id: "demo-content-type",
    about: "a good stream called text/plain",
    fails: true,
    headers: { "content-type": "text/plain; charset=utf-8" },
    script: plain,
  },
  {
    id: "demo-content-encoding",
    about: "a good stream with the content-encoding `none`",
    fails: true,
    headers: { "content-encoding": "none" },
    script: plain,
  },
  {
    id: "demo-stop-pause",
    about: "reasoning and `stop`, a pause of 11.5 s, then the text and another `stop`",
    fails: true,
    *script({ protocol }) {
      yield* say("The script has a long thought.", "reasoning");
      if (protocol !== "responses") yield { do: "finish", reason: "stop" };
      yield wait(PAUSE_MS);
      yield* say("The answer is 42.");
      yield end();
    },
  },
  {
    id: "demo-error-words",
    about: "400 with the error's words in a body of another shape",
    fails: true,
    refuse: () =>
      sameForAll({
        status: 400,
        type: "invalid_request_error",
        message: "Invalid model name",
        body: { detail: { error: "Invalid model name passed in model=nope" } },
      }),
  },
  {
    id: "demo-error-call",
    about: "an error within the arguments of a call",
    fails: true,
    *script() {
      yield { do: "call", name: "get_weather", kind: "function" };
      yield { do: "argument", text: '{"city":' };
      yield fail(sameForAll({ status: 529, type: "overloaded_error", message: "Overloaded" }));
    },
  },
];

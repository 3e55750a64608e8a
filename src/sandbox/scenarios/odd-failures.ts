import { sameForAll } from "../provider-error.ts";
import type { Scenario } from "../scenario.ts";
import { fail, numbered, type ScriptStep } from "../script.ts";

/** Some text, then an end under another name than the protocol's. */
function endingIn(id: string, about: string, word: string): Scenario {
  return {
    id,
    about,
    fails: true,
    *script() {
      yield* numbered(10);
      yield { do: "end", reason: "other", word };
    },
  };
}

/** An announcement of a failure that no protocol knows. */
const UNKNOWN_FAILURE: ScriptStep = {
  do: "frame",
  payload: {
    openai: { choices: null, error_type: "BadRequestError", error_message: "the engine died" },
    anthropic: { success: false, code: 500, msg: "the engine died" },
    responses: { type: "response.notice", success: false, code: 500, msg: "the engine died" },
  },
};

/**
 * Models that tell of a failure as other providers than OpenAI and Anthropic were seen to do: in words and fields that the
 * protocol does not have.
 */
export const oddFailures: readonly Scenario[] = [
  endingIn(
    "demo-end-window",
    "ten tokens, then a finish reason that means a full window",
    "model_context_window_exceeded",
  ),
  endingIn(
    "demo-end-network",
    "ten tokens, then a finish reason that means a broken network",
    "network_error",
  ),
  endingIn("demo-end-filter", "ten tokens, then a finish reason that means a filter", "sensitive"),
  {
    id: "demo-end-unknown",
    about: "ten tokens, then a harmless finish reason that nobody knows; Responses has no place for one",
    fails: true,
    *script() {
      yield* numbered(10);
      yield { do: "end", reason: "stop", word: "fertig" };
    },
  },
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

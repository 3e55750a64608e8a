import type { JsonObject } from "../../core/json.ts";
import type { ProtocolName } from "../../core/translation.ts";
import type { ScriptContext } from "../parsed-request.ts";
import type { Scenario } from "../scenario.ts";
import { end, numbered, type Script, type ScriptStep, say, wait } from "../script.ts";

const WHOLE = "Hello there, whoever you are.";
const PAUSE_MS = 11_500;
const LARGE_CHARACTERS = 1_572_864;
const CACHED = 20_000;

function frame(payload: Readonly<Partial<Record<ProtocolName, JsonObject>>>): ScriptStep {
  return { do: "frame", payload };
}

/** A chunk of chat completions with one choice. */
function choice(fields: JsonObject): JsonObject {
  return { choices: [{ index: 0, finish_reason: null, ...fields }] };
}

function largeEvent(): ScriptStep {
  const data = "A".repeat(LARGE_CHARACTERS);
  const images = [{ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }];
  return frame({
    openai: choice({ delta: { content: "", images } }),
    anthropic: { type: "x_image", data },
    responses: { type: "response.image_generation_call.partial_image", partial_image_b64: data },
  });
}

function usageFrame(usage: JsonObject): JsonObject {
  return { choices: [], usage };
}

/** A script for streams alone: whoever does not stream gets a plain answer. */
function streamed(script: (context: ScriptContext) => Script): (context: ScriptContext) => Script {
  return (context) => (context.stream ? script(context) : plain());
}

/** The text in the events of one protocol that the usual writer would not write so. */
function* textElsewhere({ protocol }: ScriptContext): Script {
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

/** Models that give good answers in odd forms, as other providers than OpenAI and Anthropic were seen to do. */
export const oddForms: readonly Scenario[] = [
  {
    id: "demo-text-message",
    about: "the text in `message` beside an empty delta; in Anthropic's protocol in the block's start",
    fails: true,
    script: streamed(textElsewhere),
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
    id: "demo-text-json",
    about: "JSON though a stream was asked for, with an empty delta beside the message (chat completions)",
    fails: true,
    json: true,
    respond: (_path, protocol) => {
      const message = { role: "assistant", content: WHOLE };
      const body = {
        id: "x",
        object: "chat.completion",
        ...choice({ delta: {}, message, finish_reason: "stop" }),
      };
      return protocol === "openai" ? Response.json(body) : undefined;
    },
    script: () => [...say(WHOLE), end()],
  },
  {
    id: "demo-usage-total",
    about: "cached tokens that only the total of the usage holds (chat completions)",
    fails: true,
    script: streamed(function* ({ protocol }) {
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
    }),
  },
  {
    id: "demo-usage-zeros",
    about: "usage, and zeros for it at the end",
    fails: true,
    script: streamed(function* ({ protocol }) {
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
    }),
  },
  {
    id: "demo-large-event",
    about: "an event of 1.5 MiB between two texts",
    fails: true,
    *script() {
      yield* say("Here is the cat.");
      yield largeEvent();
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
];

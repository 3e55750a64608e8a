import type { OfferedTool, ParsedRequest } from "../parsed-request.ts";
import type { Scenario } from "../scenario.ts";
import { end, piecesOf, type Script, say } from "../script.ts";
import { argumentsFor, call, firstTool, twoTools } from "../tool-use.ts";

const THANKS =
  "[demo] Thank you, the result of the tool has arrived. This is a script, not a language model.";

/** Calls once, and says thanks when the result is there. */
function calling(
  id: string,
  about: string,
  script: (context: ParsedRequest) => Script,
  more: Partial<Scenario> = {},
): Scenario {
  return {
    id,
    about,
    ...more,
    *script(context) {
      if (!context.afterTool) return yield* script(context);
      yield* say(THANKS);
      yield end();
    },
  };
}

function* start(tool: OfferedTool, args: readonly string[]): Script {
  yield { do: "call", name: tool.name, kind: tool.kind, namespace: tool.namespace };
  for (const text of args) yield { do: "argument", text };
}

function half(tool: OfferedTool, text: string): readonly string[] {
  const pieces = piecesOf(argumentsFor(tool, text));
  return pieces.slice(0, Math.ceil(pieces.length / 2));
}

/** Models that call tools. */
export const toolCalls: readonly Scenario[] = [
  calling(
    "demo-tool",
    "a call of the first tool offered; text once the result is there",
    function* (context) {
      yield* call(firstTool(context), context.text);
      yield end("tool_calls");
    },
  ),
  {
    id: "demo-reasoning-tool",
    about: "reasoning, then a call of the first tool; reasoning and text once the result is there",
    *script(context) {
      yield* say("The script thinks about tools.", "reasoning");
      if (context.afterTool) {
        yield* say(THANKS);
        return yield end();
      }
      yield* call(firstTool(context), context.text);
      yield end("tool_calls");
    },
  },
  calling("demo-parallel", "two calls in one answer", function* (context) {
    for (const tool of twoTools(context)) yield* call(tool, context.text);
    yield end("tool_calls");
  }),
  calling(
    "demo-interleaved",
    "two calls whose arguments alternate; one after the other in Anthropic's protocol",
    function* (context) {
      const tools = twoTools(context);
      for (const { name, kind, namespace } of tools) yield { do: "call", name, kind, namespace };
      const pieces = tools.map((tool) => piecesOf(argumentsFor(tool, context.text)));
      for (let at = 0; pieces.some(({ length }) => at < length); at++) {
        for (const [number, { [at]: text }] of pieces.entries()) {
          if (text !== undefined) yield { do: "argument", text, call: number };
        }
      }
      yield end("tool_calls");
    },
  ),
  calling("demo-no-arguments", "a call without any arguments", function* (context) {
    yield* start(firstTool(context), []);
    yield end("tool_calls");
  }),
  calling("demo-text-calls", "text, a call, text, and another call", function* (context) {
    const [first, second] = twoTools(context);
    yield* say("[demo] First one tool, ");
    yield* call(first, context.text);
    yield* say("then another.");
    yield* call(second, context.text);
    yield end("tool_calls");
  }),
  calling("demo-stop-calls", "a call, and `stop` as the finish reason", function* (context) {
    yield* call(firstTool(context), context.text);
    yield end("stop");
  }),
  calling(
    "demo-cut-call",
    "cut within the arguments of a call",
    (context) => start(firstTool(context), half(firstTool(context), context.text)),
    { fails: true },
  ),
  calling(
    "demo-length-call",
    "ends for length within the arguments of a call",
    function* (context) {
      yield* start(firstTool(context), half(firstTool(context), context.text));
      yield end("length");
    },
    { fails: true },
  ),
];

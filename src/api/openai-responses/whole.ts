import type { Usage } from "../../core/event.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { WholeAnswer } from "../dialect.ts";
import { hasLoneSurrogates } from "../lone-surrogates.ts";
import { clientTools } from "./client-tools.ts";
import { compactionItem } from "./compaction.ts";
import { endState } from "./encoder.ts";
import { EventWriter } from "./event-writer.ts";
import { OutputWriter } from "./output-writer.ts";
import { ResponseObject, type ResponsesContext } from "./response-object.ts";

/** An answer as one `response`: the items are made as those of a stream are, so that both are the same. */
export function wholeResponse(answer: WholeAnswer, context: ResponsesContext): unknown {
  const passed = answer.raw === undefined ? undefined : conforming(answer.raw);
  if (passed !== undefined) return context.renamed ? { ...passed, model: context.model() } : passed;
  const writer = new OutputWriter(
    context.id,
    new EventWriter(),
    clientTools(context.body),
    context.reasoningCarriers,
  );
  for (const part of answer.parts) {
    if (part.type === "reasoning") writer.reasoning(part);
    else if (part.type === "text") writer.text({ type: "text", text: part.text });
    else writer.text({ type: "text", text: part.refusal, refusal: true });
  }
  for (const [index, { id, function: called }] of answer.toolCalls.entries()) {
    writer.call({ type: "tool-call", index, id, name: called.name, arguments: called.arguments });
  }
  writer.finish(answer.end);
  return parseJson(new ResponseObject(context).json(endState(answer.end, writer.output)));
}

/** A whole answer that is a compaction and nothing else. */
export function wholeCompaction(
  summary: string,
  usage: Usage | undefined,
  context: ResponsesContext,
): unknown {
  const output = [compactionItem(context.id, summary)];
  return parseJson(new ResponseObject(context).json({ status: "completed", output, usage }));
}

/** The provider's own answer, where it is one. */
function conforming(raw: string): JsonObject | undefined {
  const json = parseJson(raw);
  return isObject(json) && Array.isArray(json["output"]) && !hasLoneSurrogates(raw) ? json : undefined;
}

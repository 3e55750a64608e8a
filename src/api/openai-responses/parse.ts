import { invalidField } from "../../core/failure.ts";
import { asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type { ChatRequest, Message, ReasoningEffort, Sampling } from "../../core/message.ts";
import { REASONING_EFFORTS } from "../../core/message.ts";
import { type ProtocolName, Translation } from "../../core/translation.ts";
import { openaiOptions } from "../openai-options.ts";
import { InputReader } from "./parse-input.ts";
import { parseFormat, parseToolChoice, parseTools } from "./parse-tools.ts";
import type { ResponsesBody } from "./schema.ts";
import { responsesTranslator } from "./translation.ts";

/**
 * A response's body as the request that it makes.
 * @throws {ChatError} for what cannot be carried over to the provider's protocol
 */
export function parseResponses(
  body: ResponsesBody,
  protocol: ProtocolName,
  translation: Translation,
): ChatRequest {
  if (protocol === "responses") return passedOn(body);
  responsesTranslator.apply(body, protocol, translation);
  checkCalls(objectsIn(body.input));
  const messages = conversation(body, translation);
  if (messages.length === 0) throw invalidField("input", "There is nothing to answer.");
  const tools = parseTools(body, translation);
  return {
    model: body.model,
    messages,
    ...openaiOptions(body, {
      tools,
      toolChoice: parseToolChoice(body.tool_choice),
      responseFormat: parseFormat(body.text?.format),
      verbosity: body.text?.verbosity,
      keepsAll: protocol === "openai",
    }),
    sampling: parseSampling(body),
  };
}

/** The body goes out as it came; the inner form is only for what this server itself wants to know of it. */
function passedOn(body: ResponsesBody): ChatRequest {
  // It is this server that holds it.
  const { background: _, ...sent } = body;
  return {
    model: body.model,
    messages: conversation(body, new Translation(), true),
    sampling: {},
    includeUsage: true,
    raw: { protocol: "responses", body: sent },
  };
}

/** The instructions, and the messages of the input. @param lenient passes over what cannot be read */
export function conversation(
  { input, instructions }: Pick<ResponsesBody, "input" | "instructions">,
  translation: Translation,
  lenient = false,
): Message[] {
  const said = new InputReader(translation, lenient).read(input);
  return instructions ? [{ role: "system", content: instructions }, ...said] : said;
}

/**
 * Refuses an input whose calls and outputs do not pair: a provider would refuse it without saying which, again at each
 * retry; and to leave an output out, or to make one up, would change what the model knows.
 */
function checkCalls(items: readonly JsonObject[]): void {
  const ids = (ending: string) =>
    new Set(
      items.flatMap(({ type, call_id: id }) => (asText(type)?.endsWith(ending) ? (asText(id) ?? []) : [])),
    );
  const called = ids("_call");
  const answered = ids("_call_output");
  for (const [i, { type, call_id: given }] of items.entries()) {
    const id = asText(given) ?? "";
    const shown = id === "" ? "without an id" : `"${id.slice(0, 100)}"`;
    if (asText(type)?.endsWith("_call_output") && !called.has(id))
      throw invalidField(`input[${i}].call_id`, `There is an output of the call ${shown}, but no such call.`);
    if ((type === "function_call" || type === "custom_tool_call") && !answered.has(id))
      throw invalidField(`input[${i}].call_id`, `The call ${shown} has no output.`);
  }
}

function parseSampling(body: ResponsesBody): Sampling {
  const effort = body.reasoning?.effort;
  return {
    ...(typeof body.temperature === "number" ? { temperature: body.temperature } : {}),
    ...(typeof body.top_p === "number" ? { top_p: body.top_p } : {}),
    ...(typeof body.max_output_tokens === "number" ? { max_tokens: body.max_output_tokens } : {}),
    ...(effort ? { reasoning_effort: known(effort) } : {}),
  };
}

function known(effort: string): ReasoningEffort {
  const word = REASONING_EFFORTS.find((one) => one === effort);
  if (word === undefined)
    throw invalidField("reasoning.effort", `It is one of ${REASONING_EFFORTS.join(", ")}.`);
  return word;
}

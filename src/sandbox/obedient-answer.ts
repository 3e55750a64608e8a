import { demoAnswer } from "./demo-answer.ts";
import { summaryOf } from "./demo-summary.ts";
import { exampleValue } from "./example-value.ts";
import type { ParsedRequest, ScriptContext } from "./parsed-request.ts";
import { answerWith, end, type Script, say } from "./script.ts";
import { call, toolsToCall } from "./tool-use.ts";

const MOST_COUNTED = 500;
/** Providers without a JSON mode are asked for it in words. */
const JSON_ALONE = /\bJSON object\b[^.]*\b(?:nothing else|only|alone)\b/i;
const CAPITALS: Readonly<Record<string, string>> = {
  france: "Paris",
  japan: "Tokyo",
  italy: "Rome",
  england: "London",
  germany: "Berlin",
  spain: "Madrid",
};

/**
 * What a model does that obeys: tools and their choice, JSON mode and schemas, stop sequences, reasoning where it was
 * asked for; and answers to the questions that test programs ask.
 */
export function* obedient(context: ScriptContext): Script {
  if (context.compact) {
    yield { do: "compaction", summary: summaryOf(context) };
    return yield end();
  }
  if (context.reasoning) yield* say("The request is to be obeyed, and that is soon done.", "reasoning");
  const tools = toolsToCall(context);
  for (const tool of tools) yield* call(tool, context.text);
  if (tools.length > 0) return yield end("tool_calls");
  yield* answerWith(textOf(context), context.stop);
}

function textOf(context: ScriptContext): string {
  const { format, text, system, prefill } = context;
  if (format.type === "json_schema") return JSON.stringify(exampleValue(format.schema, text));
  if (format.type === "json_object" || JSON_ALONE.test(system)) return JSON.stringify(objectAskedFor(text));
  const answer = context.afterTool ? "The tool has answered; a script says thank you." : plainAnswer(context);
  return prefill === "" ? answer : continuation(prefill, answer);
}

/** An object with the keys that the request puts in quotation marks. */
function objectAskedFor(text: string): Readonly<Record<string, unknown>> {
  const keys = [...text.matchAll(/"(\w+)"(?: \((?:an? )?(\w+)\))?/g)];
  if (keys.length === 0) return { answer: "yes" };
  return Object.fromEntries(
    keys.map(([, key, type]) => [key, /number|integer/.test(type ?? "") ? 36 : "Ada"]),
  );
}

function plainAnswer(context: ScriptContext): string {
  const { text, system } = context;
  return (
    /\b(?:exactly|only) the word "(\w+)"/i.exec(system)?.[1] ??
    /\b(?:Repeat|Say|Output|Reply with)\b[^:\n]*\b(?:exactly|only|nothing else|word for word)\b[^:\n]*: ?(.+)$/is.exec(
      text,
    )?.[1] ??
    counted(text) ??
    computed(text) ??
    capital(text) ??
    nameIn(context) ??
    (/\bsay (?:hello|hi)\b/i.test(text) ? "Hello!" : demoAnswer(context))
  );
}

function counted(text: string): string | undefined {
  const [, from, to] = /\bcount from (\d{1,3}) to (\d{1,3})\b/i.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const length = Math.min(MOST_COUNTED, Math.max(0, Number(to) - Number(from) + 1));
  return Array.from({ length }, (_, index) => Number(from) + index).join(", ");
}

function computed(text: string): string | undefined {
  const [, left, sign, right] = /\b(\d{1,6}) ?([-+*/]) ?(\d{1,6})\b/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const [a, b] = [Number(left), Number(right)];
  return String({ "+": a + b, "-": a - b, "*": a * b, "/": a / b }[sign]);
}

function capital(text: string): string | undefined {
  return CAPITALS[/\bcapital of (\w+)/i.exec(text)?.[1]?.toLowerCase() ?? ""];
}

function nameIn({ text, turns }: ParsedRequest): string | undefined {
  if (!/\bwhat is my name\b/i.test(text)) return undefined;
  return /\bmy name is (\p{Lu}\p{L}+)/iu.exec(turns.map((turn) => turn.text).join("\n"))?.[1];
}

/** The rest of the answer, where what is there already ends with its beginning. */
function continuation(prefill: string, answer: string): string {
  for (let length = Math.min(prefill.length, answer.length); length > 0; length--) {
    if (prefill.endsWith(answer.slice(0, length))) return answer.slice(length) || ".";
  }
  return ` ${answer}`;
}

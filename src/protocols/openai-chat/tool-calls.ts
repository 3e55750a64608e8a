import type { ChatEvent } from "../../core/event.ts";
import { asCount, asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type { AnswerEvents } from "../answer-events.ts";

interface Known {
  readonly index: number;
  id: string | undefined;
  hasName: boolean;
}

/**
 * Numbers the calls of a stream. Gemini sends no index: there a new id, or a name after a name, means the next call. Old
 * builds of Ollama give every call the index 0 (https://github.com/ollama/ollama/issues/7881): there a new id and name
 * after a whole call do. Names and ids sent again as `""` mean nothing.
 */
export class ToolCallReader {
  readonly #answer: AnswerEvents;
  /** By the index that the provider gives. */
  readonly #byIndex = new Map<number, Known>();
  readonly #all = new Set<Known>();
  #last: Known | undefined;
  #next = 0;

  constructor(answer: AnswerEvents) {
    this.#answer = answer;
  }

  /**
   * Reads what a delta or message says of calls.
   * @param mayRepeat it may repeat calls that came before it, which are not read again
   */
  read(delta: JsonObject, mayRepeat: boolean, out: ChatEvent[]): void {
    const given = delta["tool_calls"];
    const calls = Array.isArray(given) ? objectsIn(given) : objectsIn([given]);
    for (const [place, call] of calls.entries()) {
      if (!mayRepeat || !this.#isKnown(call, place)) this.#call(call, out);
    }
    // OpenAI's older form, one call without an id.
    const old = asObject(delta["function_call"]);
    if (old !== undefined && calls.length === 0) this.#call({ index: 0, function: old }, out);
  }

  #isKnown(call: JsonObject, place: number): boolean {
    const id = asText(call["id"]);
    const known = [...this.#all].find((one) => (id === undefined ? one.index === place : one.id === id));
    return known !== undefined && this.#answer.isWhole(known.index);
  }

  #call(call: JsonObject, out: ChatEvent[]): void {
    const called = asObject(call["function"]) ?? asObject(call["custom"]) ?? call;
    const id = asText(call["id"]) ?? (typeof call["id"] === "number" ? String(call["id"]) : undefined);
    const name = asText(called["name"]);
    const args = argumentsIn(called["arguments"] ?? called["input"]);
    const known = this.#find(asCount(call["index"]), id, name);
    known.id ??= id;
    known.hasName ||= name !== undefined;
    this.#last = known;
    this.#all.add(known);
    this.#answer.call(
      {
        index: known.index,
        ...(id === undefined ? {} : { id }),
        ...(name === undefined ? {} : { name }),
        ...(args === undefined ? {} : { arguments: args }),
      },
      out,
    );
  }

  #find(given: number | undefined, id: string | undefined, name: string | undefined): Known {
    const known = given === undefined ? this.#last : this.#byIndex.get(given);
    if (known !== undefined && !this.#isNext(known, given, id, name)) return known;
    const index = given === undefined || known !== undefined ? this.#next : given;
    const fresh: Known = { index, id: undefined, hasName: false };
    if (given !== undefined) this.#byIndex.set(given, fresh);
    this.#next = Math.max(this.#next, index + 1);
    return fresh;
  }

  #isNext(
    known: Known,
    given: number | undefined,
    id: string | undefined,
    name: string | undefined,
  ): boolean {
    const hasOtherId = id !== undefined && known.id !== undefined && id !== known.id;
    if (given === undefined) return hasOtherId || (id === undefined && name !== undefined && known.hasName);
    return hasOtherId && name !== undefined && known.hasName && this.#answer.isWhole(known.index);
  }
}

/** JSON text, letter for letter; some write the object itself. */
function argumentsIn(value: unknown): string | undefined {
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return asText(value);
}

import type { ChatEvent } from "../core/event.ts";
import { isObject, parseJson } from "../core/json.ts";
import type { ToolCall } from "../core/message.ts";

type CallEvent = Extract<ChatEvent, { type: "tool-call" }>;

/** One call as far as it has come. */
export interface LedgerCall {
  /** From 0, in the order in which the calls came to have a name: without gaps, whatever the provider counts. */
  readonly position: number;
  readonly id: string;
  readonly name: string;
  /** All of the argument text so far, letter for letter. */
  readonly arguments: string;
}

type Building = { -readonly [Key in keyof LedgerCall]: LedgerCall[Key] };

/**
 * Puts the deltas of an answer's tool calls together, by the provider's `index` alone: ids may come once, several times or
 * never, deltas of several calls may alternate, and the name may come after the id.
 */
export class CallLedger {
  readonly #calls = new Map<number, Building>();
  readonly #named: Building[] = [];
  readonly #idPrefix: string;

  /** @param idPrefix of the ids of calls whose provider gave none; unique for the answer */
  constructor(idPrefix: string) {
    this.#idPrefix = idPrefix;
  }

  /** The calls that have a name, by their position. */
  get calls(): readonly LedgerCall[] {
    return this.#named;
  }

  /** A call came without ever being named: nobody could make it. */
  get hasNameless(): boolean {
    return this.#named.length < this.#calls.size;
  }

  /**
   * Takes one delta.
   * @returns the call, whether this delta began it, and the argument text that is new; undefined while it has no name
   */
  take(event: CallEvent): { call: LedgerCall; begun: boolean; fresh: string } | undefined {
    let call = this.#calls.get(event.index);
    if (call === undefined) {
      call = { position: -1, id: "", name: "", arguments: "" };
      this.#calls.set(event.index, call);
    }
    const fresh = event.arguments ?? "";
    call.arguments += fresh;
    if (call.position >= 0) return { call, begun: false, fresh };
    if (event.id !== undefined) call.id ||= event.id;
    if (event.name !== undefined) call.name ||= event.name;
    if (call.name === "") return undefined;
    call.position = this.#named.length;
    call.id ||= `${this.#idPrefix}_${call.position}`;
    this.#named.push(call);
    return { call, begun: true, fresh: call.arguments };
  }
}

/** Whether the arguments are a complete JSON object, which nothing but white space can follow. */
export function isComplete(argumentText: string): boolean {
  return argumentText.trimEnd().endsWith("}") && isObject(parseJson(argumentText));
}

/** A call as it is replayed: one without arguments has `{}`, since providers refuse an empty text. */
export function toolCallOf(call: LedgerCall): ToolCall {
  const text = call.arguments.trim() === "" ? "{}" : call.arguments;
  return { id: call.id, type: "function", function: { name: call.name, arguments: text } };
}

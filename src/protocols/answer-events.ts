import type { ChatEvent, EndReason, Usage } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import { isObject, parseJson } from "../core/json.ts";
import { EmittedText } from "./emitted-text.ts";
import { brokenOff, finishMeaning } from "./finish-reasons.ts";
import { HalfJoiner } from "./well-formed.ts";

type Reasoning = Omit<Extract<ChatEvent, { type: "reasoning" }>, "type">;
type CallDelta = Omit<Extract<ChatEvent, { type: "tool-call" }>, "type">;

interface Call {
  readonly joiner: HalfJoiner;
  arguments: string;
}

/** How an answer ended, in the provider's words. */
export interface Ending {
  readonly word?: string | undefined;
  readonly stopSequence?: string | undefined;
  readonly usage?: Usage | undefined;
}

/**
 * The events of one answer, whatever the protocol: well-formed text, exactly one ending, calls under the names that the
 * client gave its tools, and an ending that says of calls that they are there.
 */
export class AnswerEvents {
  readonly #names: ReadonlyMap<string, string> | undefined;
  readonly #text = new HalfJoiner();
  readonly #refusal = new HalfJoiner();
  readonly #reasoning = new HalfJoiner();
  readonly #calls = new Map<number, Call>();
  /** What was said so far, and what was thought. */
  readonly said = new EmittedText();
  readonly thought = new EmittedText();
  over = false;
  hasRefusal = false;

  /** @param names from the names of tools that the provider was sent to the client's, where they differ */
  constructor(names?: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  /** Whether there is anything that a client would show or do. */
  get hasContent(): boolean {
    return !this.said.isEmpty || this.hasRefusal || this.#calls.size > 0;
  }

  /** Half of a pair of surrogates has come, and its text waits for the other. */
  get waitsForHalf(): boolean {
    return this.#text.waits;
  }

  /** Text that came without any escape: nothing in it needs one, and it is well-formed. */
  plainText(text: string, out: ChatEvent[]): void {
    if (this.#text.waits) return this.text(text, out);
    this.said.add(text);
    out.push({ type: "text", text, plain: true });
  }

  text(text: string, out: ChatEvent[]): void {
    const whole = this.#text.take(text);
    if (whole === "") return;
    this.said.add(whole);
    out.push({ type: "text", text: whole });
  }

  refusal(text: string, out: ChatEvent[]): void {
    const whole = this.#refusal.take(text);
    if (whole === "") return;
    this.hasRefusal = true;
    out.push({ type: "text", text: whole, refusal: true });
  }

  reasoning({ text, ...carriers }: Reasoning, out: ChatEvent[]): void {
    let whole = this.#reasoning.take(text);
    const completes = Object.keys(carriers).length > 0;
    if (completes) whole += this.#reasoning.flush();
    if (whole === "" && !completes) return;
    this.thought.add(whole);
    out.push({ type: "reasoning", text: whole, ...carriers });
  }

  call({ index, id, name, arguments: given }: CallDelta, out: ChatEvent[]): void {
    const call = this.#calls.get(index) ?? { joiner: new HalfJoiner(), arguments: "" };
    this.#calls.set(index, call);
    const args = given === undefined ? undefined : call.joiner.take(given);
    call.arguments += args ?? "";
    out.push({
      type: "tool-call",
      index,
      ...(id === undefined ? {} : { id: id.toWellFormed() }),
      ...(name === undefined ? {} : { name: this.#names?.get(name) ?? name.toWellFormed() }),
      ...(args === undefined || args === "" ? {} : { arguments: args }),
    });
  }

  /** Whether a call's arguments are a whole JSON object; nothing at all stands for an empty one. */
  isWhole(index: number): boolean {
    const args = this.#calls.get(index)?.arguments.trim();
    return args === "" || isObject(parseJson(args ?? "{"));
  }

  /** The provider has said all. A word for the end that means that it gave up makes an error of it. */
  end({ word, stopSequence, usage }: Ending, out: ChatEvent[]): void {
    if (this.over) return;
    const meaning = word === undefined ? "other" : finishMeaning(word);
    if (word !== undefined && meaning === "broken") return this.fail(brokenOff(word), usage, out);
    this.#flush(out);
    this.over = true;
    out.push({
      type: "end",
      reason: this.#reason(meaning === "broken" ? "other" : meaning),
      ...(word === undefined ? {} : { rawReason: word }),
      ...(stopSequence === undefined ? {} : { stopSequence: stopSequence.toWellFormed() }),
      ...(usage === undefined ? {} : { usage }),
    });
  }

  fail(failure: Failure, usage: Usage | undefined, out: ChatEvent[]): void {
    if (this.over) return;
    this.#flush(out);
    this.over = true;
    out.push({ type: "error", failure, ...(usage === undefined ? {} : { usage }) });
  }

  /** Gemini, Ollama and others say `stop` of an answer that calls (https://github.com/maximhq/bifrost/issues/3638). */
  #reason(said: EndReason): EndReason {
    if (said !== "stop" && said !== "other") return said;
    return [...this.#calls.keys()].some((index) => this.isWhole(index)) ? "tool_calls" : said;
  }

  /** Halves of pairs whose other half never came. */
  #flush(out: ChatEvent[]): void {
    const reasoning = this.#reasoning.flush();
    if (reasoning !== "") out.push({ type: "reasoning", text: reasoning });
    const text = this.#text.flush();
    if (text !== "") out.push({ type: "text", text });
    const refusal = this.#refusal.flush();
    if (refusal !== "") out.push({ type: "text", text: refusal, refusal: true });
    for (const [index, { joiner }] of this.#calls) {
      const rest = joiner.flush();
      if (rest !== "") out.push({ type: "tool-call", index, arguments: rest });
    }
  }
}

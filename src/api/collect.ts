import type { Batch, ChatEvent } from "../core/event.ts";
import { ChatError } from "../core/failure.ts";
import type { ReasoningPart, RefusalPart, TextPart } from "../core/message.ts";
import { CallLedger, isComplete, toolCallOf } from "./call-ledger.ts";
import type { WholeAnswer } from "./dialect.ts";
import { mayCutCalls, namelessCall } from "./ending.ts";
import { addReasoning } from "./reasoning-parts.ts";

type End = Extract<ChatEvent, { type: "end" }>;
type Part = TextPart | RefusalPart | ReasoningPart;

/** Puts a streamed answer together for a client that wants it whole. */
export class AnswerCollector {
  readonly #parts: Part[] = [];
  readonly #calls: CallLedger;
  #end: End | undefined;
  #raw: string | undefined;
  #frames = 0;

  /** @param id of the answer, for calls that came without one of their own */
  constructor(id: string) {
    this.#calls = new CallLedger(`call_${id}`);
  }

  /** @throws {ChatError} where the answer ends in a failure */
  batch(batch: Batch): void {
    for (const event of batch) this.#event(event);
  }

  /** Whether the answer is all there. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** @throws {ChatError} `incomplete` where the answer has not ended, `bad_output` where it holds what nobody can use */
  answer(): WholeAnswer {
    const end = this.#end;
    if (end === undefined) throw new ChatError({ type: "incomplete", message: "The answer was cut off." });
    if (this.#calls.hasNameless && !mayCutCalls(end)) throw new ChatError(namelessCall());
    // Half a call must never look callable.
    const whole = this.#calls.calls.filter((call) => !mayCutCalls(end) || isComplete(call.arguments));
    return {
      parts: this.#parts,
      toolCalls: whole.map(toolCallOf),
      end,
      ...(this.#raw === undefined || this.#frames > 1 ? {} : { raw: this.#raw }),
    };
  }

  #event(event: ChatEvent): void {
    switch (event.type) {
      case "text":
        return this.#text(event.text, event.refusal === true);
      case "reasoning":
        return addReasoning(this.#parts, event);
      case "tool-call":
        this.#calls.take(event);
        return;
      case "frame":
        this.#raw = event.data;
        this.#frames++;
        return;
      case "frames":
        this.#raw = undefined;
        return;
      case "end":
        this.#end = event;
        return;
      case "error":
        throw new ChatError(event.failure);
    }
  }

  #text(text: string, isRefusal: boolean): void {
    if (text === "") return;
    const last = this.#parts.at(-1);
    if (isRefusal && last?.type === "refusal") this.#replace({ ...last, refusal: last.refusal + text });
    else if (!isRefusal && last?.type === "text") this.#replace({ ...last, text: last.text + text });
    else this.#parts.push(isRefusal ? { type: "refusal", refusal: text } : { type: "text", text });
  }

  #replace(part: Part): void {
    this.#parts[this.#parts.length - 1] = part;
  }
}

/**
 * Reads an answer to its end.
 * @param id of the answer
 * @throws {ChatError} with the failure, where it ends in one
 */
export async function collectAnswer(
  answer: { next(): Promise<Batch | undefined> },
  id: string,
): Promise<WholeAnswer> {
  const collector = new AnswerCollector(id);
  while (!collector.isOver) {
    const batch = await answer.next();
    if (batch === undefined) break;
    collector.batch(batch);
  }
  return collector.answer();
}

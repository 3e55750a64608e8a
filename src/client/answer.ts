import type { EndReason, Usage } from "../core/event.ts";
import type { Receipt } from "../core/receipt.ts";
import { NashError } from "./error.ts";
import type { StreamEvent, ToolCall } from "./types.ts";

/**
 * One answer while it comes: `for await (const text of answer)`. Nothing is asked before the loop begins, leaving it
 * ends the request, and it can be read once. The fields tell what is known so far.
 */
export class Answer implements AsyncIterable<string> {
  /** All text so far. */
  text = "";
  /** Known from the first line on. */
  sessionId: string | undefined;
  /** Only where the request has `stream_options.include_usage`; null where the provider reported none. */
  usage: Usage | null | undefined;
  finishReason: EndReason | undefined;
  /** What became of it; only where the request has `stream_options.include_receipt`, or somebody stopped it. */
  receipt: Receipt | undefined;
  /** The answer came to its end. */
  complete = false;
  readonly #events: AsyncIterable<StreamEvent>;
  readonly #calls = new Map<number, ToolCall>();

  constructor(events: AsyncIterable<StreamEvent>) {
    this.#events = events;
  }

  /** The calls of tools, in the order of their indexes. None before the answer is complete: half a call is not to be run. */
  get toolCalls(): readonly ToolCall[] {
    if (!this.complete) return [];
    return [...this.#calls].sort(([one], [other]) => one - other).map(([, call]) => call);
  }

  /** Every event, reasoning and usage among them. */
  async *events(): AsyncGenerator<StreamEvent, void, void> {
    try {
      for await (const event of this.#events) {
        if (event.type === "text") this.text += event.text;
        else if (event.type === "tool_call") {
          const { id = "", name = "", arguments: before = "" } = this.#calls.get(event.index) ?? {};
          this.#calls.set(event.index, {
            id: event.id ?? id,
            name: event.name ?? name,
            arguments: before + (event.arguments ?? ""),
          });
        } else if (event.type === "session") this.sessionId = event.sessionId;
        else if (event.type === "usage") {
          this.usage = event.usage;
          this.finishReason = event.finishReason;
        } else if (event.type === "receipt") this.receipt = event.receipt;
        yield event;
      }
      this.complete = this.receipt?.complete ?? true;
    } catch (error) {
      if (error instanceof NashError) this.sessionId ??= error.sessionId;
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    for await (const event of this.events()) if (event.type === "text") yield event.text;
  }
}

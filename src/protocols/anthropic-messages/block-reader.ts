import type { ChatEvent } from "../../core/event.ts";
import { asCount, asObject, asText, type JsonObject, objectsIn } from "../../core/json.ts";
import type { AnswerEvents } from "../answer-events.ts";
import { EmittedText } from "../emitted-text.ts";

/** Names of deltas, for blocks and proxies that leave the name out. */
const DELTA_FIELDS = ["text", "thinking", "signature", "partial_json"] as const;

/**
 * Reads content blocks and what is added to them. A block's text counts once: proxies have repeated it whole when the block
 * or the message stops, and with the signature (https://github.com/open-webui/open-webui/issues/29799).
 */
export class BlockReader {
  readonly #answer: AnswerEvents;
  /** The blocks that are calls of the client's tools, by their index: others' inputs look the same. */
  readonly #calls = new Set<number>();
  /** What the open block has said. */
  #open: { readonly index: number; readonly said: EmittedText } | undefined;

  /** What blocks said that came whole with the start of the message; they may come again one by one. */
  readonly #whole = new Map<number, EmittedText>();

  constructor(answer: AnswerEvents) {
    this.#answer = answer;
  }

  start(index: number, block: JsonObject, out: ChatEvent[]): void {
    if (this.#open?.index !== index)
      this.#open = { index, said: this.#whole.get(index) ?? new EmittedText() };
    if (block["type"] === "tool_use") {
      const repeats = this.#calls.has(index);
      this.#calls.add(index);
      if (!repeats) this.#call(index, block, out);
    } else if (block["type"] === "redacted_thinking") {
      const redacted = asText(block["data"]);
      if (redacted !== undefined) this.#answer.reasoning({ text: "", redacted }, out);
    } else if (block["type"] === "text" || block["type"] === "thinking") {
      this.#news(index, block, out);
    }
  }

  #call(index: number, block: JsonObject, out: ChatEvent[]): void {
    const id = asText(block["id"]);
    const name = asText(block["name"]);
    const input = asObject(block["input"]) ?? {};
    this.#answer.call(
      {
        index,
        ...(id === undefined ? {} : { id }),
        ...(name === undefined ? {} : { name }),
        // `{}` is a placeholder for the fragments that follow.
        ...(Object.keys(input).length === 0 ? {} : { arguments: JSON.stringify(input) }),
      },
      out,
    );
  }

  delta(index: number, delta: JsonObject, out: ChatEvent[]): void {
    const type = asText(delta["type"]) ?? DELTA_FIELDS.find((field) => asText(delta[field]) !== undefined);
    switch (type) {
      case "text_delta":
      case "text":
        return this.#text(index, asText(delta["text"]) ?? "", out);
      case "thinking_delta":
      case "thinking":
      case "signature_delta":
      case "signature": {
        const signature = asText(delta["signature"]);
        this.#said(index)?.add(asText(delta["thinking"]) ?? "");
        const text = asText(delta["thinking"]) ?? "";
        return this.#answer.reasoning({ text, ...(signature === undefined ? {} : { signature }) }, out);
      }
      case "input_json_delta":
      case "partial_json": {
        const json = asText(delta["partial_json"]);
        if (json !== undefined && this.#calls.has(index)) this.#answer.call({ index, arguments: json }, out);
      }
    }
  }

  /** Text that the fast path read. */
  plainText(index: number, text: string, out: ChatEvent[]): void {
    this.#said(index)?.add(text);
    this.#answer.plainText(text, out);
  }

  stop(index: number, block: JsonObject | undefined, out: ChatEvent[]): void {
    if (block !== undefined) this.start(index, block, out);
    if (this.#open?.index === index) this.#open = undefined;
  }

  /**
   * A message as a whole: all of it where nothing came before, else what its text adds to what was said.
   * @param content its blocks
   */
  message(content: unknown, out: ChatEvent[]): void {
    const blocks = objectsIn(content);
    const { said, thought, hasContent } = this.#answer;
    if (!hasContent && thought.isEmpty) {
      for (const [index, block] of blocks.entries()) {
        this.start(index, block, out);
        if (this.#open !== undefined) this.#whole.set(index, this.#open.said);
        this.#open = undefined;
      }
      return;
    }
    const text = blocks
      .map((block) => (block["type"] === "text" ? (asText(block["text"]) ?? "") : ""))
      .join("");
    const news = said.newsIn(text);
    if (news !== undefined && news !== "") this.#answer.text(news, out);
  }

  /** What a block holds beyond what was said in it. */
  #news(index: number, block: JsonObject, out: ChatEvent[]): void {
    const field = block["type"] === "text" ? "text" : "thinking";
    const whole = asText(block[field]) ?? "";
    const said = this.#said(index);
    const text = said === undefined || said.isEmpty ? whole : (said.newsIn(whole) ?? "");
    this.delta(index, { ...block, type: `${field}_delta`, [field]: text }, out);
  }

  #text(index: number, text: string, out: ChatEvent[]): void {
    this.#said(index)?.add(text);
    this.#answer.text(text, out);
  }

  #said(index: number): EmittedText | undefined {
    return this.#open?.index === index ? this.#open.said : undefined;
  }
}

/** A block's place. */
export function indexOf(event: JsonObject): number {
  return asCount(event["index"]) ?? 0;
}

import { asObject, type JsonObject } from "../../core/json.ts";
import { EVENT_NAME } from "../frames-in.ts";
import type { BlockType } from "./block-writer.ts";

/** The block that each kind of delta is for; kinds that are not here may come in any. */
const BLOCK_OF: Readonly<Record<string, RegExp>> = {
  text_delta: /^text$/,
  citations_delta: /^text$/,
  thinking_delta: /^thinking$/,
  signature_delta: /^thinking$/,
  input_json_delta: /tool_use$/,
};

const TYPES: ReadonlySet<unknown> = new Set(["text", "thinking", "redacted_thinking", "tool_use"]);

/** Whether a provider's events come in an order that Anthropic's SDKs take: they throw at others, or mix blocks up. */
export class BlockOrder {
  /** Of the last block that began. */
  index = -1;
  #open: string | undefined;
  #hasStarted = false;

  /** The message has begun. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** What the encoder calls the open block. */
  get open(): BlockType | undefined {
    if (this.#open === undefined) return undefined;
    return TYPES.has(this.#open) ? (this.#open as BlockType) : "other";
  }

  /** Takes one event, if it may come now. */
  takes(event: JsonObject): boolean {
    if (event["type"] === "message_start") {
      if (this.#hasStarted) return false;
      this.#hasStarted = true;
      return true;
    }
    return event["type"] === "ping" || (this.#hasStarted && this.#takesBlock(event));
  }

  #takesBlock(event: JsonObject): boolean {
    const isOpenOne = this.#open !== undefined && event["index"] === this.index;
    switch (event["type"]) {
      case "content_block_start": {
        const type = asObject(event["content_block"])?.["type"];
        if (this.#open !== undefined || event["index"] !== this.index + 1 || typeof type !== "string")
          return false;
        this.index++;
        this.#open = type;
        return true;
      }
      case "content_block_delta": {
        const kind = asObject(event["delta"])?.["type"];
        return isOpenOne && (BLOCK_OF[String(kind)]?.test(this.#open ?? "") ?? true);
      }
      case "content_block_stop":
        if (isOpenOne) this.#open = undefined;
        return isOpenOne;
      case "message_delta":
        return this.#open === undefined && typeof asObject(event["delta"])?.["stop_reason"] === "string";
      default:
        return typeof event["type"] === "string" && EVENT_NAME.test(event["type"]);
    }
  }
}

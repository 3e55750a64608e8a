import { encodeCarrier } from "../../core/carrier.ts";
import type { ReasoningPart } from "../../core/message.ts";
import { eventFrame } from "./events.ts";

/** The carrier of reasoning that its provider wants back as nothing but text. */
const PLAIN_CARRIER = encodeCarrier([{ type: "reasoning", text: "" }]);

export type BlockType = "text" | "thinking" | "redacted_thinking" | "tool_use" | "other";

/** Writes content blocks: numbered without gaps, one of them open at a time. */
export class BlockWriter {
  #index = -1;
  #open: BlockType | undefined;
  #isSigned = false;
  #textHead = "";
  readonly #carriers: boolean;

  /** @param carriers whether reasoning that no signature of Anthropic's belongs to travels in one of ours */
  constructor(carriers = true) {
    this.#carriers = carriers;
  }

  /** What stands in the signature's place, where anything does. */
  carrier(blocks: readonly ReasoningPart[]): string | undefined {
    return this.#carriers ? encodeCarrier(blocks) : undefined;
  }

  /** The kind of block that is open. */
  get open(): BlockType | undefined {
    return this.#open;
  }

  /** The client has been told of a block by someone else: it is open, or closed where there is no type. */
  follow(index: number, open: BlockType | undefined): void {
    this.#index = index;
    this.#open = open;
    this.#isSigned = false;
    this.#textHead = "";
  }

  /** Begins a block, after the one before it has been closed. */
  start(type: Exclude<BlockType, "other">, fields: object): string {
    const closing = this.stop();
    this.#index++;
    this.#open = type;
    this.#isSigned = false;
    this.#textHead = "";
    const block = { type, ...fields };
    return closing + eventFrame("content_block_start", { index: this.#index, content_block: block });
  }

  delta(type: string, fields: object): string {
    return eventFrame("content_block_delta", { index: this.#index, delta: { type, ...fields } });
  }

  /** @param json the text as JSON */
  text(json: string): string {
    if (this.#textHead === "") {
      const empty = this.delta("text_delta", { text: "" });
      this.#textHead = empty.slice(0, empty.lastIndexOf('""'));
    }
    return `${this.#textHead}${json}}}\n\n`;
  }

  /** The last delta of a thinking block. */
  sign(signature: string): string {
    this.#isSigned = true;
    return this.delta("signature_delta", { signature });
  }

  /** Closes the block that is open, if any: without a signature clients would drop a thinking block. */
  stop(): string {
    if (this.#open === undefined) return "";
    const signature =
      this.#open === "thinking" && !this.#isSigned && this.#carriers ? this.sign(PLAIN_CARRIER) : "";
    this.#open = undefined;
    return signature + eventFrame("content_block_stop", { index: this.#index });
  }
}

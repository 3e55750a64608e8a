import type { JsonObject } from "../../core/json.ts";
import type { ParsedRequest } from "../parsed-request.ts";
import {
  type Ending,
  randomId,
  type StreamWriter,
  type TokenCount,
  type ToolCallStart,
} from "../protocol.ts";
import type { ProviderError } from "../provider-error.ts";
import { seal } from "../sealed.ts";
import { endOf, itemBody, newItem, type OutputItem, partBody, responseBody } from "./response-body.ts";

const PADDING = "Zx3kQ8vTn0LwRb5y";

/** Writes the events of a response in the order and shapes of api.openai.com, which sends no `[DONE]`. */
export class ResponsesWriter implements StreamWriter {
  readonly #parsed: ParsedRequest;
  readonly #id = randomId("resp_");
  readonly #created = Math.floor(Date.now() / 1_000);
  readonly #items: OutputItem[] = [];
  /** Calls stay open until something else begins, so that their deltas may alternate. */
  #open: OutputItem[] = [];
  #begun = false;
  #events = 0;

  constructor(parsed: ParsedRequest) {
    this.#parsed = parsed;
  }

  begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    const response = this.#response({});
    return this.#event("response.created", { response }) + this.#event("response.in_progress", { response });
  }

  text(token: string): string {
    return this.#say(token, false);
  }

  refusal(token: string): string {
    return this.#say(token, true);
  }

  reasoning(token: string): string {
    let start = "";
    let item = this.#current("reasoning");
    if (item === undefined) {
      item = this.#newReasoning();
      start = this.#add(item);
      const part = { type: "summary_text", text: "" };
      start += this.#itemEvent(item, "response.reasoning_summary_part.added", { summary_index: 0, part });
    }
    item.text += token;
    const delta = { summary_index: 0, delta: token, ...this.#padding() };
    return start + this.#itemEvent(item, "response.reasoning_summary_text.delta", delta);
  }

  redacted(): string {
    return this.#add(this.#newReasoning()) + this.#closeOpen();
  }

  compaction(summary: string): string {
    return this.#add(newItem("compaction", { sealed: seal(summary) })) + this.#closeOpen();
  }

  call({ name, kind, namespace }: ToolCallStart): string {
    return this.#add(newItem("call", { call: { name, kind, namespace } }));
  }

  argument(piece: string, call?: number): string {
    const calls = this.#items.filter(({ type }) => type === "call");
    const item = calls[call ?? calls.length - 1];
    if (item === undefined) return "";
    item.text += piece;
    return this.#itemEvent(item, `${argumentEvent(item)}.delta`, { delta: piece, ...this.#padding() });
  }

  frame(payload: JsonObject): string {
    const { type, ...rest } = payload;
    return this.#event(String(type), rest);
  }

  idle(): string {
    return ": keep-alive\n\n";
  }

  finish(ending: Ending, usage: TokenCount): string {
    const status = ending.reason === "length" ? "incomplete" : "completed";
    const start = this.begin() + this.#closeOpen(status);
    const response = this.#response(endOf(ending, usage), status);
    return start + this.#event(`response.${String(response["status"])}`, { response });
  }

  close(): string {
    return "";
  }

  fail(error: ProviderError): string {
    const { type, message, code, param } = error;
    const told = { type, code: code ?? null, message, param: param ?? null };
    const response = this.#response({ status: "failed", error: { code: code ?? type, message } });
    return (
      this.#event("error", { error: told }) +
      (this.#begun ? this.#event("response.failed", { response }) : "")
    );
  }

  /** The whole response, once all its steps have been written. */
  whole(ending: Ending, usage: TokenCount): JsonObject {
    return this.#response(endOf(ending, usage), ending.reason === "length" ? "incomplete" : "completed");
  }

  #say(token: string, refusal: boolean): string {
    let start = "";
    let item = this.#current("message");
    if (item === undefined || item.refusal !== refusal) {
      item = newItem("message", { refusal });
      start = this.#add(item);
      start += this.#itemEvent(item, "response.content_part.added", {
        content_index: 0,
        part: partBody(item),
      });
    }
    item.text += token;
    const name = refusal ? "response.refusal.delta" : "response.output_text.delta";
    const delta = {
      content_index: 0,
      delta: token,
      ...(refusal ? {} : { logprobs: [] }),
      ...this.#padding(),
    };
    return start + this.#itemEvent(item, name, delta);
  }

  #newReasoning(): OutputItem {
    return newItem("reasoning", this.#parsed.includeEncrypted ? { sealed: seal(randomId("thought_")) } : {});
  }

  #current(type: OutputItem["type"]): OutputItem | undefined {
    return this.#open.find((item) => item.type === type);
  }

  #add(item: OutputItem): string {
    const besideOthers = item.type === "call" && this.#open.every(({ type }) => type === "call");
    const before = this.begin() + (besideOthers ? "" : this.#closeOpen());
    this.#items.push(item);
    this.#open.push(item);
    const added = { output_index: this.#items.indexOf(item), item: itemBody(item, "in_progress") };
    return before + this.#event("response.output_item.added", added);
  }

  #closeOpen(status: "completed" | "incomplete" = "completed"): string {
    const closed = this.#open.map((item) => this.#done(item, status));
    this.#open = [];
    return closed.join("");
  }

  #done(item: OutputItem, status: "completed" | "incomplete"): string {
    const { text, call } = item;
    // Numbered when it is written, so it is made after what comes before it.
    const done = () =>
      this.#event("response.output_item.done", {
        output_index: this.#items.indexOf(item),
        item: itemBody(item, status),
      });
    switch (item.type) {
      case "message":
        return this.#messageDone(item) + done();
      case "reasoning": {
        if (text === "") return done();
        const part = { type: "summary_text", text };
        return (
          this.#itemEvent(item, "response.reasoning_summary_text.done", { summary_index: 0, text }) +
          this.#itemEvent(item, "response.reasoning_summary_part.done", { summary_index: 0, part }) +
          done()
        );
      }
      case "call": {
        if (status === "incomplete") return done();
        const whole = call?.kind === "custom" ? { input: text } : { name: call?.name, arguments: text };
        return this.#itemEvent(item, `${argumentEvent(item)}.done`, whole) + done();
      }
      case "compaction":
        return done();
    }
  }

  #messageDone(item: OutputItem): string {
    const { text, refusal } = item;
    const whole = refusal ? { refusal: text } : { text, logprobs: [] };
    const name = refusal ? "response.refusal.done" : "response.output_text.done";
    return (
      this.#itemEvent(item, name, { content_index: 0, ...whole }) +
      this.#itemEvent(item, "response.content_part.done", { content_index: 0, part: partBody(item) })
    );
  }

  #response(fields: JsonObject, last: "completed" | "incomplete" = "completed"): JsonObject {
    const output = this.#items.map((item) =>
      itemBody(item, item === this.#items.at(-1) ? last : "completed"),
    );
    return responseBody(this.#parsed, { id: this.#id, created: this.#created, output, ...fields });
  }

  #itemEvent(item: OutputItem, type: string, fields: JsonObject): string {
    return this.#event(type, { item_id: item.id, output_index: this.#items.indexOf(item), ...fields });
  }

  #event(type: string, fields: JsonObject): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#events++, ...fields })}\n\n`;
  }

  /** A field of varying length on every delta. Nobody should read it. */
  #padding(): JsonObject {
    if (!this.#parsed.obfuscate) return {};
    return { obfuscation: PADDING.slice((this.#events * 7) % PADDING.length) };
  }
}

function argumentEvent({ call }: OutputItem): string {
  return call?.kind === "custom" ? "response.custom_tool_call_input" : "response.function_call_arguments";
}

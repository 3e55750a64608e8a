import type { Batch, ChatEvent, Usage } from "../../core/event.ts";
import type { Failure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import { DONE_FRAME, KEEP_ALIVE_FRAME } from "../../sse/encode.ts";
import type { Encoder } from "../dialect.ts";
import { isSpokenRefusal, mayCutCalls, namelessCall } from "../ending.ts";
import { openaiError } from "../openai-chat/errors.ts";
import { clientTools } from "./client-tools.ts";
import { compactionItem } from "./compaction.ts";
import { EventWriter } from "./event-writer.ts";
import { OutputWriter } from "./output-writer.ts";
import { ResponseObject, type ResponseState, type ResponsesContext } from "./response-object.ts";

type End = Extract<ChatEvent, { type: "end" }>;

/**
 * Encodes an answer as the events of OpenAI's Responses. They follow from the answer alone, so that the same answer makes
 * the same stream. @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponsesEncoder implements Encoder {
  readonly #context: ResponsesContext;
  readonly #response: ResponseObject;
  readonly #events = new EventWriter();
  readonly #output: OutputWriter;
  #begun = false;
  #adopted: JsonObject = {};

  constructor(context: ResponsesContext) {
    this.#context = context;
    this.#response = new ResponseObject(context);
    this.#output = new OutputWriter(
      context.id,
      this.#events,
      clientTools(context.body),
      context.reasoningCarriers,
    );
  }

  begin(): string {
    if (this.#begun) return "";
    this.#begun = true;
    const state: ResponseState = { status: "in_progress", output: [] };
    return this.#lifecycle("created", state) + this.#lifecycle("in_progress", state);
  }

  idle(): string {
    return KEEP_ALIVE_FRAME;
  }

  batch(batch: Batch): string {
    let frames = this.begin();
    for (const event of batch) frames += this.#event(event);
    return frames;
  }

  /** What a provider's own events have said of the response: what is written from here on goes on from it. */
  adopt(response: JsonObject): void {
    this.#begun = true;
    this.#adopted = response;
  }

  get adopted(): JsonObject {
    return this.#adopted;
  }

  /** @param sequence the number of an event that was passed on */
  follow(sequence: number | undefined): void {
    this.#events.follow(sequence);
  }

  /** The one item that Codex expects when it has asked for a compaction, and the end. */
  compaction(summary: string, usage: Usage | undefined): string {
    const item = compactionItem(this.#context.id, summary);
    const fields = { output_index: 0, item };
    return (
      this.begin() +
      this.#events.event("response.output_item.added", fields) +
      this.#events.event("response.output_item.done", fields) +
      this.#lifecycle("completed", { status: "completed", output: [item], usage }) +
      DONE_FRAME
    );
  }

  #event(event: ChatEvent): string {
    switch (event.type) {
      case "text":
        return this.#output.text(event);
      case "reasoning":
        return this.#output.reasoning(event);
      case "tool-call":
        return this.#output.call(event);
      case "frame":
      case "frames":
        return "";
      case "end":
        return this.#end(event);
      case "error":
        return this.#fail(event.failure, event.usage);
    }
  }

  #end(end: End): string {
    if (this.#output.hasNamelessCall && !mayCutCalls(end)) {
      const failure = namelessCall();
      this.#context.receipt?.(failure);
      return this.#fail(failure, end.usage);
    }
    const frames = this.#output.finish(end);
    const state = endState(end, this.#output.output);
    return frames + this.#lifecycle(state.status, state) + DONE_FRAME;
  }

  /** Both forms of it, since no single one reaches all clients: Codex reads the second, OpenAI's SDKs raise the first. */
  #fail(failure: Failure, usage: Usage | undefined): string {
    const error = openaiError(failure);
    const { code, message, param } = error;
    return (
      this.#events.event("error", { error, message, code, param }) +
      this.#lifecycle("failed", {
        status: "failed",
        output: this.#output.cutOutput,
        usage,
        error: { code: code ?? "server_error", message },
      }) +
      DONE_FRAME
    );
  }

  #lifecycle(name: string, state: ResponseState): string {
    return this.#events.json(`response.${name}`, `"response":${this.#response.json(state, this.#adopted)}`);
  }
}

/** How a response that has ended stands. */
export function endState(end: End, output: readonly unknown[]): ResponseState {
  const { usage } = end;
  if (end.reason === "length") {
    return { status: "incomplete", incompleteReason: "max_output_tokens", output, usage };
  }
  if (end.reason === "content_filter" || (end.reason === "refusal" && !isSpokenRefusal(end))) {
    return { status: "incomplete", incompleteReason: "content_filter", output, usage };
  }
  return { status: "completed", output, usage };
}

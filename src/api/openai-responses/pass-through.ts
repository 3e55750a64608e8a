import { type Batch, type ChatEvent, endsAnswer } from "../../core/event.ts";
import { asCount, asObject, asText, isObject, type JsonObject, parseJson } from "../../core/json.ts";
import { DONE_FRAME } from "../../sse/encode.ts";
import type { Encoder } from "../dialect.ts";
import { EVENT_NAME, framesIn } from "../frames-in.ts";
import { hasLoneSurrogates } from "../lone-surrogates.ts";
import { ModelRenamer } from "../model-renamer.ts";
import { ResponsesEncoder } from "./encoder.ts";
import { type ResponsesContext, responseId } from "./response-object.ts";

/**
 * The events of a provider that speaks Responses, passed on as they are. A provider that does not begin as the protocol
 * wants has its whole answer written anew from what was read of it; later, single events are repaired.
 */
export class ResponsesPassThrough implements Encoder {
  readonly #encoder: ResponsesEncoder;
  readonly #renamer: ModelRenamer;
  /** What is said of a response that is held here, whatever its provider says. */
  readonly #own: JsonObject;
  #mode: "undecided" | "passing" | "anew" | "over" = "undecided";
  /** The names of the items, by their order. */
  readonly #items = new Map<unknown, string | undefined>();
  /** The provider names items differently from event to event. */
  #misnames = false;
  /** The last event, where it was passed on without a look into it. */
  #unread: string | undefined;

  constructor(context: ResponsesContext) {
    this.#encoder = new ResponsesEncoder(context);
    this.#renamer = new ModelRenamer(context);
    this.#own = context.body.background ? { id: responseId(context), background: true } : {};
  }

  /** Nothing: the provider's own first event names the response. */
  begin(): string {
    return "";
  }

  idle(): string {
    return this.#encoder.idle();
  }

  batch(batch: Batch): string {
    let frames = "";
    for (const { data, name, events } of framesIn(batch))
      if (this.#mode !== "over")
        frames += data === undefined ? this.#all(events) : this.#frame(data, name, events);
    return frames;
  }

  /** An event without a frame of its own, or whose frame cannot be passed on. */
  #event(event: ChatEvent): string {
    const isPassing = this.#mode === "passing" && event.type !== "error";
    if (endsAnswer(event)) this.#mode = "over";
    if (!isPassing) {
      if (this.#unread !== undefined) this.#follow(parseJson(this.#unread));
      return this.#encoder.batch([event]);
    }
    return event.type === "end" ? DONE_FRAME : "";
  }

  #frame(data: string, name: string | undefined, events: Batch): string {
    const [only] = events;
    if (this.#mode === "passing" && name === TEXT_DELTA && events.length === 1 && !this.#misnames) {
      // What was read without being parsed is like what was parsed before it.
      if (only?.type === "text" && only.plain === true) {
        this.#unread = data;
        return frame(name, data);
      }
    }
    const json = parseJson(data);
    // An error is told in the forms that reach every client, whatever the provider's was.
    if (!isObject(json) || events.some(({ type }) => type === "error")) return this.#all(events);
    const type = asText(json["type"]) ?? name ?? "";
    if (type === "response.done") return this.#frame(closing(json), undefined, events);
    if (this.#mode === "undecided") this.#decide(type, json);
    else if (this.#mode === "passing" && this.#isUnannounced(type, json)) this.#mode = "anew";
    if (this.#mode !== "passing" || !EVENT_NAME.test(type)) return this.#all(events);
    if (type === "keepalive") return this.idle();
    const repaired = this.#repaired(type, json, data, events);
    const last = events.at(-1);
    return (
      (repaired === undefined ? "" : frame(type, repaired)) + (last?.type === "end" ? this.#event(last) : "")
    );
  }

  #all(events: Batch): string {
    let frames = "";
    for (const event of events) if (this.#mode !== "over") frames += this.#event(event);
    return frames;
  }

  /** OpenAI's SDKs refuse a stream that does not begin with `response.created`, or that has items nobody announced. */
  #decide(type: string, json: JsonObject): void {
    const response = asObject(json["response"]);
    const begins =
      type === "response.created" && response !== undefined && asText(response["id"]) !== undefined;
    this.#mode = begins ? "passing" : "anew";
    if (begins && response !== undefined) this.#encoder.adopt({ ...response, ...this.#own });
  }

  /** Something about an item that never began. Only while none has is the rest of the answer written anew. */
  #isUnannounced(type: string, { output_index: index }: JsonObject): boolean {
    return index !== undefined && type !== "response.output_item.added" && this.#items.size === 0;
  }

  /** What is written from here on is numbered after this event. */
  #follow(json: unknown): void {
    this.#unread = undefined;
    this.#encoder.follow(asCount(asObject(json)?.["sequence_number"]));
  }

  /** The data as it came, unless SDKs would refuse it; undefined where there is nothing to pass on. */
  #repaired(type: string, json: JsonObject, data: string, events: Batch): string | undefined {
    this.#follow(json);
    const response = asObject(json["response"]);
    if (response !== undefined) {
      const own = this.#encoder.adopted;
      const isSame = response["id"] === own["id"];
      if (!isSame) {
        const told = { ...response, id: own["id"], ...this.#own };
        return this.#renamer.rename(sound({ ...json, response: told }));
      }
      this.#encoder.adopt(response);
      return this.#renamer.rename(hasLoneSurrogates(data) ? sound(json) : data);
    }
    const index = json["output_index"];
    const id = asText(asObject(json["item"])?.["id"]);
    if (type === "response.output_item.added") this.#items.set(index, id);
    const known = this.#items.get(index);
    const isMisnamed = json["item_id"] !== undefined && known !== undefined && json["item_id"] !== known;
    this.#misnames ||= isMisnamed;
    const given = json["delta"];
    const delta = typeof given === "string" ? { delta: deltaIn(type, events, given) } : {};
    if (!isMisnamed && delta.delta === given && !hasLoneSurrogates(data)) return data;
    if (delta.delta === "") return undefined;
    return sound({ ...json, ...delta, ...(isMisnamed ? { item_id: known } : {}) });
  }
}

const TEXT_DELTA = "response.output_text.delta";

/** The last event under the name that SDKs wait for; OpenAI's realtime API and some providers call it `response.done`. */
function closing(json: JsonObject): string {
  const isCut = asObject(json["response"])?.["status"] === "incomplete";
  return JSON.stringify({ ...json, type: isCut ? "response.incomplete" : "response.completed" });
}

/** One event; JSON may have come on several lines. */
function frame(type: string, data: string): string {
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return `event: ${type}\ndata: ${lines}\n\n`;
}

/** The text that was read from a delta: half of a surrogate pair at its end has been kept for the next one. */
function deltaIn(type: string, events: Batch, given: string): string {
  if (type === "response.custom_tool_call_input.delta" || (given.isWellFormed() && type !== TEXT_DELTA))
    return given;
  let told = "";
  for (const event of events) {
    if (event.type === "text" || event.type === "reasoning") told += event.text;
    else if (event.type === "tool-call") told += event.arguments ?? "";
  }
  return told;
}

/** As JSON, with U+FFFD in place of what is no Unicode. */
function sound(json: JsonObject): string {
  return JSON.stringify(json, (_name, value: unknown) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );
}

import { type Batch, type ChatEvent, endsAnswer, tellsAnswer } from "../core/event.ts";
import { ChatError, type Failure } from "../core/failure.ts";
import { parseJson } from "../core/json.ts";
import type { ChatRequest } from "../core/message.ts";
import type { Secret } from "../core/secret.ts";
import { cutShort } from "../protocols/broken-answer.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { BodyReader, drain, readText } from "./body-reader.ts";
import { contentOf, isBinary } from "./content-sniffing.ts";
import { sanitizeFailure } from "./error-messages.ts";
import { failureBehind, isMalformed, type ProviderFetch } from "./provider-fetch.ts";
import { ResponseDecoder, type ResponseLimits } from "./response-decoder.ts";
import { AnswerTimeouts, type Timeouts } from "./timeouts.ts";

/** As much of an error's body as is read. */
const MAX_ERROR_BYTES = 64 * 1024;

/** One chat request to a provider, ready to be sent. */
export interface ProviderRequest {
  readonly protocol: Protocol;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON text of the body. */
  readonly body: string;
  /** What must not appear in anything that the provider says back. */
  readonly secrets: readonly Secret[];
  /** What the body was made from. */
  readonly chat: ChatRequest;
  /** What the provider sends is passed on to the client: batches hold it as `frame` events. */
  readonly passThrough: boolean;
  /** An answer to less than the whole prompt is none. */
  readonly strict?: boolean;
}

export interface AttemptOptions {
  readonly fetch: ProviderFetch;
  readonly timeouts: Timeouts;
  readonly limits: ResponseLimits;
}

/**
 * One attempt at getting an answer. It ends with exactly one `end` or `error`: timeouts, the network and
 * the provider's status all become that event. When its signal aborts, so does the provider's request.
 */
export class Attempt {
  #request: ProviderRequest | undefined;
  readonly #protocol: Protocol;
  readonly #chat: ChatRequest;
  readonly #passThrough: boolean;
  readonly #host: string;
  readonly #secrets: readonly Secret[];
  readonly #options: AttemptOptions;
  readonly #signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #timeouts: AnswerTimeouts;
  #body: BodyReader | undefined;
  #decoder: ResponseDecoder | undefined;
  /** Text or a call has come: an answer that says it is finished is then taken to be complete. */
  #hasContent = false;
  #hasBegun = false;
  #over = false;
  /** The failure is the provider's own word, not our timeout or the network. */
  fromProvider = false;

  /**
   * @param startedAt when the answer was asked for, on the process's monotonic clock
   * @param signal ends the provider's request; a reason that is a `ChatError` becomes the answer's `error`
   */
  constructor(request: ProviderRequest, options: AttemptOptions, startedAt: number, signal: AbortSignal) {
    this.#request = request;
    this.#protocol = request.protocol;
    this.#chat = request.chat;
    this.#passThrough = request.passThrough;
    this.#host = request.url.host;
    this.#secrets = request.secrets;
    this.#options = options;
    this.#signal = signal;
    this.#timeouts = new AnswerTimeouts(options.timeouts, startedAt, (error) =>
      this.#controller.abort(error),
    );
  }

  /** The headers of the response, where the client may want to see some of them. */
  headers: Headers | undefined;

  /** The model that answers, as the provider names it. */
  get model(): string | undefined {
    return this.#decoder?.model;
  }

  /** Tokens of the prompt, once the provider has reported them. */
  get promptTokens(): number | undefined {
    return this.#decoder?.promptTokens;
  }

  /** The next events, or undefined once the answer is over. Rejects where something of ours is broken, and ends the request. */
  async next(): Promise<Batch | undefined> {
    if (this.#over) return undefined;
    const events: ChatEvent[] = [];
    const request = this.#request;
    // What is sent is let go of, for an answer may run for an hour.
    this.#request = undefined;
    try {
      if (request === undefined) this.#timeouts.resume();
      else await this.#send(request, events);
      while (!(this.#hasBegun ? events.length > 0 : events.some(tellsAnswer))) await this.#read(events);
    } catch (error) {
      this.#finish(false);
      throw error;
    }
    this.#hasBegun = true;
    this.#settle(events);
    return events;
  }

  async #send(request: ProviderRequest, events: ChatEvent[]): Promise<void> {
    if (this.#signal.aborted) this.#abort();
    else this.#signal.addEventListener("abort", this.#abort, { once: true });
    this.#timeouts.request();
    const { url, headers, body } = request;
    const { signal } = this.#controller;
    let response: Response;
    try {
      response = await this.#options.fetch(url, { method: "POST", headers, body, signal });
    } catch (error) {
      events.push(failed(failureBehind(error, signal, this.#host)));
      return;
    }
    if (this.#passThrough) this.headers = response.headers;
    this.#body = new BodyReader(response.body);
    if (response.ok) await this.#open(response, this.#body, events);
    else await this.#readError(response, this.#body, events);
  }

  /** A status says enough: a body that hangs or breaks does not hide it. */
  async #readError({ status, headers }: Response, body: BodyReader, events: ChatEvent[]): Promise<void> {
    this.fromProvider = true;
    this.#timeouts.errorBody();
    const { text } = await readText(body, MAX_ERROR_BYTES).catch(() => ({ text: "" }));
    events.push(failed(this.#protocol.failure(status, headers, isBinary(text) ? "" : text)));
  }

  async #open(response: Response, body: BodyReader, events: ChatEvent[]): Promise<void> {
    const content = await contentOf(response, body);
    if (content === "stream") {
      const decoder = this.#protocol.decoder(this.#chat);
      this.#decoder = new ResponseDecoder(decoder, this.#options.limits, this.#passThrough);
      while (!events.some(tellsAnswer)) await this.#read(events);
      const error = events.find(({ type }) => type === "error");
      this.fromProvider = isFromProvider(error) && !this.#controller.signal.aborted;
    } else if (content === "json") {
      await this.#readWhole(body, events);
    } else {
      events.push(failed({ type: "bad_output", message: `The provider sent ${content}.` }));
    }
  }

  /** JSON: what was asked for, or what came in place of a stream. */
  async #readWhole(body: BodyReader, events: ChatEvent[]): Promise<void> {
    let read: Awaited<ReturnType<typeof readText>>;
    try {
      read = await readText(body, this.#options.limits.maxAnswer);
    } catch (error) {
      events.push(failed(failureBehind(error, this.#controller.signal, this.#host)));
      return;
    }
    const { text, whole } = read;
    const json = whole ? parseJson(text) : undefined;
    if (json === undefined) {
      const what = whole ? "broken JSON" : "an answer that is too long";
      events.push(failed({ type: "bad_output", message: `The provider sent ${what}.` }));
      return;
    }
    if (this.#passThrough) events.push({ type: "frame", data: text });
    this.#protocol.reply(json, events, this.#chat);
    if (!endsAnswer(events.at(-1))) events.push(failed(cutShort()));
    this.fromProvider = isFromProvider(events.find(tellsAnswer));
  }

  async #read(events: ChatEvent[]): Promise<void> {
    const decoder = this.#decoder;
    const body = this.#body;
    if (decoder === undefined || body === undefined) return;
    let bytes: Uint8Array | undefined;
    try {
      bytes = await body.read();
    } catch (error) {
      return decoder.fail(() => this.#failureOf(error), events);
    }
    if (bytes === undefined) decoder.end(events);
    else decoder.decode(bytes, events);
  }

  /** What a read means that was rejected: a connection that breaks is an answer that was cut. */
  #failureOf(error: unknown): Failure {
    const { signal } = this.#controller;
    const isKnown = signal.aborted || error instanceof ChatError || isMalformed(error);
    return isKnown ? failureBehind(error, signal, this.#host) : cutShort();
  }

  /** Moves the timeouts, and cleans up behind the last event. */
  #settle(events: ChatEvent[]): void {
    const last = events.at(-1);
    if (endsAnswer(last)) {
      this.#finish(last?.type === "end");
      if (last?.type === "error")
        events[events.length - 1] = { ...last, failure: sanitizeFailure(last.failure, this.#secrets) };
    } else if (events.some(tellsAnswer)) {
      this.#hasContent ||= events.some(({ type }) => type === "text" || type === "tool-call");
      // Only events count: comments and pings must not keep a dead stream alive. Nor does time that a slow client takes.
      this.#timeouts.event((this.#decoder?.finished ?? false) && this.#hasContent);
      this.#timeouts.pause();
    } else {
      this.#timeouts.pause();
    }
  }

  readonly #abort = () => {
    this.#timeouts.clear();
    this.#controller.abort(this.#signal.reason);
  };

  /** @param whole the answer has ended well: what little is left of the body is read, so that the connection can be used again */
  #finish(whole: boolean): void {
    this.#over = true;
    this.#timeouts.clear();
    this.#signal.removeEventListener("abort", this.#abort);
    if (this.#body?.isDone) return;
    if (whole && this.#body !== undefined) void drain(this.#body, this.#controller);
    else this.#controller.abort();
  }
}

/** The provider itself told of the error. */
function isFromProvider(event: ChatEvent | undefined): boolean {
  return event?.type === "error" && !["incomplete", "bad_output"].includes(event.failure.type);
}

function failed(failure: Failure): ChatEvent {
  return { type: "error", failure };
}

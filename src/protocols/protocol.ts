import type { ChatEvent } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { ChatRequest } from "../core/message.ts";
import type { Secret } from "../core/secret.ts";
import type { ProtocolName, Translation } from "../core/translation.ts";
import type { SseMessage } from "../sse/decode.ts";
import type { Traits } from "./traits.ts";

/** What a provider speaks: plain synchronous translation, without a clock or a socket. */
export interface Protocol {
  readonly name: ProtocolName;
  /** The address for a chat and the one for the list of models, given a base URL whose path has been chosen. */
  chatUrl(base: URL): URL;
  modelsUrl(base: URL): URL;
  /**
   * Where the next page of a list of models is; undefined where there is none. Lists can be without an end: whoever asks
   * on stops somewhere.
   * @param url the address of the page that `json` came from
   */
  nextModelsUrl?(url: URL, json: unknown): URL | undefined;
  /** The headers that carry the key, and those that every request of this protocol has. */
  authorization(key: Secret): Record<string, string>;
  /**
   * The JSON body for a streamed answer.
   * @param translation is told of what is left out or done another way
   * @throws {ChatError} `invalid_request` with `param` for what the provider cannot take
   */
  body(chat: ChatRequest, traits: Traits, translation?: Translation): Record<string, unknown>;
  /**
   * A body that the client sent in this very protocol, as it goes out: unknown fields stay; taken out is only what this
   * server put into the history itself, and usage is asked for where that is possible.
   * @param model as the provider names it
   */
  passThrough?(body: JsonObject, model: string, traits: Traits): Record<string, unknown>;
  /**
   * One per stream; holds that stream's state.
   * @param chat the request, where names of its tools had to be changed and are to be changed back
   */
  decoder(chat?: ChatRequest): Decoder;
  /** Reads JSON that came where a stream was expected, errors inside a 200 included. Adds an `end` or `error`. */
  reply(json: unknown, out: ChatEvent[], chat?: ChatRequest): void;
  /** What a status other than 2xx means. `body` is the start of the provider's answer, of any kind. */
  failure(status: number, headers: Headers, body: string): Failure;
}

export interface Decoder {
  /** Translates one message. Nothing more is added once there was an `end` or `error`. */
  message(message: SseMessage, out: ChatEvent[]): void;
  /**
   * The fast path for text: reads the events at the beginning of a piece of the stream that are like one that was read
   * before but for their text.
   * @param stream whole lines, of which the first begins an event
   * @returns how many characters have been read: whole events, each of which has become one `text`; 0 where the plain way
   *   has to be taken
   */
  textRun?(stream: string, out: ChatEvent[]): number;
  /** The body is over: finished, or cut? Adds the `end` or `error` unless there was one. */
  end(out: ChatEvent[]): void;
  /** The answer ends with a fault of ours or of the network. Adds the `error`, with the usage known so far. */
  fail(failure: Failure, out: ChatEvent[]): void;
  /** The provider has said that it is finished, though more (usage, a late error) may come. */
  readonly finished: boolean;
  /** The model that answers, as the provider names it, once it has. */
  readonly model?: string | undefined;
  /** Tokens of the prompt, once the provider has reported them, which some do before the first text. */
  readonly promptTokens?: number | undefined;
}

import type { EndReason } from "../core/event.ts";
import type { Reading } from "./ask.ts";
import type { Complaint, Fault } from "./fault.ts";

/** A request as it arrived. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else its text; undefined where there was none. */
  readonly body: unknown;
  /** Whether the body was JSON. */
  readonly isJson: boolean;
  readonly bytes: number;
}

export interface TokenCount {
  readonly input: number;
  readonly output: number;
  /** The part of the output that was reasoning. */
  readonly reasoning: number;
}

/** A whole answer, for a caller who does not stream. */
export interface Content {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
  readonly reason: EndReason;
}

/** Writes the frames of one stream. Everything returned goes into the body as it is, in order. */
export interface Writer {
  /** Nothing the second time; every other method begins by itself. */
  begin(): string;
  text(token: string): string;
  reasoning(token: string): string;
  refusal(token: string): string;
  call(name: string): string;
  argument(piece: string): string;
  idle(): string;
  finish(reason: EndReason, count: TokenCount): string;
  close(count: TokenCount): string;
  fail(complaint: Complaint): string;
}

/** One provider's protocol, seen from the provider's side. Plain synchronous translation, like `protocols/`. */
export interface Wire {
  readonly name: keyof Fault;
  /**
   * The caller's key.
   * @throws {Refused} Where there is none.
   */
  authenticate(call: Call): string;
  /**
   * Reads a request for an answer as strictly as the provider does.
   * @throws {Refused} For the first rule that it breaks.
   */
  read(call: Call): Reading;
  writer(reading: Reading): Writer;
  /**
   * The body of an answer that is not streamed.
   * @throws {Refused} Where the provider answers such an end with an error.
   */
  reply(reading: Reading, content: Content, count: TokenCount): unknown;
  /** The body of an error. */
  error(complaint: Complaint, requestId: string): unknown;
  /** What is complained of in a request that no rule of the protocol is about. */
  readonly complaints: {
    readonly noSuchPath: (method: string, path: string) => Complaint;
    readonly wrongMethod: (method: string, path: string) => Complaint;
    readonly noSuchModel: (model: string) => Complaint;
    readonly refusedKey: (key: string) => Complaint;
  };
  /** Headers that the provider adds to every answer. */
  headers(requestId: string, status: number): Record<string, string>;
  /** The list of models. */
  models(): unknown;
}

import type { EndReason } from "../core/event.ts";
import type { ParsedRequest } from "./parsed-request.ts";
import type { ErrorByProtocol, ProviderError } from "./provider-error.ts";

/** A request as it arrived. */
export interface IncomingRequest {
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
export interface StreamWriter {
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
  fail(error: ProviderError): string;
}

/** One provider's protocol, seen from the provider's side. Plain synchronous translation, like `protocols/`. */
export interface SandboxProtocol {
  readonly name: keyof ErrorByProtocol;
  /**
   * The caller's key.
   * @throws {RequestRejected} Where there is none.
   */
  authenticate(call: IncomingRequest): string;
  /**
   * Reads a request for an answer as strictly as the provider does.
   * @throws {RequestRejected} For the first rule that it breaks.
   */
  read(call: IncomingRequest): ParsedRequest;
  writer(parsed: ParsedRequest): StreamWriter;
  /**
   * The body of an answer that is not streamed.
   * @throws {RequestRejected} Where the provider answers such an end with an error.
   */
  reply(parsed: ParsedRequest, content: Content, count: TokenCount): unknown;
  /** The body of an error. */
  error(error: ProviderError, requestId: string): unknown;
  /** What is complained of in a request that no rule of the protocol is about. */
  readonly errors: {
    readonly noSuchPath: (method: string, path: string) => ProviderError;
    readonly wrongMethod: (method: string, path: string) => ProviderError;
    readonly noSuchModel: (model: string) => ProviderError;
    readonly refusedKey: (key: string) => ProviderError;
  };
  /** Headers that the provider adds to every answer. */
  headers(requestId: string, status: number): Record<string, string>;
  /** The list of models. */
  models(): unknown;
}

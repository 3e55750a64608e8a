import type { EndReason } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import type { ProtocolName } from "../core/translation.ts";
import type { ParsedRequest } from "./parsed-request.ts";
import type { ProviderError } from "./provider-error.ts";

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
  /** The whole prompt. */
  readonly input: number;
  readonly output: number;
  /** The part of the output that was reasoning. */
  readonly reasoning: number;
  /** The parts of the input that were read from the prompt cache or written to it. */
  readonly cached: number;
  readonly cacheWritten: number;
}

/** How an answer ends. */
export interface Ending {
  readonly reason: EndReason;
  /** The stop sequence that ended it. */
  readonly stopSequence?: string;
  /** A word in place of the protocol's own. */
  readonly word?: string;
}

export interface ToolCallStart {
  readonly name: string;
  readonly kind: "function" | "custom";
  readonly namespace?: string | undefined;
}

/** One piece of a whole answer, in the order in which it was given. */
export type AnswerPart =
  | { readonly type: "text" | "reasoning" | "refusal" | "redacted" | "compaction"; text: string }
  | ({ readonly type: "call"; arguments: string } & ToolCallStart);

/** A whole answer, for a client that does not stream. */
export interface WholeAnswer {
  readonly parts: readonly AnswerPart[];
  readonly ending: Ending;
  readonly usage: TokenCount;
}

/** Writes the frames of one stream. Everything returned goes into the body as it is, in order. */
export interface StreamWriter {
  /** Nothing the second time; every other method begins by itself. */
  begin(): string;
  text(token: string): string;
  reasoning(token: string): string;
  refusal(token: string): string;
  /** Reasoning that only the provider can read; nothing where the protocol has no such thing. */
  redacted(data: string): string;
  /** A conversation made short; nothing where the protocol has no such thing. */
  compaction(summary: string): string;
  call(start: ToolCallStart): string;
  /** A piece of the arguments of a call, counted from 0; the latest one unless said. */
  argument(piece: string, call?: number): string;
  /** An event that the protocol's writer would not write by itself. */
  frame(payload: JsonObject): string;
  idle(): string;
  finish(ending: Ending, usage: TokenCount): string;
  close(usage: TokenCount): string;
  fail(error: ProviderError): string;
}

/** One provider's protocol, seen from the provider's side. Plain synchronous translation, like `protocols/`. */
export interface SandboxProtocol {
  readonly name: ProtocolName;
  /** Whether the deltas of several calls may alternate. */
  readonly interleavesCalls: boolean;
  /**
   * The client's key.
   * @throws {RequestRejected} Where there is none.
   */
  authenticate(incoming: IncomingRequest): string;
  /**
   * Reads a request for an answer as strictly as the provider does.
   * @throws {RequestRejected} For the first rule that it breaks.
   */
  read(incoming: IncomingRequest): ParsedRequest;
  writer(parsed: ParsedRequest): StreamWriter;
  /**
   * The body of an answer that is not streamed.
   * @throws {RequestRejected} Where the provider answers such an end with an error.
   */
  whole(parsed: ParsedRequest, answer: WholeAnswer): unknown;
  /** The body of an error. */
  error(error: ProviderError, requestId: string): unknown;
  /** Errors in a request that no rule of the protocol is about. */
  readonly errors: {
    readonly noSuchPath: (method: string, path: string) => ProviderError;
    readonly wrongMethod: (method: string, path: string) => ProviderError;
    readonly noSuchModel: (model: string) => ProviderError;
    readonly refusedKey: (key: string) => ProviderError;
  };
  /** Headers that the provider adds to every answer. */
  headers(requestId: string, status: number): Record<string, string>;
  /** One entry of the list of models, and the list of entries. */
  model(model: ModelEntry): unknown;
  models(entries: readonly unknown[]): unknown;
}

/** A model as the lists of models and the help text show it. */
export interface ModelEntry {
  readonly id: string;
  /** What it does, in one line. */
  readonly about: string;
  /** Tokens of prompt and answer together. */
  readonly window: number;
}

/** An identifier such as providers give: a prefix and 24 letters and digits. */
export function randomId(prefix: string): string {
  return prefix + crypto.randomUUID().replaceAll("-", "").slice(0, 24);
}

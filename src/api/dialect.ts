import type { TSchema } from "@sinclair/typebox";
import type { Batch, ChatEvent } from "../core/event.ts";
import type { Failure } from "../core/failure.ts";
import type { ChatRequest, ReasoningPart, RefusalPart, TextPart, ToolCall } from "../core/message.ts";
import type { Receipt } from "../core/receipt.ts";
import type { Session } from "../core/session.ts";
import type { ProtocolName, Translation } from "../core/translation.ts";

/**
 * What a client speaks, the mirror image of a protocol: plain synchronous translation, without a clock or a socket. Neither
 * knows the other; both know only `core/`.
 */
export interface Dialect<Body> {
  readonly name: "nash" | "openai-chat" | "anthropic" | "openai-responses";
  /** The protocol that is the same as this dialect: toward its providers requests and frames pass through. */
  readonly protocol?: ProtocolName;
  /** Validates the body; also the source of `/openapi.json`. */
  readonly schema: TSchema;
  /**
   * The request in the inner form. Where `protocol` is this dialect's own, what it cannot express may stay unread: `raw`
   * goes out in its place.
   * @param protocol what the provider speaks
   * @param translation is told of what is left out or done another way
   * @throws {ChatError} `invalid_request` with `param` for what cannot be carried over
   */
  parse(body: Body, protocol: ProtocolName, translation: Translation): ChatRequest;
  /** One per streamed answer; holds its state. */
  encoder(answer: AnswerContext<Body>): Encoder;
  /** The JSON of an answer that is not streamed. */
  whole(answer: WholeAnswer, context: AnswerContext<Body>): unknown;
  /** An answer that failed before it began. */
  error(failure: Failure, context: ErrorContext): ErrorReply;
}

/** What an encoder may need to know of an answer. */
export interface AnswerContext<Body> {
  /** 32 hexadecimal digits, random: the tail of `chatcmpl-…`, `msg_…`, `resp_…`. */
  readonly id: string;
  /** By which the answer can be stopped, and taken up again where it is held; nobody else may know it. */
  readonly answerId?: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The model to name: the provider's own word once it is known, except where a route renamed it. */
  readonly model: () => string;
  readonly session: Session;
  readonly requestId: string;
  /** Seconds since 1970, for dialects that tell when an answer was complete. */
  readonly now?: () => number;
  /** The request, as it was validated. */
  readonly body: Body;
  /** Tokens of the prompt, roughly, where something has to be said before the provider has told. */
  readonly inputEstimate: number;
  /** Batches hold the provider's own frames (`type: "frame"`), to be passed on unchanged as far as they conform. */
  readonly passThrough: boolean;
  /** Whether a provider's reasoning travels to clients of another vendor in carriers (docs/translation.md); yes unless said. */
  readonly reasoningCarriers?: boolean;
  /** A route gave the model another name: frames that pass through name `model()` in place of the provider's word. */
  readonly renamed: boolean;
  /**
   * What became of the answer, for its last batch. An encoder that tells of a failure of its own making says so here, or
   * log and metrics would call the answer complete.
   * @param failure what the client is told in place of the end that came
   */
  receipt?(failure?: Failure): Receipt;
}

/** Turns events into SSE frames as text. Never throws for anything that a provider can send. */
export interface Encoder {
  /** What can be said before the first event; empty where nothing can. Called at most once, before the first batch. */
  begin(): string;
  /** The frames for one batch; empty where there is nothing to say. The last batch ends with `end` or `error`. */
  batch(batch: Batch): string;
  /** What is sent while the provider is silent. */
  idle(): string;
}

/** An answer that has ended well, collected. */
export interface WholeAnswer {
  /** Reasoning, text and refusal in the order in which they came; neighbours of one kind are joined. */
  readonly parts: readonly (TextPart | RefusalPart | ReasoningPart)[];
  /** Complete calls, by their index. */
  readonly toolCalls: readonly ToolCall[];
  readonly end: Extract<ChatEvent, { type: "end" }>;
  /** The provider's own JSON, where the answer passes through whole. */
  readonly raw?: string;
}

export interface ErrorContext {
  readonly requestId: string;
  readonly session: Session | undefined;
}

export interface ErrorReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

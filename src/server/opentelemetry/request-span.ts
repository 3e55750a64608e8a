import {
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace as traces,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { FailureType } from "../../core/failure.ts";
import type { AttemptEnd, AttemptSpan, RequestSpan, Trace } from "../../core/trace.ts";
import { providerAttribute, usageAttributes } from "./attributes.ts";

const PROPAGATOR = new W3CTraceContextPropagator();

const FROM_HEADERS = {
  get: (headers: Headers, name: string) => headers.get(name) ?? undefined,
  keys: (headers: Headers) => [...headers.keys()],
};

const INTO_RECORD = {
  set: (carrier: Record<string, string>, name: string, value: string) => {
    carrier[name] = value;
  },
};

/** What a request is part of, as its `traceparent` says. */
export function parentOf(headers: Headers, root: Context): Context {
  return headers.has("traceparent") ? PROPAGATOR.extract(root, headers, FROM_HEADERS) : root;
}

/**
 * The span of one request, with one for each attempt under it. Tokens stand on the attempts alone, which are what the
 * conventions call an inference: whoever adds spans up counts nothing twice.
 */
export class OpenRequestSpan implements RequestSpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  #isOver = false;
  /** Those that have not been told how they ended, where a request ended before them. */
  readonly #attempts: OpenAttemptSpan[] = [];

  /** @param path absent where it is none of ours: it may be anything, a key put into the wrong place included */
  constructor(tracer: Tracer, parent: Context, trace: Trace, path: string | undefined) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(
      path === undefined ? trace.method : `${trace.method} ${path}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          "http.request.method": trace.method,
          ...(path === undefined ? {} : { "http.route": path }),
          "nash_llm.request_id": trace.id,
        },
      },
      parent,
    );
    this.#context = traces.setSpan(parent, this.#span);
  }

  attempt(provider: string, model: string): AttemptSpan {
    const span = new OpenAttemptSpan(this.#tracer, this.#context, provider, model);
    this.#attempts.push(span);
    return span;
  }

  end(trace: Trace): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const failed = trace.failure?.type;
    for (const attempt of this.#attempts) attempt.end({}, failed);
    const { provider, route, model, session, outcome, cost } = trace;
    this.#span.setAttributes({
      "http.response.status_code": trace.status,
      ...(provider === undefined ? {} : providerAttribute(provider)),
      ...(model === undefined ? {} : { "gen_ai.request.model": model }),
      ...(session === undefined ? {} : { "gen_ai.conversation.id": session.id }),
      ...(route === undefined ? {} : { "nash_llm.route": route }),
      ...(outcome === undefined ? {} : { "nash_llm.outcome": outcome }),
      ...(cost === undefined ? {} : { "nash_llm.cost_usd": cost }),
      ...(this.#attempts.length === 0 ? {} : { "nash_llm.attempts": this.#attempts.length }),
    });
    setOutcome(this.#span, failed);
    this.#span.end();
  }
}

class OpenAttemptSpan implements AttemptSpan {
  readonly headers: Record<string, string> = {};
  readonly #span: Span;
  #isOver = false;

  constructor(tracer: Tracer, parent: Context, provider: string, model: string) {
    this.#span = tracer.startSpan(
      `chat ${model}`,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          "gen_ai.operation.name": "chat",
          ...providerAttribute(provider),
          "gen_ai.request.model": model,
        },
      },
      parent,
    );
    PROPAGATOR.inject(traces.setSpan(parent, this.#span), this.headers, INTO_RECORD);
  }

  end({ usage, firstTokenMs, finishReason }: AttemptEnd, type?: FailureType): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (usage !== undefined) this.#span.setAttributes(usageAttributes(usage));
    if (firstTokenMs !== undefined)
      this.#span.setAttribute("gen_ai.response.time_to_first_chunk", firstTokenMs / 1000);
    if (finishReason !== undefined) this.#span.setAttribute("gen_ai.response.finish_reasons", [finishReason]);
    setOutcome(this.#span, type);
    this.#span.end();
  }
}

/** The type alone: what a failure says may quote what the client sent. */
function setOutcome(span: Span, type: FailureType | undefined): void {
  if (type === undefined) return;
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

import { requestHeaders, secretsOf } from "../../chat/ask.ts";
import type { Summary } from "../../chat/summarize.ts";
import type { ChatEvent } from "../../core/event.ts";
import { ChatError } from "../../core/failure.ts";
import { encodeFrames } from "../../sse/encode.ts";
import { sanitizeFailure } from "../../upstream/error-messages.ts";
import { fetchJson } from "../../upstream/fetch-json.ts";
import type { AnswerRequest } from "../answer-request.ts";
import type { HandlerContext } from "../dialect-handler.ts";
import { IDLE, KeepAliveReader } from "../keep-alive.ts";
import type { Services } from "../services.ts";
import { runSummary } from "../summary-run.ts";
import { compactedResponse, compactionChat } from "./compaction.ts";
import { ResponsesEncoder } from "./encoder.ts";
import type { ResponsesContext } from "./response-object.ts";
import type { ResponsesBody } from "./schema.ts";
import { wholeCompaction } from "./whole.ts";

/** If the summary is not there by then, the stream begins without waiting for it, as every answer does. */
const DECIDE_MS = 5_000;

type Asked = Pick<AnswerRequest<ResponsesBody>, "body" | "targets" | "session" | "whole">;
type Context = Pick<HandlerContext<ResponsesBody>, "request">;

/**
 * A compaction in place of an answer, as Codex asks for one: yields the events of a response with one `compaction` item, or
 * returns it whole. Throws only before its first frame.
 * @throws {ChatError}
 */
export async function* answerCompaction(
  asked: Asked,
  { request }: Context,
  services: Services,
): AsyncGenerator<Uint8Array, unknown, void> {
  const trace = services.traceOf(request);
  const context = contextOf(asked, trace.id);
  const pending = summaryOf(asked, request, services);
  if (asked.whole) {
    const { text, usage } = await services.withoutIdleTimeout(request, () => pending);
    return wholeCompaction(text, usage, context);
  }
  const encoder = new ResponsesEncoder(context);
  const reader = new KeepAliveReader({ next: () => pending }, Math.min(services.keepAliveMs, DECIDE_MS));
  try {
    for (;;) {
      const summary = await reader.next();
      const frames =
        summary === IDLE
          ? encoder.begin() || encoder.idle()
          : encoder.compaction(summary.text, summary.usage);
      trace.streaming = true;
      reader.sent();
      if (summary !== IDLE) trace.outcome = "complete";
      yield encodeFrames(frames);
      if (summary !== IDLE) return undefined;
    }
  } catch (error) {
    if (!trace.streaming) throw error;
    if (!(error instanceof ChatError)) services.logInternalError(error, trace);
    trace.failure =
      error instanceof ChatError
        ? error.failure
        : { type: "internal", message: "The server failed to make the compaction." };
    trace.outcome = "failed";
    yield encodeFrames(encoder.batch([{ type: "error", failure: trace.failure }]));
    return undefined;
  } finally {
    reader.close();
    if (trace.streaming) {
      trace.outcome ??= "left";
      services.finished(trace);
    }
  }
}

/**
 * The answer of `POST /v1/responses/compact`. A provider that speaks Responses compacts by itself.
 * @throws {ChatError}
 */
export async function compactConversation(
  asked: Asked,
  { request }: Context,
  services: Services,
): Promise<unknown> {
  const { body } = asked;
  const target = targetOf(asked);
  const { protocol, traits } = target.provider;
  if (protocol.name !== "responses") {
    const { text: summary, usage } = await summaryOf(asked, request, services);
    const { id, created } = contextOf(asked, "");
    return compactedResponse(body, { id, created, summary, usage });
  }
  services.traceOf(request).provider = target.provider.name;
  const slot = services.acquireSlot(request.signal);
  try {
    const url = protocol.chatUrl(target.baseUrl);
    url.pathname += "/compact";
    const headers = {
      "content-type": "application/json",
      ...requestHeaders(url, { target, session: asked.session, purpose: "/summarize" }, services.upstream),
    };
    const sent = JSON.stringify(protocol.passThrough?.(body, target.model, traits) ?? body);
    const secrets = secretsOf(target, services.upstream);
    // A model reads the whole conversation for it.
    const { firstEvent: timeoutMs } = services.upstream.timeouts;
    const asking = { protocol, url, headers, secrets, body: sent, timeoutMs };
    const compacted = await fetchJson(asking, services.upstream.fetch, slot.signal);
    const events: ChatEvent[] = [];
    protocol.reply(compacted, events);
    const last = events.at(-1);
    // With a good status too a provider may tell of an error, or send what is no compaction.
    if (last?.type === "error") throw new ChatError(sanitizeFailure(last.failure, secrets));
    return compacted;
  } finally {
    slot.release();
  }
}

function summaryOf(asked: Asked, request: Request, services: Services): Promise<Summary> {
  const chat = compactionChat(asked.body);
  const summary = { chat, keepLast: 0, target: targetOf(asked), session: asked.session };
  return runSummary(summary, request, services);
}

function targetOf({ targets: [target] }: Asked) {
  if (target === undefined) throw new Error("a request without a target");
  return target;
}

function contextOf({ body, session }: Asked, requestId: string): ResponsesContext {
  return {
    id: crypto.randomUUID().replaceAll("-", ""),
    created: Math.floor(Date.now() / 1000),
    now: () => Math.floor(Date.now() / 1000),
    model: () => body.model,
    session,
    requestId,
    body,
    inputEstimate: 0,
    passThrough: false,
    renamed: false,
  };
}

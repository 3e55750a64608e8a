import { Elysia } from "elysia";
import { openaiResponsesCompact } from "../../protocols/openai-responses/protocol.ts";
import type { Target } from "../../routing/target.ts";
import { answerInDialect, dialectRequest, type HandlerContext } from "../dialect-handler.ts";
import type { AnswerRequest } from "../open-answer.ts";
import { readJson } from "../read-json.ts";
import type { Services } from "../services.ts";
import { type SummaryEncoder, streamSummary, wholeSummary } from "../summary-stream.ts";
import { prefixedPaths } from "../targets.ts";
import { asksForCompaction, compactedResponse, compactionChat } from "./compaction.ts";
import { openaiResponsesDialect } from "./dialect.ts";
import { COMPACT_DETAIL } from "./documentation.ts";
import { ResponsesEncoder } from "./encoder.ts";
import type { ResponsesContext } from "./response-object.ts";
import { CompactBody, type ResponsesBody } from "./schema.ts";
import { wholeCompaction } from "./whole.ts";

/** `POST /v1/responses/compact`: by the provider itself where it speaks Responses, else by a summary. */
export function compactRoutes(services: Services) {
  const routes = new Elysia({ name: "openai-responses-compact", normalize: false });
  const parse = ({ request }: { request: Request }) => readJson(request, services.limits);
  for (const path of prefixedPaths("/v1/responses/compact"))
    routes.post(
      path,
      async function* ({ body, request, set }) {
        const asked = dialectRequest(openaiResponsesDialect, { body, request, set }, services);
        const target = firstTarget(asked);
        if (target.provider.protocol.name === "responses") {
          const targets = asked.targets.flatMap(compactingTarget);
          return yield* answerInDialect({ ...asked, targets, whole: true }, { request, set }, services);
        }
        const { text: summary, usage } = await services.withoutIdleTimeout(request, () =>
          wholeSummary(summaryRequest(asked, target), request, services),
        );
        return compactedResponse(body, { ...newAnswer(), summary, usage });
      },
      {
        parse: [parse, "json"],
        body: CompactBody,
        detail: path === "/v1/responses/compact" ? COMPACT_DETAIL : { hide: true },
      },
    );
  return routes;
}

/**
 * A compaction in place of an answer, where the request asks for one; undefined where it does not.
 * @throws {ChatError}
 */
export function compactionFor(
  asked: AnswerRequest<ResponsesBody>,
  { request }: Pick<HandlerContext<ResponsesBody>, "request">,
  services: Services,
): AsyncGenerator<Uint8Array, unknown, void> | undefined {
  const target = firstTarget(asked);
  if (!asksForCompaction(asked.body, target.provider.protocol.name)) return undefined;
  const context: ResponsesContext = {
    ...newAnswer(),
    now,
    model: () => target.askedModel,
    session: asked.session,
    requestId: services.traceOf(request).id,
    body: asked.body,
    inputEstimate: 0,
    passThrough: false,
    renamed: false,
  };
  return compaction(summaryRequest(asked, target), context, asked.whole === true, request, services);
}

async function* compaction(
  summary: ReturnType<typeof summaryRequest>,
  context: ResponsesContext,
  whole: boolean,
  request: Request,
  services: Services,
): AsyncGenerator<Uint8Array, unknown, void> {
  if (!whole) return yield* streamSummary(summary, compactionEncoder(context), request, services);
  const { text, usage } = await services.withoutIdleTimeout(request, () =>
    wholeSummary(summary, request, services),
  );
  return wholeCompaction(text, usage, context);
}

/** Nothing of a summary is told before it is whole: half of one must not take the place of a conversation. */
function compactionEncoder(context: ResponsesContext): SummaryEncoder {
  const encoder = new ResponsesEncoder(context);
  return {
    event: (event) =>
      event.type === "done" ? encoder.compaction(event.summary.text, event.summary.usage) : "",
    failure: (failure) => encoder.batch([{ type: "error", failure }]),
    idle: () => encoder.begin() || encoder.idle(),
  };
}

function summaryRequest({ body, session }: AnswerRequest<ResponsesBody>, target: Target) {
  return { chat: compactionChat(body), keepLast: 0, target, session };
}

function firstTarget({ targets }: AnswerRequest<ResponsesBody>): Target {
  const [target] = targets;
  if (target === undefined) throw new Error("a request without a target");
  return target;
}

/** The same provider, asked for a compaction. */
function compactingTarget(target: Target): Target[] {
  if (target.provider.protocol.name !== "responses") return [];
  return [{ ...target, provider: { ...target.provider, protocol: openaiResponsesCompact } }];
}

function newAnswer() {
  return { id: crypto.randomUUID().replaceAll("-", ""), created: now() };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

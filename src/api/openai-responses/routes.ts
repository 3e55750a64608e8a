import type { Elysia } from "elysia";
import { countRequest } from "../../chat/count-tokens.ts";
import { Translation } from "../../core/translation.ts";
import { readAdmitted } from "../admit.ts";
import { answerInDialect, dialectRequest } from "../dialect-handler.ts";
import type { Services } from "../services.ts";
import { prefixedPaths } from "../targets.ts";
import { answerInBackground } from "./background.ts";
import { answerCompaction, compactConversation } from "./compact.ts";
import { asksForCompaction } from "./compaction.ts";
import { inputTokensReply, openaiResponsesDialect } from "./dialect.ts";
import { COMPACT_DETAIL, INPUT_TOKENS_DETAIL, RESPONSES_DETAIL } from "./documentation.ts";
import { addHeldResponseRoutes } from "./held-routes.ts";
import { CompactBody, ResponsesBody } from "./schema.ts";

/** `POST /v1/responses` and what belongs to it. */
export function addOpenaiResponsesRoutes(app: Elysia, services: Services): void {
  const parse = ({ request }: { request: Request }) => readAdmitted(request, services);
  for (const path of [...prefixedPaths("/v1/responses"), ...prefixedPaths("/responses")])
    app.post(
      path,
      async function* ({ body, request, set }) {
        if (body.background === true) return yield* answerInBackground({ body, request, set }, services);
        const asked = dialectRequest(openaiResponsesDialect, { body, request, set }, services);
        const protocol = asked.targets[0]?.provider.protocol.name ?? "openai";
        if (asksForCompaction(body, protocol)) return yield* answerCompaction(asked, { request }, services);
        return yield* answerInDialect(asked, { request, set }, services);
      },
      {
        parse: [parse, "json"],
        body: ResponsesBody,
        detail: path === "/v1/responses" ? RESPONSES_DETAIL : { hide: true },
      },
    );
  for (const path of prefixedPaths("/v1/responses/compact"))
    app.post(
      path,
      async ({ body, request, set }) => {
        const asked = dialectRequest(openaiResponsesDialect, { body, request, set }, services);
        return services.withoutIdleTimeout(request, () => compactConversation(asked, { request }, services));
      },
      {
        parse: [parse, "json"],
        body: CompactBody,
        detail: path === "/v1/responses/compact" ? COMPACT_DETAIL : { hide: true },
      },
    );
  for (const path of prefixedPaths("/v1/responses/input_tokens"))
    app.post(
      path,
      async ({ body, request, set }) => {
        const asked = dialectRequest(openaiResponsesDialect, { body, request, set }, services);
        const model = asked.targets[0]?.model ?? body.model;
        const slot = services.acquireSlot(request.signal);
        try {
          const chat = openaiResponsesDialect.parse(body, "openai", new Translation());
          return inputTokensReply(await countRequest(chat, model, slot.signal));
        } finally {
          slot.release();
        }
      },
      {
        parse: [parse, "json"],
        body: ResponsesBody,
        detail: path === "/v1/responses/input_tokens" ? INPUT_TOKENS_DETAIL : { hide: true },
      },
    );
  addHeldResponseRoutes(app, services);
}

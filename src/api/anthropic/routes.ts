import type { Elysia } from "elysia";
import { askForCount, countRequest } from "../../chat/count-tokens.ts";
import { Translation } from "../../core/translation.ts";
import { readAdmitted } from "../admit.ts";
import { answerInDialect, dialectRequest } from "../dialect-handler.ts";
import type { Services } from "../services.ts";
import { prefixedPaths } from "../targets.ts";
import { anthropicDialect, countTokensAnswer } from "./dialect.ts";
import { COUNT_TOKENS_DETAIL, MESSAGES_DETAIL } from "./documentation.ts";
import { CountTokensBody, MessagesBody } from "./schema.ts";

/** As many tokens as a count asks for: the field is required, and means nothing here. */
const NO_LIMIT = 1;

/** `POST /v1/messages` and `/v1/messages/count_tokens`. */
export function addAnthropicRoutes(app: Elysia, services: Services): void {
  const parse = ({ request }: { request: Request }) => readAdmitted(request, services);
  for (const path of [...prefixedPaths("/v1/messages"), ...prefixedPaths("/messages")])
    app.post(
      path,
      async function* ({ body, request, set }) {
        const asked = dialectRequest(anthropicDialect, { body, request, set }, services);
        return yield* answerInDialect(asked, { request, set }, services);
      },
      {
        parse: [parse, "json"],
        body: MessagesBody,
        detail: path === "/v1/messages" ? MESSAGES_DETAIL : { hide: true },
      },
    );
  for (const path of prefixedPaths("/v1/messages/count_tokens"))
    app.post(
      path,
      async ({ body, request, set }) => {
        const whole = { ...body, max_tokens: NO_LIMIT };
        const {
          targets,
          session,
          relayedHeaders = {},
        } = dialectRequest(anthropicDialect, { body: whole, request, set }, services);
        const [target] = targets;
        if (target === undefined) throw new Error("a request without a target");
        const slot = services.acquireSlot(request.signal);
        try {
          services.traceOf(request).provider = target.provider.name;
          if (target.provider.protocol.name === "anthropic") {
            const context = { target, session, relayedHeaders };
            return await askForCount(body, context, services.upstream, slot.signal);
          }
          set.headers["x-nash-llm-estimated"] = "true";
          const chat = anthropicDialect.parse(whole, target.provider.protocol.name, new Translation());
          return countTokensAnswer(await countRequest(chat, target.model, slot.signal));
        } finally {
          slot.release();
        }
      },
      {
        parse: [parse, "json"],
        body: CountTokensBody,
        detail: path === "/v1/messages/count_tokens" ? COUNT_TOKENS_DETAIL : { hide: true },
      },
    );
}

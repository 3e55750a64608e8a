import type { Elysia } from "elysia";
import { readAdmitted } from "../admit.ts";
import { answerInDialect, dialectRequest } from "../dialect-handler.ts";
import type { Services } from "../services.ts";
import { prefixedPaths } from "../targets.ts";
import { openaiChatDialect } from "./dialect.ts";
import { CHAT_COMPLETION_DETAIL } from "./documentation.ts";
import { ChatCompletionBody } from "./schema.ts";

/** `POST /v1/chat/completions`; some programs leave `/v1` away. */
export function addOpenaiChatRoutes(app: Elysia, services: Services): void {
  const parse = ({ request }: { request: Request }) => readAdmitted(request, services);
  for (const path of [...prefixedPaths("/v1/chat/completions"), ...prefixedPaths("/chat/completions")])
    app.post(
      path,
      async function* ({ body, request, set }) {
        const asked = dialectRequest(openaiChatDialect, { body, request, set }, services);
        return yield* answerInDialect(asked, { request, set }, services);
      },
      {
        parse: [parse, "json"],
        body: ChatCompletionBody,
        detail: path === "/v1/chat/completions" ? CHAT_COMPLETION_DETAIL : { hide: true },
      },
    );
}

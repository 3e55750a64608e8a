import type { Elysia } from "elysia";
import type { HeldAnswer } from "../../answers/held-answer.ts";
import { ChatError } from "../../core/failure.ts";
import { readHeld, resumeHeld } from "../held-answers.ts";
import type { Services } from "../services.ts";
import { prefixedPaths } from "../targets.ts";
import { eventsUpTo, responseOf } from "./background.ts";
import { CANCEL_DETAIL, DELETE_DETAIL, RETRIEVE_DETAIL } from "./documentation.ts";

interface Context {
  readonly params: { readonly id?: string };
  readonly request: Request;
}

const SHOWN = "/v1/responses/:id";

/** Responses that were made in the background: to have them, to cancel them, to delete them. */
export function addHeldResponseRoutes(app: Elysia, services: Services): void {
  const find = async ({ params, request }: Context): Promise<HeldAnswer> => {
    const held = await services.answers.find(params.id ?? "", "openai-responses", services.clientOf(request));
    if (held === undefined) throw noResponse();
    return held;
  };
  const whole = (held: HeldAnswer) => {
    if (held.isOutgrown)
      throw new ChatError({
        type: "not_found",
        status: 410,
        message: "This response has become too long to be held.",
      });
    return (
      responseOf(held) ?? {
        id: held.id,
        object: "response",
        status: held.isLost ? "failed" : "queued",
        background: true,
        output: [],
      }
    );
  };
  for (const path of [...prefixedPaths("/v1/responses/:id"), ...prefixedPaths("/responses/:id")]) {
    const detail = (shown: object) => ({ detail: path === SHOWN ? shown : { hide: true } });
    app
      .get(
        path,
        async (context) => {
          const { request, set } = context;
          const held = await find(context);
          const { searchParams } = new URL(request.url);
          if (searchParams.get("stream") !== "true") return whole(held);
          const behind = await eventsUpTo(held, searchParams.get("starting_after"));
          Object.assign(set.headers, held.options.headers);
          return resumeHeld(readHeld(held, behind, request.signal, services.keepAliveMs), request, services);
        },
        detail(RETRIEVE_DETAIL),
      )
      .delete(
        path,
        async (context) => {
          const held = await find(context);
          services.answers.delete(held);
          return { id: held.id, object: "response", deleted: true };
        },
        detail(DELETE_DETAIL),
      )
      .post(
        `${path}/cancel`,
        async (context) => {
          const held = await find(context);
          held.stop();
          return whole(held);
        },
        { parse: "none", ...detail(CANCEL_DETAIL) },
      );
  }
}

function noResponse(): ChatError {
  return new ChatError({
    type: "not_found",
    message:
      "There is no such response, or it is held no longer. Only those made with `background: true` are held.",
  });
}

import type { Elysia } from "elysia";
import { catchUp } from "../answers/catch-up.ts";
import type { HeldAnswer } from "../answers/held-answer.ts";
import { ChatError, invalidField } from "../core/failure.ts";
import { RESUME_DETAIL, STOP_DETAIL } from "./answer-documentation.ts";
import { readHeld, resumeHeld } from "./held-answers.ts";
import type { Services } from "./services.ts";

/** `/v1/answers/{id}`: to take an answer up again, or to stop it (docs/protocol.md 11). */
export function addAnswerRoutes(app: Elysia, services: Services): void {
  app
    .get(
      "/v1/answers/:id",
      async ({ params, request, set }) => {
        const held = await services.answers.find(params.id, "nash", services.clientOf(request));
        if (held === undefined) throw noAnswer();
        const behind = await lastEventId(request, held);
        Object.assign(set.headers, held.options.headers);
        // An EventSource that has read all does not come back after a 204.
        if (held.isOver && !held.isOutgrown && !held.isLost && behind === held.eventCount)
          return new Response(null, { status: 204 });
        const frames = readHeld(held, behind, request.signal, services.keepAliveMs);
        return resumeHeld(frames, request, services);
      },
      { detail: RESUME_DETAIL },
    )
    .delete(
      "/v1/answers/:id",
      async ({ params, request }) => {
        const done = await services.answers.stop(params.id, services.clientOf(request));
        if (done === undefined) throw noAnswer();
        return { [done]: true };
      },
      { detail: STOP_DETAIL },
    );
}

/** @throws {ChatError} where it is no number of an event that has come */
async function lastEventId({ headers }: Request, held: HeldAnswer): Promise<number> {
  const given = headers.get("last-event-id") ?? "";
  if (given === "") return 0;
  const behind = /^\d{1,15}$/.test(given) ? await catchUp(held, Number(given)) : undefined;
  if (behind !== undefined) return behind;
  throw invalidField("last-event-id", "This is no id of an event of this answer.");
}

function noAnswer(): ChatError {
  return new ChatError({ type: "not_found", message: "There is no such answer, or it is held no longer." });
}

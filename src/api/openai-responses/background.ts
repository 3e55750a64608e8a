import { catchUp } from "../../answers/catch-up.ts";
import type { HeldAnswer } from "../../answers/held-answer.ts";
import { type Failure, invalidField, LOST } from "../../core/failure.ts";
import { asCount, asObject, isObject, type JsonObject, parseJson } from "../../core/json.ts";
import { DONE_FRAME } from "../../sse/encode.ts";
import { answerHeaders, dialectRequest, type HandlerContext } from "../dialect-handler.ts";
import { holdAnswer, readHeld } from "../held-answers.ts";
import { openAnswer } from "../open-answer.ts";
import { openaiError } from "../openai-chat/errors.ts";
import type { Services } from "../services.ts";
import { openaiResponsesDialect } from "./dialect.ts";
import { ResponseObject, responseId } from "./response-object.ts";
import type { ResponsesBody } from "./schema.ts";

const TOO_SLOW: Failure = {
  type: "incomplete",
  message: "This connection has fallen too far behind the response, which has become too long to be held.",
};

/**
 * A response in the background: held here whatever the provider, made to its end whether somebody reads it or not.
 * Yields its events, or returns it as it stands when it has begun. @throws {ChatError}
 */
export async function* answerInBackground(
  { body, request, set }: HandlerContext<ResponsesBody>,
  services: Services,
): AsyncGenerator<Uint8Array, unknown, void> {
  services.answers.checkRoom();
  const streamed: ResponsesBody = { ...body, stream: true };
  const asked = dialectRequest(openaiResponsesDialect, { body: streamed, request, set }, services);
  const opened = await openAnswer({ ...asked, detached: true }, request, services);
  const { id, context, observer } = opened;
  const headers = { ...answerHeaders(opened), "x-answer-id": id, "x-session-id": asked.session.id };
  Object.assign(set.headers, headers);
  const holding = {
    id: responseId(context),
    kind: "openai-responses",
    numbered: false,
    finish: true,
    headers,
    farewell: () => farewellFrames(TOO_SLOW),
    lost: () => farewellFrames(LOST),
  } as const;
  const held = holdAnswer(opened, openaiResponsesDialect, holding, request, services);
  services.answers.add(id, { owner: held.options.owner, slot: { abort: () => held.stop() } });
  observer.onOver = () => services.answers.remove(id);
  if (body.stream === true) {
    yield* readHeld(held, 0, request.signal, services.keepAliveMs);
    return undefined;
  }
  const queued = new ResponseObject(context).json({ status: "queued", output: [] });
  return responseOf(held) ?? parseJson(queued);
}

/** The end of a stream that breaks off for a reason of this server. */
function farewellFrames(failure: Failure): string {
  return `event: error\ndata: ${JSON.stringify({ type: "error", ...openaiError(failure) })}\n\n${DONE_FRAME}`;
}

/** The events that tell of the whole response. */
const LIFECYCLE = /^event: response\.(?:queued|created|in_progress|completed|incomplete|failed)\n/;

/** The response as it stands; undefined before its first event. */
export function responseOf(held: HeldAnswer): JsonObject | undefined {
  let latest: string | undefined;
  for (const event of held.events()) if (LIFECYCLE.test(event)) latest = event;
  const response = latest === undefined ? undefined : asObject(asObject(dataOf(latest))?.["response"]);
  if (response !== undefined && held.isLost)
    return { ...response, status: "failed", error: { code: "server_error", message: LOST.message } };
  if (response === undefined || !held.isStopped) return response;
  return { ...response, status: "cancelled", error: null };
}

/**
 * How many events there are up to the one with this number.
 * @param startingAfter as it stands in the query; null where it does not
 * @throws {ChatError} where it is no number
 */
export async function eventsUpTo(held: HeldAnswer, startingAfter: string | null): Promise<number> {
  if (startingAfter === null) return 0;
  if (!/^\d{1,15}$/.test(startingAfter))
    throw invalidField("starting_after", "This is no number of an event.");
  const last = Number(startingAfter);
  // They are numbered from 0 on.
  await catchUp(held, last + 1);
  let count = 0;
  for (const event of held.events()) {
    const number = asCount(asObject(dataOf(event))?.["sequence_number"]);
    if (number === undefined || number > last) break;
    count++;
  }
  return count;
}

/** The JSON of an event. */
function dataOf(event: string): unknown {
  const lines = event.split("\n").filter((line) => line.startsWith("data: "));
  const json = parseJson(lines.map((line) => line.slice(6)).join("\n"));
  return isObject(json) ? json : undefined;
}

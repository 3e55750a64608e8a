import { ChatError } from "../core/failure.ts";
import { parseJson } from "../core/json.ts";
import type { AttemptOptions } from "./attempt.ts";
import { readText } from "./body.ts";
import type { Question } from "./question.ts";
import { faultBehind, send } from "./send.ts";
import { presentable } from "./words.ts";

/** How long a provider may take over a small answer, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** As much as is read of one. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Gets JSON from a provider, such as its list of models.
 * @throws {ChatError}
 */
export async function getJson(
  question: Omit<Question, "body">,
  { locate, clocks }: Pick<AttemptOptions, "locate" | "clocks">,
  signal: AbortSignal,
): Promise<unknown> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new ChatError({ type: "timeout", message: "The provider did not answer in time." })),
    TIMEOUT_MS,
  );
  const either = AbortSignal.any([signal, late.signal]);
  try {
    const destination = await locate(question.url, either);
    const { status, headers, body } = await send(destination, {
      method: "GET",
      headers: question.headers,
      connectMs: clocks.connect,
      signal: either,
      secrets: question.secrets,
    });
    either.addEventListener("abort", () => body.cancel(either.reason), { once: true });
    if (either.aborted) body.cancel(either.reason);
    const { text, whole } = await readText(body, MAX_BYTES);
    if (!whole) late.abort();
    if (status < 200 || status > 299) throw new ChatError(question.protocol.failure(status, headers, text));
    const json = parseJson(text);
    if (json === undefined)
      throw new ChatError({ type: "bad_output", message: "The provider did not answer with JSON." });
    return json;
  } catch (error) {
    const failure =
      error instanceof ChatError ? error.failure : faultBehind(error, either, question.url.host);
    throw new ChatError(presentable(failure, question.secrets));
  } finally {
    clearTimeout(timer);
  }
}

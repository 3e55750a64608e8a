import type { Attempt } from "./attempts.ts";
import type { Stage } from "./stage.ts";

/** Far longer than any timeout of the stage. In milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * All that comes back: status, headers and body, as far as the client stayed for it.
 * @throws where a client that stayed got no whole answer
 */
export async function answerTo(stage: Stage, attempt: Attempt): Promise<string> {
  let text = "";
  try {
    const response = await ask(stage, attempt);
    text = `${response.status} ${JSON.stringify([...response.headers])} `;
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch (error) {
    if (attempt.leavesAfter === undefined)
      throw new Error(`no answer to "${attempt.name}"`, { cause: error });
  }
  return text;
}

function ask(
  stage: Stage,
  { path, method = "POST", headers, leavesAfter, ...rest }: Attempt,
): Promise<Response> {
  const body = bodyOf(rest);
  return fetch(stage.server + path, {
    method,
    headers: { "content-type": "application/json", "x-nash-llm-token": stage.token.value, ...headers },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(leavesAfter ?? PATIENCE_MS),
    redirect: "manual",
    proxy: false,
  });
}

function bodyOf({ body, stalls }: Pick<Attempt, "body" | "stalls">): string | ReadableStream | undefined {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  if (stalls !== true) return text;
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
}

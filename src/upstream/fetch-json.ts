import { Deadline } from "../core/deadline.ts";
import { ChatError } from "../core/failure.ts";
import { parseJson } from "../core/json.ts";
import type { ProviderRequest } from "./attempt.ts";
import { BodyReader, readText } from "./body-reader.ts";
import { sanitizeFailure } from "./error-messages.ts";
import { failureBehind, type ProviderFetch } from "./provider-fetch.ts";

/** How long a provider may take over a small answer that no model makes, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** As much as is read of one. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A request for JSON: a GET, or a POST where there is a `body`. */
export type JsonRequest = Pick<ProviderRequest, "protocol" | "url" | "headers" | "secrets"> & {
  readonly body?: string;
  /** How long the provider may take, in milliseconds; 15 s unless said. */
  readonly timeoutMs?: number;
};

/**
 * Asks a provider for JSON, such as its list of models.
 * @throws {ChatError}
 */
export async function fetchJson(
  { protocol, url, headers, secrets, body, timeoutMs = TIMEOUT_MS }: JsonRequest,
  providerFetch: ProviderFetch,
  signal: AbortSignal,
): Promise<unknown> {
  const controller = new AbortController();
  const deadline = new Deadline({
    onTimeout: () =>
      controller.abort(new ChatError({ type: "timeout", message: "The provider did not answer in time." })),
  });
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  deadline.set(timeoutMs);
  try {
    const method = body === undefined ? "GET" : "POST";
    const init = {
      method,
      headers: { accept: "application/json", ...headers },
      signal: controller.signal,
      ...(body === undefined ? {} : { body }),
    } as const;
    const response = await providerFetch(url, init);
    const { text, whole } = await readText(new BodyReader(response.body), MAX_BYTES);
    if (!response.ok) throw new ChatError(protocol.failure(response.status, response.headers, text));
    const json = whole ? parseJson(text) : undefined;
    if (json === undefined)
      throw new ChatError({ type: "bad_output", message: "The provider did not answer with JSON." });
    return json;
  } catch (error) {
    throw new ChatError(sanitizeFailure(failureBehind(error, controller.signal, url.host), secrets));
  } finally {
    deadline.clear();
    signal.removeEventListener("abort", abort);
    // Whatever is left of the request is not wanted.
    controller.abort();
  }
}

import type { FailureType } from "../core/failure.ts";
import { detailsOf, NashError } from "./error.ts";
import type { CallOptions } from "./types.ts";

/** A function like the global `fetch`, without what runtimes add to it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Asks the server at one path. */
export type Ask = (path: string, body: unknown, options: AskOptions) => Promise<Response>;

export interface AskOptions extends CallOptions {
  readonly accept?: string;
  /** Without one: POST with a body, GET without. */
  readonly method?: "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Makes the function that all calls go through.
 * @param baseUrl the server's address, with or without a slash at its end
 * @param token what the server wants from its clients, where it wants something
 */
export function createAsk(baseUrl: string, token: string | undefined, fetch: Fetch): Ask {
  const base = baseUrl.replace(/\/+$/, "");
  return async (path, body, { signal, accept = "application/json", method, headers: more }) => {
    const headers: Record<string, string> = { accept, ...more };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(base + path, {
        method: method ?? (body === undefined ? "GET" : "POST"),
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new NashError(
        { type: "network", message: `The nash-llm server at ${base} cannot be reached.`, retryable: true },
        { cause: error },
      );
    }
    if (!response.ok) throw await errorIn(response);
    return response;
  };
}

/** The JSON of an answer. @throws {NashError} `bad_output` where it is none */
export async function jsonOf<T>(response: Response): Promise<T> {
  try {
    return await response.json();
  } catch (error) {
    throw new NashError({ ...notOurs(response), requestId: requestId(response) }, { cause: error });
  }
}

async function errorIn(response: Response): Promise<NashError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { error, session_id } = (typeof body === "object" && body !== null ? body : {}) as {
    error?: unknown;
    session_id?: unknown;
  };
  return new NashError({
    ...(detailsOf(error) ?? notOurs(response)),
    status: response.status,
    sessionId:
      typeof session_id === "string" ? session_id : (response.headers.get("x-session-id") ?? undefined),
    requestId: requestId(response),
  });
}

/** What to make of an answer that is not in our form: something else may be listening there. */
export function notOurs({ status }: Response): { type: FailureType; message: string } {
  if (status === 404) return { type: "not_found", message: "This server has no such path." };
  return {
    type: "bad_output",
    message: `The server answered ${status} and nothing that nash-llm would say. Is it another program's address?`,
  };
}

export function requestId(response: Response): string | undefined {
  return response.headers.get("x-request-id") ?? undefined;
}

/** What the server answers, read strictly: whatever docs/protocol.md does not allow throws. */

import type { Program } from "./program.ts";

export interface ErrorObject {
  readonly type: string;
  readonly message: string;
  readonly param?: string;
  readonly provider_status?: number;
  readonly retry_after?: number;
  readonly retryable: boolean;
}

/** An answer in the native stream format (docs/protocol.md 1), taken apart. */
export interface NativeAnswer {
  readonly session: string;
  readonly text: string;
  readonly error: ErrorObject | undefined;
  /** The data lines between the first session line and the last, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly comments: number;
}

const SESSION_LINE = /^data: \{"session_id":"([^"\\]+)"\}$/;

/**
 * Reads a whole stream.
 * @throws where it is not the native stream format to the letter: session line first and last but one, one `[DONE]`, at the end
 */
export function readNativeStream(stream: string): NativeAnswer {
  const wrong = (what: string) => new Error(`${what} in ${JSON.stringify(stream)}`);
  if (!stream.endsWith("data: [DONE]\n\n")) throw wrong("no [DONE] at the end");
  const blocks = stream.slice(0, -2).split("\n\n");
  const comments = blocks.filter((block) => /^:[^\n]*$/.test(block)).length;
  const data = blocks.filter((block) => !block.startsWith(":"));
  for (const block of data)
    if (!/^data: [^\n\r]+$/.test(block)) throw wrong(`the block ${JSON.stringify(block)}`);
  if (data.filter((block) => block === "data: [DONE]").length !== 1) throw wrong("more than one [DONE]");
  const session = SESSION_LINE.exec(data[0] ?? "")?.[1];
  if (session === undefined || blocks[0] !== data[0]) throw wrong("no session line at the start");
  if (data.length < 3 || data.at(-2) !== data[0]) throw wrong("no session line before [DONE]");

  const lines: Record<string, unknown>[] = data.slice(1, -2).map((block) => JSON.parse(block.slice(6)));
  const failures = lines.filter((line) => "error" in line);
  if (failures.length > 1) throw wrong("more than one error");
  const [failure] = failures;
  if (failure !== undefined && lines.slice(lines.indexOf(failure) + 1).some((line) => "content" in line)) {
    throw wrong("text after the error");
  }
  return {
    session,
    text: lines.map((line) => (typeof line["content"] === "string" ? line["content"] : "")).join(""),
    error: failure?.["error"] as ErrorObject | undefined,
    lines,
    comments,
  };
}

/** A failure before the stream began (docs/protocol.md 2). */
export interface Refusal {
  readonly status: number;
  readonly error: ErrorObject;
  readonly session: string | undefined;
  readonly headers: Headers;
}

/** Reads a refusal. @throws where it is not JSON, or its headers do not say what its body says */
export async function readRefusal(response: Response): Promise<Refusal> {
  const body = (await response.json()) as { error: ErrorObject; session_id?: string };
  const { headers, status } = response;
  if (!headers.get("content-type")?.startsWith("application/json"))
    throw new Error("a refusal that is not JSON");
  if (headers.get("x-request-id") === null) throw new Error("a refusal without x-request-id");
  if (headers.get("x-session-id") !== (body.session_id ?? null))
    throw new Error("two words about the session");
  const { type, message, retryable, retry_after: wait } = body.error;
  if (typeof type !== "string" || typeof message !== "string" || typeof retryable !== "boolean") {
    throw new Error(`an error of another shape: ${JSON.stringify(body)}`);
  }
  if (headers.get("retry-after") !== (wait === undefined ? null : String(wait))) {
    throw new Error("retry-after in the header is not that in the body");
  }
  return { status, error: body.error, session: body.session_id, headers };
}

export const SESSION = "3F0C2a7e-5b1d-4f6a-9c8e-2d7b1a6e4f50";

export type Body = Readonly<Record<string, unknown>>;

/** The smallest request for a chat or a summary, with a session. */
export function chatBody(url: string, model: string, more: Body = {}): Body {
  return {
    messages: [{ role: "user", content: "Hello" }],
    model,
    api_key: "sk-test-0123456789",
    api_base_url: url,
    session_id: SESSION,
    ...more,
  };
}

export const CHAT = "/v1/chat/completions/stream";
export const SUMMARIZE = "/v1/chat/summarize";

/** Posts JSON to the program. */
export function post(
  program: Pick<Program, "url">,
  path: string,
  body: unknown,
  { headers = {}, signal }: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(program.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    redirect: "manual",
    signal: signal ?? null,
  });
}

/** The value of a metric without labels. */
export async function metric(program: Pick<Program, "url">, name: string): Promise<number> {
  const text = await (await fetch(`${program.url}/metrics`)).text();
  const [, value] = new RegExp(`^${name} (\\S+)$`, "m").exec(text) ?? [];
  if (value === undefined) throw new Error(`no metric called ${name}`);
  return Number(value);
}

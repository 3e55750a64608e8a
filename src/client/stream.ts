import type { EndReason } from "../core/event.ts";
import type { Receipt } from "../core/receipt.ts";
import { detailsOf, type ErrorDetails, NashError } from "./error.ts";
import { type Ask, notOurs, requestId } from "./http.ts";
import { resumedFrames, stopAnswer } from "./resume.ts";
import { readFrames } from "./sse-reader.ts";
import type { CallOptions, ChatRequest, StreamEvent } from "./types.ts";

/**
 * Posts a body and gives the JSON lines of the stream that comes back, up to `[DONE]`. Leaving the loop ends the
 * request. A line with an error is thrown when all that follows it has been given.
 * @param resumes the body asks for a resumable answer: a connection that breaks is not its end
 * @throws {NashError}; the signal's reason when it aborts
 */
export async function* postStream(
  ask: Ask,
  path: string,
  body: unknown,
  { signal }: CallOptions,
  resumes = false,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, void> {
  signal?.throwIfAborted();
  const leaving = new AbortController();
  const leave = () => leaving.abort(signal?.reason);
  signal?.addEventListener("abort", leave);
  const known: { text: string; sessionId?: string } = { text: "" };
  let failure: ErrorDetails | undefined;

  const broken = (reason: string, id: string | undefined, cause?: unknown) =>
    new NashError(
      {
        ...(failure ?? {
          type: "incomplete",
          message: `The stream from the server ${reason}.`,
          retryable: true,
        }),
        ...known,
        requestId: id,
      },
      { cause },
    );

  /** The answer that would go on without this client. */
  let wanted: string | null = null;
  try {
    const response = await ask(path, body, { signal: leaving.signal, accept: "text/event-stream" });
    const id = requestId(response);
    if (response.body === null || !isEventStream(response))
      throw new NashError({ ...notOurs(response), requestId: id });
    try {
      const answer = resumes ? response.headers.get("x-answer-id") : null;
      const frames =
        answer === null ? readFrames(response.body) : resumedFrames(ask, response, answer, leaving.signal);
      wanted = answer;
      for await (const frame of frames) {
        if (frame === "[DONE]") {
          wanted = null;
          if (failure !== undefined) throw new NashError({ ...failure, ...known, requestId: id });
          return;
        }
        const line = parse(frame);
        if (line === undefined) throw broken("holds a line that is not JSON", id);
        if (typeof line["session_id"] === "string") known.sessionId = line["session_id"];
        if (typeof line["content"] === "string") known.text += line["content"];
        if (line["error"] === undefined) yield line;
        else failure = detailsOf(line["error"]) ?? { type: "upstream", message: String(line["error"]) };
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error instanceof NashError ? error : broken("broke", id, error);
    }
    throw broken("ended before its last line", id);
  } finally {
    signal?.removeEventListener("abort", leave);
    leaving.abort();
    if (wanted !== null) await stopAnswer(ask, wanted);
  }
}

/** The events of a chat. @throws {NashError}; the signal's reason when it aborts */
export async function* streamChat(
  ask: Ask,
  body: ChatRequest,
  options: CallOptions,
): AsyncGenerator<StreamEvent, void, void> {
  let named = false;
  for await (const line of chatLines(ask, body, options)) {
    const { session_id, content, reasoning, tool_call, usage, finish_reason, receipt } = line;
    if (typeof content === "string") {
      yield { type: "text", text: content };
    } else if (typeof reasoning === "string") {
      yield { type: "reasoning", text: reasoning };
    } else if (isToolCall(tool_call)) {
      yield { type: "tool_call", ...tool_call };
    } else if (typeof session_id === "string" && !named) {
      named = true;
      yield { type: "session", sessionId: session_id };
    } else if (typeof finish_reason === "string") {
      yield { type: "usage", usage: usageOf(usage), finishReason: finish_reason as EndReason };
    } else if (typeof receipt === "object" && receipt !== null) {
      yield { type: "receipt", receipt: receipt as Receipt };
    }
  }
}

/** The lines of a chat: of a resumable answer, unless the request says otherwise or the server can hold no more. */
async function* chatLines(
  ask: Ask,
  body: ChatRequest,
  options: CallOptions,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, void> {
  const path = "/v1/chat/completions/stream";
  const asked = body.stream_options?.resumable ?? true;
  if (!asked) return yield* postStream(ask, path, body, options);
  const resumable = { ...body, stream_options: { ...body.stream_options, resumable: true } };
  try {
    return yield* postStream(ask, path, resumable, options, true);
  } catch (error) {
    if (!(error instanceof NashError) || error.param !== "stream_options.resumable") throw error;
  }
  const { resumable: _, on_disconnect: __, ...rest } = body.stream_options ?? {};
  yield* postStream(ask, path, { ...body, stream_options: rest }, options);
}

interface ToolCallLine {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

function isToolCall(value: unknown): value is ToolCallLine {
  return (
    typeof value === "object" && value !== null && typeof (value as { index?: unknown }).index === "number"
  );
}

function usageOf(usage: unknown) {
  if (typeof usage !== "object" || usage === null) return null;
  const { input_tokens, output_tokens } = usage as Readonly<Record<string, unknown>>;
  return { inputTokens: Number(input_tokens), outputTokens: Number(output_tokens) };
}

function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

function parse(frame: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

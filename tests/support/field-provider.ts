/** A provider that answers each model as it is told, and every way of asking the program for it. */

import { CHAT, type ErrorObject, post, readNativeStream, SESSION, SUMMARIZE } from "./answers.ts";
import type { Program } from "./program.ts";
import type { ProtocolName } from "./streams.ts";

/** What one model answers: frames of a stream, JSON with a status, or whatever a `Response` can be. */
export type Script =
  | { readonly frames: readonly (object | string)[] }
  | { readonly status: number; readonly json: unknown }
  | { readonly answer: (request: SeenRequest) => Response | Promise<Response> };

export interface SeenRequest {
  readonly path: string;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

export interface FieldProvider {
  /** `http://127.0.0.1:<port>/v1` */
  readonly url: string;
  /** Puts a script under a name of its own, which is the model to ask for. */
  play(script: Script): string;
  /** What was asked of a model, in order. */
  asked(model: string): readonly SeenRequest[];
  stop(): Promise<void>;
}

export function startFieldProvider(): FieldProvider {
  const scripts = new Map<string, Script>();
  const seen = new Map<string, SeenRequest[]>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const body = await request.json();
      const script = scripts.get(body.model);
      if (script === undefined) return new Response("no such script", { status: 404 });
      const { headers, signal } = request;
      const one = { path: new URL(request.url).pathname, headers, body, signal };
      seen.set(body.model, [...(seen.get(body.model) ?? []), one]);
      if ("answer" in script) return script.answer(one);
      if ("json" in script) return Response.json(script.json, { status: script.status });
      return new Response(script.frames.map(frameOf).join(""), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    play(script) {
      const model = `m${scripts.size}`;
      scripts.set(model, script);
      return model;
    },
    asked: (model) => seen.get(model) ?? [],
    stop: () => server.stop(true),
  };
}

/** Objects as data, with their `type` as the event's name where they have one; strings as they are. */
export function frameOf(frame: object | string): string {
  if (typeof frame === "string") return frame === "[DONE]" ? "data: [DONE]\n\n" : frame;
  const name = "type" in frame && typeof frame.type === "string" ? `event: ${frame.type}\n` : "";
  return `${name}data: ${JSON.stringify(frame)}\n\n`;
}

export const WAYS = [
  "chat",
  "summary",
  "summary stream",
  "completions",
  "completions stream",
  "messages",
  "messages stream",
  "responses",
  "responses stream",
] as const;
export type Way = (typeof WAYS)[number];

/** What a client was told, in whatever form. */
export interface Told {
  readonly status: number;
  readonly text: string;
  /** In the words of the client's own dialect. */
  readonly finish: string | undefined;
  /** Before the stream (by status) or in it. */
  readonly error: (Partial<ErrorObject> & { readonly code?: unknown }) | undefined;
  readonly usage: Readonly<Record<string, unknown>> | undefined;
  /** All that came. */
  readonly raw: string;
}

/** Asks the program for a model of a provider, one way, and reads whatever comes. */
export async function askBy(
  way: Way,
  program: Pick<Program, "url">,
  provider: Pick<FieldProvider, "url">,
  protocol: ProtocolName,
  model: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Told> {
  const streamed = way.endsWith("stream");
  const messages = [{ role: "user", content: "Hello" }];
  if (way === "chat" || way.startsWith("summary")) {
    const body = {
      messages,
      model,
      api_key: "sk-test-0123456789",
      api_base_url: provider.url,
      session_id: SESSION,
      provider: protocol,
      ...(way === "chat" ? { stream_options: { include_usage: true } } : {}),
      ...more,
    };
    const headers = streamed ? { accept: "text/event-stream" } : {};
    const response = await post(program, way === "chat" ? CHAT : SUMMARIZE, body, { headers });
    return way === "chat" ? nativeChat(response) : nativeSummary(response);
  }
  const path = {
    completions: "/v1/chat/completions",
    messages: "/v1/messages",
    responses: "/v1/responses",
  }[way.split(" ")[0] as "completions"];
  const body = {
    model,
    stream: streamed,
    ...(way.startsWith("responses") ? { input: "Hello" } : { messages }),
    ...(way.startsWith("messages") ? { max_tokens: 500 } : {}),
    ...(way === "completions stream" ? { stream_options: { include_usage: true } } : {}),
    ...more,
  };
  const headers = {
    authorization: "Bearer sk-test-0123456789",
    "x-nash-llm-base-url": provider.url,
    "x-nash-llm-protocol": protocol,
  };
  const response = await post(program, path, body, { headers });
  return dialect(way, response);
}

async function nativeChat(response: Response): Promise<Told> {
  const raw = await response.text();
  if (response.status !== 200) return refused(response.status, raw);
  const { text, error, lines } = readNativeStream(raw);
  const last = lines.find((line) => "finish_reason" in line);
  return {
    status: 200,
    text,
    finish: last?.["finish_reason"] as string | undefined,
    error,
    usage: lines.find((line) => "usage" in line)?.usage as Told["usage"],
    raw,
  };
}

async function nativeSummary(response: Response): Promise<Told> {
  const raw = await response.text();
  if (response.status !== 200) return refused(response.status, raw);
  const isStream = response.headers.get("content-type")?.includes("event-stream");
  const parts = isStream ? eventsOf(raw) : [JSON.parse(raw)];
  const whole = parts.find((part) => part.success === true);
  const error = parts.find((part) => "error" in part)?.error;
  const streamed = parts.map((part) => part.content ?? "").join("");
  if (whole !== undefined && error !== undefined) throw new Error(`a success and an error: ${raw}`);
  if (isStream && !streamed.endsWith(whole?.summary ?? ""))
    throw new Error(`the lines of a summary are not the summary: ${raw}`);
  return {
    status: 200,
    text: whole?.summary ?? streamed,
    finish: whole === undefined ? undefined : "success",
    error,
    usage: undefined,
    raw,
  };
}

async function dialect(way: Way, response: Response): Promise<Told> {
  const raw = await response.text();
  if (response.status !== 200) return refused(response.status, raw);
  const told = (more: Partial<Told>): Told => ({
    status: 200,
    text: "",
    finish: undefined,
    error: undefined,
    usage: undefined,
    raw,
    ...more,
  });
  if (!way.endsWith("stream")) {
    const json = JSON.parse(raw);
    if (way === "completions") {
      const [choice] = json.choices;
      return told({ text: choice.message.content ?? "", finish: choice.finish_reason, usage: json.usage });
    }
    const text = (
      way === "messages"
        ? json.content
        : json.output.flatMap((item: { content?: object[] }) => item.content ?? [])
    )
      .map((part: { text?: string }) => part.text ?? "")
      .join("");
    return told({ text, finish: json.stop_reason ?? endOf(json), usage: json.usage });
  }
  const events = eventsOf(raw);
  const error = events.find((event) => event.error)?.error;
  if (way === "completions stream") {
    if (!raw.endsWith("data: [DONE]\n\n")) throw new Error(`no [DONE]: ${raw}`);
    return told({
      text: events.map((event) => event.choices?.[0]?.delta?.content ?? "").join(""),
      finish:
        events.map((event) => event.choices?.[0]?.finish_reason).find((word) => typeof word === "string") ??
        undefined,
      error,
      usage: events.map((event) => event.usage).find((usage) => usage),
    });
  }
  if (way === "messages stream") {
    const end = events.find((event) => event.type === "message_delta");
    const isOver = events.at(-1)?.type === "message_stop";
    if (isOver === (error !== undefined)) throw new Error(`neither whole nor told: ${raw}`);
    return told({
      text: events
        .map(
          (event) =>
            event.delta?.text ??
            (event.type === "content_block_start" ? event.content_block?.text : "") ??
            "",
        )
        .join(""),
      finish: isOver ? end?.delta?.stop_reason : undefined,
      error,
      usage: Object.assign({}, ...events.map((event) => withoutNulls(event.usage ?? event.message?.usage))),
    });
  }
  const last = events.findLast((event) => event.response)?.response;
  return told({
    text: events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join(""),
    finish: last?.status === "failed" ? undefined : endOf(last),
    error: error ?? last?.error ?? undefined,
    usage: last?.usage,
  });
}

/** As the SDKs add up what several events report. */
function withoutNulls(usage: Told["usage"] = {}): object {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

function endOf(response: Loose["response"]): string | undefined {
  return response?.incomplete_details?.reason ?? response?.status;
}

function refused(status: number, raw: string): Told {
  return { status, text: "", finish: undefined, error: JSON.parse(raw).error, usage: undefined, raw };
}

/** Whatever an event of one of the dialects may hold. */
interface Loose {
  readonly [name: string]: unknown;
  readonly type?: string;
  readonly success?: boolean;
  readonly summary?: string;
  readonly content?: string;
  readonly content_block?: { readonly text?: string };
  readonly message?: { readonly usage?: Told["usage"] };
  readonly error?: Told["error"];
  readonly delta?: string & { readonly text?: string; readonly stop_reason?: string };
  readonly choices?: readonly { delta?: { content?: string | null }; finish_reason?: string | null }[];
  readonly usage?: Told["usage"];
  readonly response?: {
    readonly status?: string;
    readonly incomplete_details?: { readonly reason?: string } | null;
    readonly error?: Told["error"] | null;
    readonly usage?: Told["usage"];
  };
}

function eventsOf(raw: string): Loose[] {
  return raw
    .split("\n\n")
    .flatMap((block) => block.split("\n").filter((line) => line.startsWith("data: ")))
    .filter((line) => line !== "data: [DONE]")
    .map((line) => JSON.parse(line.slice(6)));
}

/** A stream of parts, each as it comes. */
export function slowly(parts: AsyncIterator<Uint8Array>, type = "text/event-stream"): Response {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  return new Response(body, { headers: { "content-type": type } });
}

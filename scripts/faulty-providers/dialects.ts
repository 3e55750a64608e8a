import { CHAT, chatBody, post, readNativeStream, readRefusal } from "../../tests/support/answers.ts";
import type { Program } from "../../tests/support/program.ts";
import type { ProtocolName } from "../../tests/support/streams.ts";

/** What one request of a client came to, as its SDK would see it. */
export interface Seen {
  readonly status: number;
  readonly text: string;
  /** The type of the error that was told, by status or in the stream. */
  readonly error: string | undefined;
  /** The stream said that it is finished. */
  readonly isFinished: boolean;
}

export interface Question {
  readonly baseUrl: string;
  readonly protocol: ProtocolName;
  readonly model: string;
  readonly prompt: string;
}

/** A dialect as a client uses it: one streamed request, read to its end. */
export type Dialect = (program: Program, question: Question) => Promise<Seen>;

export const DIALECTS: Readonly<Record<string, Dialect>> = {
  "our own": async (program, { baseUrl, protocol, model, prompt }) => {
    const messages = [{ role: "user", content: prompt }];
    const body = chatBody(baseUrl, model, {
      provider: protocol,
      messages,
      stream_options: { include_usage: true },
    });
    const response = await post(program, CHAT, body);
    const { status } = response;
    if (status !== 200)
      return { status, text: "", error: (await readRefusal(response)).error.type, isFinished: false };
    const { text, error } = readNativeStream(await response.text());
    return { status, text, error: error?.type, isFinished: true };
  },
  "OpenAI chat": foreign("/v1/chat/completions", (model, prompt) => ({
    model,
    messages: [{ role: "user", content: prompt }],
    stream: true,
  })),
  "OpenAI Responses": foreign("/v1/responses", (model, prompt) => ({ model, input: prompt, stream: true })),
  "Anthropic Messages": foreign("/v1/messages", (model, prompt) => ({
    model,
    max_tokens: 1000,
    messages: [{ role: "user", content: prompt }],
    stream: true,
  })),
};

function foreign(path: string, bodyOf: (model: string, prompt: string) => object): Dialect {
  return async (program, { baseUrl, protocol, model, prompt }) => {
    const headers = {
      "x-nash-llm-base-url": baseUrl,
      "x-nash-llm-protocol": protocol,
      "x-api-key": "sk-test-0123456789",
      "anthropic-version": "2023-06-01",
    };
    const response = await post(program, path, bodyOf(model, prompt), { headers });
    const { status } = response;
    if (status !== 200)
      return { status, text: "", error: errorTypeOf(await response.json()), isFinished: false };
    return { status, ...readForeignStream(await response.text()) };
  };
}

/** Frames of all three dialects: no field of one means something else in another. */
interface Frame {
  readonly type?: string;
  readonly choices?: readonly { delta?: { content?: string | null }; finish_reason?: string | null }[];
  readonly delta?: string | { type?: string; text?: string };
  readonly error?: unknown;
  readonly response?: { readonly error?: unknown };
}

function readForeignStream(stream: string): Omit<Seen, "status"> {
  const frames = stream
    .split("\n\n")
    .flatMap((block) => block.split("\n").filter((line) => line.startsWith("data: {")))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Frame);
  const failed = frames.find(
    ({ type, error }) => error !== undefined || type === "error" || type === "response.failed",
  );
  return {
    text: frames.map(textOf).join(""),
    error: failed === undefined ? undefined : errorTypeOf(failed.response ?? failed),
    isFinished: frames.some(isEnd),
  };
}

function textOf({ type, choices, delta }: Frame): string {
  if (choices !== undefined) return choices[0]?.delta?.content ?? "";
  if (type === "response.output_text.delta" && typeof delta === "string") return delta;
  if (type === "content_block_delta" && typeof delta === "object") return delta.text ?? "";
  return "";
}

const isEnd = ({ type, choices }: Frame) =>
  type === "message_stop" ||
  type === "response.completed" ||
  type === "response.incomplete" ||
  (choices?.[0]?.finish_reason ?? null) !== null;

/** The type or code of an error in whatever dialect. */
function errorTypeOf(body: unknown): string {
  const { error = body } = body as { error?: unknown };
  const { type, code } = (error ?? {}) as { type?: unknown; code?: unknown };
  return String(type === "error" ? (code ?? type) : (type ?? code ?? "?"));
}

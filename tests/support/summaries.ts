/** Summaries as docs/protocol.md 3 has them, read strictly: whatever it does not allow throws. */

import { type ErrorObject, post, SUMMARIZE } from "./answers.ts";
import type { Program } from "./program.ts";

export interface SummaryAnswer {
  readonly success: true;
  readonly summary: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly token_reduction: { readonly before: number; readonly after: number; readonly estimated?: true };
  readonly session_id: string;
}

export interface SummaryStream {
  readonly progress: readonly { readonly part: number; readonly parts: number }[];
  /** All content lines together. */
  readonly content: string;
  readonly answer: SummaryAnswer | undefined;
  readonly error: ErrorObject | undefined;
  /** The session line after an error. */
  readonly session: string | undefined;
}

/** Asks for a summary as JSON. @throws where the answer is not 200 or has other fields than those of docs/protocol.md 3 */
export async function summaryOf(program: Pick<Program, "url">, body: unknown): Promise<SummaryAnswer> {
  const response = await post(program, SUMMARIZE, body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return checked(JSON.parse(text));
}

function checked(answer: SummaryAnswer): SummaryAnswer {
  const fields = Object.keys(answer).join();
  if (fields !== "success,summary,messages,token_reduction,session_id")
    throw new Error(`an answer with ${fields}`);
  const { before, after, estimated, ...others } = answer.token_reduction;
  const isCount = Number.isInteger(before) && Number.isInteger(after) && Object.keys(others).length === 0;
  if (!isCount || (estimated !== undefined && estimated !== true)) {
    throw new Error(`token_reduction is ${JSON.stringify(answer.token_reduction)}`);
  }
  return answer;
}

/** Asks for a summary as a stream and reads it whole. `seen` is told of each line as it comes. */
export async function summaryStream(
  program: Pick<Program, "url">,
  body: unknown,
  seen: (line: Readonly<Record<string, unknown>>) => void | Promise<void> = () => undefined,
): Promise<SummaryStream> {
  const response = await post(program, SUMMARIZE, body, { headers: { accept: "text/event-stream" } });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new Error("no stream");
  const lines: Record<string, unknown>[] = [];
  let rest = "";
  const utf8 = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const part = utf8.decode(bytes, { stream: true });
    const blocks = (rest + part).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      if (block.startsWith(":")) continue;
      const [, data] = /^data: ([^\n\r]+)$/.exec(block) ?? [];
      if (data === undefined) throw new Error(`the block ${JSON.stringify(block.slice(0, 200))}`);
      const line = data === "[DONE]" ? { done: true } : JSON.parse(data);
      lines.push(line);
      await seen(line);
    }
  }
  if (rest !== "") throw new Error(`an end in the middle: ${rest}`);
  return takeLines(lines);
}

const ORDER = ["progress", "content", "success", "error", "session_id", "done"];

/** Lines come in one order: progress, content, then the answer; or an error with the session's line; then the end. */
function takeLines(lines: readonly Readonly<Record<string, unknown>>[]): SummaryStream {
  const kinds = lines.map((line) => Object.keys(line)[0] ?? "");
  const places = kinds.map((kind) => ORDER.indexOf(kind));
  if (places.includes(-1) || places.some((place, i) => place < (places[i - 1] ?? 0))) {
    throw new Error(`lines in the order ${kinds}`);
  }
  const ending = kinds.filter((kind) => kind !== "progress" && kind !== "content").join();
  if (ending !== "success,done" && ending !== "error,session_id,done")
    throw new Error(`the ending ${ending}`);
  const found = (kind: string) => lines.find((line) => kind in line);
  const answer = found("success") as SummaryAnswer | undefined;
  return {
    progress: lines.flatMap((line) =>
      "progress" in line ? [line["progress"] as SummaryStream["progress"][0]] : [],
    ),
    content: lines.map((line) => (typeof line["content"] === "string" ? line["content"] : "")).join(""),
    answer: answer && checked(answer),
    error: found("error")?.["error"] as ErrorObject | undefined,
    session: answer === undefined ? (found("session_id")?.["session_id"] as string) : undefined,
  };
}

/** The prompts that hold the conversation itself; those that merge summaries are left out. */
export function materialOf(provider: { readonly asked: readonly { readonly text: string }[] }): string[] {
  return provider.asked.map(({ text }) => text).filter((text) => !text.startsWith("--- summary 1 "));
}

/** What `/v1/chat/tokens` says of messages. */
export async function tokensOf(program: Pick<Program, "url">, model: string, messages: unknown) {
  const response = await post(program, "/v1/chat/tokens", { model, messages });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as { tokens: number; context_window: number | null; estimated?: true };
}

/** One request over a bare socket, and what an answer of the server has to be. */

import { connect } from "node:net";
import { ERROR_TYPES } from "../../src/api/nash/error-types.ts";
import type { FailureType } from "../../src/core/failure.ts";
import { readNativeStream } from "../../tests/support/answers.ts";
import { parseAnswer, type RawAnswer } from "../../tests/support/raw-http.ts";
import { promise } from "./run-inputs.ts";

/** What came back, `silence` where nothing whole came in time. */
export interface Reply extends Omit<RawAnswer, "ended"> {
  readonly ended: "whole" | "closed" | "silence";
  /** All bytes, a character each. */
  readonly raw: string;
}

/** Sends bytes and waits for a whole answer, so many milliseconds, or for the connection to close. */
export function ask(port: number, request: Uint8Array, patience: number): Promise<Reply> {
  const isHead = Buffer.from(request.subarray(0, 5)).toString("latin1") === "HEAD ";
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    const finish = (ended: Reply["ended"]) => {
      clearTimeout(timer);
      socket.destroy();
      const all = answerIn(parts);
      // Bytes behind a body without a length are a second request, and have an answer of their own.
      const bytes = all.subarray(0, endOfFirst(all.toString("latin1"), isHead) ?? all.length);
      resolve({ ...parseAnswer(bytes, "end"), ended, raw: bytes.toString("latin1") });
    };
    const timer = setTimeout(() => finish("silence"), patience);
    socket.on("data", (part: Buffer) => {
      parts.push(part);
      if (endOfFirst(answerIn(parts).toString("latin1"), isHead) !== undefined) finish("whole");
    });
    socket.on("error", () => finish("closed"));
    socket.on("close", () => finish("closed"));
  });
}

const INTERIM = "HTTP/1.1 100 Continue\r\n\r\n";

/** All that came, without the interim response that a body may be sent, which Bun may say twice. */
function answerIn(parts: readonly Buffer[]): Buffer {
  let bytes = Buffer.concat(parts);
  while (bytes.toString("latin1", 0, INTERIM.length) === INTERIM) bytes = bytes.subarray(INTERIM.length);
  return bytes;
}

/** Where the first answer ends; undefined as long as it is not whole. */
function endOfFirst(text: string, isHead: boolean): number | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  if (isHead || /^HTTP\/1\.1 (?:204|304)/.test(head)) return end + 4;
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1];
  if (length !== undefined)
    return text.length - end - 4 >= Number(length) ? end + 4 + Number(length) : undefined;
  if (!/^transfer-encoding: *chunked$/im.test(head)) return undefined;
  const last = text.indexOf("\r\n0\r\n\r\n", end + 2);
  return last === -1 ? undefined : last + 7;
}

/** Lines of a stack, and names of our own files. */
const STACK = /\bat .{1,200}:\d+:\d+|\/\$bunfs\/|node_modules|\.ts:\d+/;
const HEADER = /^[\w-]+: [\t\x20-\x7e\x80-\xff]*$/;

/** What Bun's parser answers by itself, without a body. */
const PARSER_STATUSES = [400, 405, 411, 413, 414, 417, 431, 501, 505];

/**
 * Whether an answer is one that docs/protocol.md allows.
 * @param sane the request was well-formed HTTP, so that the parser had nothing to refuse
 * @throws {Broken}
 */
export function checkAnswer(reply: Reply, sane: boolean): void {
  const { status, headers, body, raw, ended } = reply;
  promise(!STACK.test(raw), () => `a stack: ${raw.slice(0, 2_000)}`);
  if (status === 0 && raw === "") {
    promise(!sane, ended === "silence" ? "no answer" : "the connection was closed without an answer");
    return;
  }
  const [line = "", ...lines] = raw.slice(0, raw.indexOf("\r\n\r\n")).split("\r\n");
  promise(/^HTTP\/1\.1 \d{3} [\x20-\x7e]+$/.test(line), () => `the status line ${line}`);
  for (const each of lines) promise(HEADER.test(each), () => `the header ${each}`);
  if (!sane && body === "" && headers["x-request-id"] === undefined) {
    promise(PARSER_STATUSES.includes(status), () => `an empty ${status}`);
    return;
  }
  // To HTTP/1.0 a body of unknown length ends with the connection.
  const isFramed = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  promise(ended === "whole" || (!sane && !isFramed), () => `the answer is not whole: ${raw.slice(0, 2_000)}`);
  promise(headers["x-request-id"] !== undefined, () => `no x-request-id beside ${status}`);
  const allowed = headers["access-control-allow-origin"];
  promise(allowed === undefined || !/^(?:\*|null)$|evil/.test(allowed), () => `CORS for ${allowed}`);
  promise(headers["access-control-allow-credentials"] === undefined, "CORS with credentials");
  if (body !== "") checkBody(reply);
}

function checkBody({ status, headers, body }: Reply): void {
  const type = headers["content-type"] ?? "";
  if (status >= 400) {
    promise(type.startsWith("application/json"), () => `${status} as ${type}: ${body}`);
    checkError(status, headers, JSON.parse(body));
  } else if (type.startsWith("text/event-stream")) checkStream(body, headers["x-session-id"]);
  else if (type.startsWith("application/json")) JSON.parse(body);
}

/** An error in JSON: its type goes with its status, and body and headers say the same. */
function checkError(status: number, headers: Reply["headers"], json: unknown): void {
  const { error, session_id: session } = json as { error?: Record<string, unknown>; session_id?: unknown };
  promise(error !== undefined, () => `an error of another shape: ${JSON.stringify(json)}`);
  const { type, message, param, provider_status: theirs, retry_after: wait, retryable, ...more } = error;
  promise(typeof type === "string" && type in ERROR_TYPES, () => `the type ${String(type)}`);
  const { statuses } = ERROR_TYPES[type as FailureType];
  const isTheirs = status === theirs && status >= 400 && status <= 499;
  promise(isTheirs || statuses.includes(status), () => `${type} with ${status}`);
  promise(type !== "internal", () => `a fault of our own: ${String(message)}`);
  promise(
    typeof message === "string" && message !== "" && typeof retryable === "boolean",
    "a part is missing",
  );
  promise(param === undefined || typeof param === "string", () => `param: ${JSON.stringify(param)}`);
  promise(
    theirs === undefined || Number.isInteger(theirs),
    () => `provider_status: ${JSON.stringify(theirs)}`,
  );
  promise(Object.keys(more).length === 0, () => `unknown parts: ${JSON.stringify(more)}`);
  promise(
    headers["retry-after"] === (wait === undefined ? undefined : String(wait)),
    "two words about the wait",
  );
  promise(
    headers["retry-after"] === undefined || /^\d{1,9}$/.test(headers["retry-after"]),
    "a wait that is no number",
  );
  promise(headers["x-session-id"] === session, "two words about the session");
}

/** A chat's stream, or that of a summary, which has no session line at its start. */
function checkStream(body: string, session: string | undefined): void {
  promise(body.endsWith("data: [DONE]\n\n"), () => `a stream without [DONE]: ${body.slice(-500)}`);
  if (body.startsWith('data: {"session_id"')) {
    const answer = readNativeStream(body);
    promise(answer.session === session, "the session of the header is not that of the lines");
    if (answer.error !== undefined) {
      promise(
        answer.error.type in ERROR_TYPES && answer.error.type !== "internal",
        () => `an error line: ${JSON.stringify(answer.error)}`,
      );
    }
    return;
  }
  for (const block of body.slice(0, -2).split("\n\n")) {
    promise(/^(?:data: [^\r\n]+|:[^\r\n]*)$/.test(block), () => `the block ${block}`);
    if (block.startsWith("data: {")) JSON.parse(block.slice(6));
  }
}

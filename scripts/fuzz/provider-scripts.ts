/** What a hostile provider does with one request, and what must come of it. */

import fc from "fast-check";
import { FRAMES, type ProtocolName } from "../../tests/support/streams.ts";
import { mutated, mutations } from "./hostile-streams.ts";
import { KEY } from "./request-bodies.ts";

/** How the bytes of a body are laid out. */
export type Framing = "chunked" | "length" | "close";

/** How an answer goes wrong, after the texts that come before. */
const FAULTS = [
  "none",
  "closed",
  "reset",
  "no JSON",
  "error",
  "bad chunk",
  "chunk too short",
  "bad trailer",
  "trailers",
  "more behind the end",
  "another answer behind the end",
] as const;
export type Fault = (typeof FAULTS)[number] | "silence" | "mutated";

const STATUS_LINES = [
  "HTTP/1.1 200 OK",
  "HTTP/1.0 200 OK",
  "HTTP/1.1 200",
  "HTTP/1.1 200 ",
  "HTTP/9.9 200 OK",
  "HTTP/1.1 999 X",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 2000 OK",
  "ICY 200 OK",
  "HTTP/1.1 200 OK\0",
  "HTTP/1.1 101 Switching Protocols",
  "HTTP/1.1 204 No Content",
  "HTTP/1.1 205 X",
  "HTTP/1.1 206 X",
  "HTTP/1.1 304 X",
  "HTTP/1.1 301 X\r\nlocation: http://127.0.0.1:1/",
  "HTTP/1.1 400 X",
  "HTTP/1.1 401 X",
  "HTTP/1.1 409 X",
  "HTTP/1.1 418 X",
  "HTTP/1.1 429 X",
  "HTTP/1.1 451 X",
  "HTTP/1.1 499 X",
  "HTTP/1.1 500 X",
  "HTTP/1.1 529 X",
  "HTTP/1.1 599 X",
  `HTTP/1.1 400 ${KEY}`,
  "HTTP/1.1  200 OK",
  "HTTP/1.1 -1 X",
  "",
  "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
  "SSH-2.0-OpenSSH",
  "\u0016\u0003\u0001",
] as const;

const HEADERS = [
  "content-type: text/html",
  "content-type: application/json",
  "content-type: text/event-stream; charset=latin1",
  "content-type: ",
  "content-type: x",
  "content-encoding: gzip",
  "content-encoding: br",
  "content-encoding: identity",
  "content-encoding: deflate, gzip",
  "transfer-encoding: gzip, chunked",
  "transfer-encoding: identity",
  "content-length: 0",
  "content-length: -1",
  "content-length: 5, 5",
  "content-length: 99999999999999999999",
  "content-length: x",
  "x: a\r\n b",
  "x:\0",
  "x y: z",
  ": x",
  "x",
  "x\u00ff: \u00ff",
  `x: ${KEY}`,
  `set-cookie: ${KEY}`,
  "retry-after: 7",
  `retry-after: ${"9".repeat(400)}`,
  "retry-after: -1",
  "retry-after-ms: 1e300",
  "x-should-retry: true",
  "connection: close",
  "connection: upgrade\r\nupgrade: websocket",
  "trailer: x",
  `x: ${"a".repeat(70_000)}`,
  Array.from({ length: 500 }, (_, i) => `x-${i}: y`).join("\r\n"),
  "x-request-id: \u001b[31m",
] as const;

export interface Script {
  readonly protocol: ProtocolName;
  readonly statusLine: string;
  readonly headers: readonly string[];
  readonly framing: Framing;
  /** How many texts come, and after how many of them it goes wrong. */
  readonly texts: number;
  readonly before: number;
  readonly fault: Fault;
  /** Where the bytes are split into writes, in millionths. */
  readonly cuts: readonly number[];
  /** Told apart from all others by the number of its request. */
  bytes(id: number): Uint8Array;
}

/** The text of one piece of an answer: no other answer has it. */
function piece(id: number, index: number): string {
  return `<${id}:${index}> `;
}

export function textBefore(id: number, count: number): string {
  return Array.from({ length: count }, (_, i) => piece(id, i)).join("");
}

/** Whether the head is a plain one, so that what must come of the body is known. */
export function isPlain({ statusLine, headers }: Script): boolean {
  return statusLine === "HTTP/1.1 200 OK" && headers.length === 0;
}

const ENDS: Readonly<Record<Framing, string>> = { chunked: "0\r\n\r\n", length: "", close: "" };

function written(
  script: Omit<Script, "bytes">,
  id: number,
  changes: Parameters<typeof mutated>[1],
): Uint8Array {
  const { protocol, framing, fault, texts, before, statusLine, headers } = script;
  const { opening, text, closing, error } = FRAMES[protocol];
  const texts_ = Array.from({ length: texts }, (_, i) => text(piece(id, i)));
  const wrong = fault === "no JSON" ? `data: {"${KEY}\n\n` : fault === "error" ? error : "";
  const breaksOff = fault === "closed" || fault === "reset" || fault === "silence";
  const frames = [
    opening,
    ...texts_.slice(0, before),
    ...(breaksOff ? [] : [wrong, ...texts_.slice(before), closing]),
  ].filter((frame) => frame !== "");
  const body = framing === "chunked" ? chunked(frames, fault, before) : frames.join("");
  // Longer than what comes, where it is broken off.
  const length = Buffer.byteLength(body) + (breaksOff ? 50 : 0);
  const lines = [
    "content-type: text/event-stream",
    ...(framing === "chunked" ? ["transfer-encoding: chunked"] : []),
    ...(framing === "length" ? [`content-length: ${length}`] : []),
    ...headers,
  ];
  const head = `${statusLine}\r\n${lines.join("\r\n")}\r\n\r\n`;
  const end =
    breaksOff || isBadChunk(fault)
      ? ""
      : fault === "trailers" && framing === "chunked"
        ? `0\r\nx: ${KEY}\r\n\r\n`
        : fault === "bad trailer" && framing === "chunked"
          ? "0\r\n\0\r\n\r\n"
          : ENDS[framing];
  const extra =
    fault === "more behind the end"
      ? text("<stray> ")
      : fault === "another answer behind the end"
        ? `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${Buffer.byteLength(text("<stray> ") + closing)}\r\n\r\n${text("<stray> ")}${closing}`
        : "";
  const bytes = Buffer.from(head + body + end + (framing === "close" ? "" : extra), "utf8");
  return fault === "mutated" ? mutated(bytes, changes) : bytes;
}

function isBadChunk(fault: Fault): boolean {
  return fault === "bad chunk" || fault === "chunk too short";
}

function chunked(frames: readonly string[], fault: Fault, before: number): string {
  return frames
    .map((frame, i) => {
      const size = Buffer.byteLength(frame).toString(16);
      if (i === before + 1 && fault === "bad chunk") return `zz\r\n${frame}\r\n`;
      if (i === before + 1 && fault === "chunk too short") return `${size}\r\n${frame}more\r\n`;
      return `${size}\r\n${frame}\r\n`;
    })
    .join("");
}

/** Something hostile, or nothing wrong at all. */
export const scripts: fc.Arbitrary<Script> = fc
  .record({
    protocol: fc.constantFrom<ProtocolName>("openai", "anthropic"),
    statusLine: fc.oneof(
      { weight: 4, arbitrary: fc.constant("HTTP/1.1 200 OK") },
      { weight: 1, arbitrary: fc.constantFrom(...STATUS_LINES) },
    ),
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...HEADERS), { maxLength: 2 }) },
    ),
    framing: fc.constantFrom<Framing>("chunked", "length", "close"),
    texts: fc.integer({ min: 1, max: 6 }),
    before: fc.nat(6),
    fault: fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom<Fault>(...FAULTS) },
      { weight: 15, arbitrary: fc.constant<Fault>("mutated") },
      // Each costs the time of a timeout.
      { weight: 1, arbitrary: fc.constant<Fault>("silence") },
    ),
    cuts: fc.array(fc.nat(1_000_000), { maxLength: 4 }),
    changes: mutations,
  })
  .map(({ changes, before, ...rest }) => {
    const script = { ...rest, before: Math.min(before, rest.texts) };
    return { ...script, bytes: (id: number) => written(script, id, changes) };
  });

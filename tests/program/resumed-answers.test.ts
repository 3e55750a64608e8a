import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, metric, post, readNativeStream } from "../support/answers.ts";
import { note } from "../support/note.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type HeaderList, openExchange, rawRequest } from "../support/raw-http.ts";
import { json } from "../support/raw-request-cases.ts";

/**
 * Answers whose connections break at any byte and are taken up again behind the last whole event, by two readers at once:
 * each has every token once, and what both have is the same, byte for byte (docs/protocol.md 11).
 */

setDefaultTimeout(300_000);

/** `NASH_LLM_RESUMED` asks for more of them: 1,000 take two minutes. */
const ANSWERS = Number(process.env["NASH_LLM_RESUMED"] ?? 60);
const AT_ONCE = 20;
const TOKENS = 60;
const MOST_BREAKS = 5;
const HOLD_SECONDS = 3;
/** All that may be held at once. */
const MOST_BYTES = 1_048_576;

let program: Program;

beforeAll(async () => {
  program = await startProgram({
    args: ["--no-detect", "--resume-hold", String(HOLD_SECONDS), "--resume-bytes", String(MOST_BYTES)],
  });
});
afterAll(() => program.stop());

const body = (model: string) =>
  chatBody("http://demo.invalid/v1", model, { stream_options: { resumable: true, include_receipt: true } });

interface Connection {
  /** All that came on it. */
  bytes(): Buffer;
  /** Settles when it is over or has been broken. */
  readonly over: Promise<void>;
  readonly id: string;
}

/** Reads one response and breaks its connection behind so many bytes of its body, in the middle of whatever is there. */
async function connect(
  line: string,
  headers: HeaderList,
  text: string,
  breakAt: number,
): Promise<Connection> {
  const head = Promise.withResolvers<string>();
  const over = Promise.withResolvers<void>();
  let all = Buffer.alloc(0);
  let start = -1;
  const exchange = await openExchange(program.port, rawRequest(line, headers, text));
  exchange.socket.on("data", (data: Buffer) => {
    all = Buffer.concat([all, data]);
    const end = all.indexOf("\r\n\r\n");
    if (end === -1) return;
    if (start === -1) head.resolve(all.subarray(0, end).toString());
    start = end + 4;
    if (decoded(all.subarray(start)).length >= breakAt) exchange.socket.resetAndDestroy();
  });
  exchange.socket.on("error", () => undefined);
  exchange.socket.on("close", () => {
    head.resolve("");
    over.resolve();
  });
  const [, id = ""] = /^x-answer-id: (\S+)$/im.exec(await head.promise) ?? [];
  return {
    id,
    over: over.promise,
    bytes: () => decoded(all.subarray(Math.max(start, 0))).subarray(0, breakAt),
  };
}

/** The data of a chunked body, as far as it came. */
function decoded(chunked: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = chunked.indexOf("\r\n", at);
    if (end === -1) break;
    const size = Number.parseInt(chunked.subarray(at, end).toString("latin1"), 16);
    if (!(size > 0)) break;
    pieces.push(chunked.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(pieces);
}

/** Whole events of a stream, comments apart. */
function wholeEvents(bytes: Buffer): string {
  const text = bytes.toString();
  const end = text.lastIndexOf("\n\n");
  const whole = end === -1 ? "" : text.slice(0, end + 2);
  return whole.replace(/^:[^\n]*\n\n/gm, "");
}

function lastId(events: string): number {
  return Number([...events.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? 0);
}

const host = (): HeaderList => [
  ["host", `127.0.0.1:${program.port}`],
  ["connection", "close"],
];

/** Goes on reading an answer until its end, over as many broken connections as it takes. */
async function readOn(id: string, had: string, random: () => number): Promise<string> {
  let text = had;
  for (let breaks = 0; !text.includes("data: [DONE]\n"); breaks++) {
    const breakAt = breaks < MOST_BREAKS ? 1 + Math.floor(random() * 2_500) : Number.POSITIVE_INFINITY;
    const headers: HeaderList = [...host(), ["last-event-id", String(lastId(text))]];
    const connection = await connect(`GET /v1/answers/${id} HTTP/1.1`, headers, "", breakAt);
    await connection.over;
    text += wholeEvents(connection.bytes());
    expect(breaks).toBeLessThan(MOST_BREAKS + 2);
  }
  return text;
}

/** A generator of numbers that a seed begins: what fails can be had again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** The tokens of a stream with ids, all of whose lines must be there. */
function tokensIn(stream: string): string[] {
  const ids = [...stream.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.map((_, i) => i + 1));
  const { text, lines } = readNativeStream(stream.replace(/\nid: \d+$/gm, ""));
  expect(lines.at(-1)?.["receipt"]).toMatchObject({ complete: true, finish_reason: "stop" });
  return text.match(/tok-\d+/g) ?? [];
}

const EXPECTED = Array.from({ length: TOKENS }, (_, i) => `tok-${String(i + 1).padStart(4, "0")}`);

async function oneAnswer(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const text = JSON.stringify(body(`demo-numbered-${TOKENS}-200`));
  const first = await connect(
    `POST ${CHAT} HTTP/1.1`,
    [...host(), ...json(text)],
    text,
    1 + Math.floor(random() * 2_500),
  );
  expect(first.id).toMatch(/^[0-9a-f]{32}$/);
  // The second reader comes in while the first one reads.
  const second = readOn(first.id, "", randomFrom(seed + 1_000_000));
  await first.over;
  const streams = await Promise.all([readOn(first.id, wholeEvents(first.bytes()), random), second]);
  for (const stream of streams) expect(tokensIn(stream)).toEqual(EXPECTED);
  expect(streams[0]).toBe(streams[1]);
}

test(`${ANSWERS} answers, each broken at random places and gone on with by two readers`, async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  note(`seed ${seed}`);
  let next = 0;
  let most = 0;
  const worker = async () => {
    while (next < ANSWERS) {
      await oneAnswer(seed + next++);
      most = Math.max(most, await metric(program, "nash_llm_held_bytes"));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(MOST_BYTES);
  const end = Date.now() + HOLD_SECONDS * 1000 + 10_000;
  while (Date.now() < end && (await metric(program, "nash_llm_held_answers")) > 0) await Bun.sleep(100);
  for (const name of ["held_answers", "held_bytes", "open_answers"])
    expect(await metric(program, `nash_llm_${name}`)).toBe(0);
});

test("an answer that is not resumable is held nowhere, and has no ids", async () => {
  const response = await post(program, CHAT, chatBody("http://demo.invalid/v1", "demo-numbered-3"));
  const id = response.headers.get("x-answer-id") ?? "";
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await response.text()).not.toContain("id: ");
  expect((await fetch(`${program.url}/v1/answers/${id}`)).status).toBe(404);
  expect((await fetch(`${program.url}/v1/answers/${id}`, { method: "DELETE" })).status).toBe(404);
  expect(program.stderr()).not.toContain(id);
});

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, metric, post, readNativeStream } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, type StandIn, startStandIn } from "../support/stand-in.ts";
import { FRAMES } from "../support/streams.ts";

/** Answers that are stopped, left and gone on with: who ends the provider's request, and what each ending says. */

setDefaultTimeout(60_000);

let program: Program;
let standIn: StandIn;

beforeAll(async () => {
  // An answer without an end, but for a model that is named for it.
  standIn = await startStandIn(({ socket, path, body, closed }) => {
    const { opening, text, closing } = FRAMES[path.endsWith("/messages") ? "anthropic" : "openai"];
    socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening)]));
    let count = 0;
    const timer = setInterval(() => {
      socket.write(chunk(text(`word-${++count} `)));
      if (!body.includes("ends") || count < 30) return;
      clearInterval(timer);
      socket.end(Buffer.concat([chunk(closing), chunk("")]));
    }, 10);
    closed.then(() => clearInterval(timer));
  });
  program = await startProgram({ args: ["--no-detect", "--resume-grace", "0.5", "--resume-hold", "2"] });
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

const nativeBody = (options: object, model = "m") =>
  chatBody(standIn.url, model, { stream_options: options });
const idOf = ({ headers }: Response) => headers.get("x-answer-id") ?? "";
const at = (id: string) => `${program.url}/v1/answers/${id}`;
const stop = async (id: string) => (await fetch(at(id), { method: "DELETE" })).json();

/** Reads until so many pieces have come, and gives the rest. */
async function some(
  response: Response,
  pieces = 3,
): Promise<{ text: string; rest: () => Promise<string>; leave: () => void }> {
  const reader = response.body?.getReader();
  const utf8 = new TextDecoder();
  let text = "";
  const read = async () => {
    const { done = true, value } = (await reader?.read()) ?? {};
    text += utf8.decode(value, { stream: true });
    return !done;
  };
  for (let i = 0; i < pieces; i++) await read();
  const rest = async () => {
    while (await read());
    return text;
  };
  return { text, rest, leave: () => void reader?.cancel() };
}

/** The one line of the log of a request. */
async function logged(response: Response): Promise<Record<string, unknown>> {
  const id = response.headers.get("x-request-id") ?? "none";
  return JSON.parse(await program.logged((line) => line.includes(id)));
}

for (const resumable of [false, true])
  for (const wanted of [false, true])
    test(`stopped natively: its receipt, and no error (resumable: ${resumable}, receipt wanted: ${wanted})`, async () => {
      const response = await post(program, CHAT, nativeBody({ resumable, include_receipt: wanted }));
      const visit = await standIn.next();
      const { rest } = await some(response);
      expect(await stop(idOf(response))).toEqual({ stopped: true });
      await visit.closed;
      const { error, lines, text } = readNativeStream((await rest()).replace(/\nid: \d+$/gm, ""));
      expect([error, text.startsWith("word-1 word-2 ")]).toEqual([undefined, true]);
      expect(lines.at(-1)?.["receipt"]).toMatchObject({
        complete: false,
        finish_reason: "stopped",
        usage: { source: "estimate" },
        attempts: [{ provider: expect.any(String), model: "m", ms: expect.any(Number) }],
      });
      const line = await logged(response);
      expect(line).toMatchObject({ outcome: "stopped", finish_reason: "stopped", usage_source: "estimate" });
      expect(program.stderr()).not.toContain(idOf(response));
    });

describe.each([
  ["/v1/chat/completions", { messages: [{ role: "user", content: "Hello" }] }, '"error"'],
  ["/v1/responses", { input: "Hello" }, "response.failed"],
  ["/v1/messages", { messages: [{ role: "user", content: "Hello" }], max_tokens: 100 }, "event: error"],
] as const)("%s", (path, body, form) => {
  for (const protocol of ["openai", "anthropic"])
    test(`stopped, of a provider that speaks ${protocol}: the dialect's form of an error`, async () => {
      const headers = {
        authorization: "Bearer sk-test",
        "x-nash-llm-base-url": standIn.url,
        "x-nash-llm-protocol": protocol,
      };
      const response = await post(program, path, { ...body, model: "m", stream: true }, { headers });
      const visit = await standIn.next();
      const { rest } = await some(response);
      expect(await stop(idOf(response))).toEqual({ stopped: true });
      await visit.closed;
      expect(await rest()).toContain(form);
      expect(await logged(response)).toMatchObject({ outcome: "stopped" });
    });
});

test("what is not resumable ends with its client, at once", async () => {
  const response = await post(program, CHAT, nativeBody({ include_receipt: true }));
  const visit = await standIn.next();
  (await some(response)).leave();
  await visit.closed;
  expect(await logged(response)).toMatchObject({
    outcome: "left",
    finish_reason: "left",
    usage_source: "estimate",
  });
  expect((await fetch(at(idOf(response)))).status).toBe(404);
});

test("what is resumable waits for the grace, then ends as left", async () => {
  const response = await post(program, CHAT, nativeBody({ resumable: true, include_receipt: true }));
  const visit = await standIn.next();
  (await some(response)).leave();
  const left = performance.now();
  await visit.closed;
  expect(performance.now() - left).toBeGreaterThan(400);
  expect(await logged(response)).toMatchObject({ outcome: "left", finish_reason: "left" });
  const stream = await (await fetch(at(idOf(response)))).text();
  const { error, lines } = readNativeStream(stream.replace(/\nid: \d+$/gm, ""));
  expect([error?.type, error?.retryable]).toEqual(["incomplete", false]);
  expect(lines.at(-1)?.["receipt"]).toMatchObject({ complete: false, finish_reason: "left" });
  await Bun.sleep(2_500);
  expect((await fetch(at(idOf(response)))).status).toBe(404);
});

test("before its headers are out nobody can come back: a client that leaves ends what is resumable too", async () => {
  const mute = await startStandIn(() => undefined);
  try {
    const leaving = new AbortController();
    const options = { resumable: true, on_disconnect: "finish" };
    const body = chatBody(mute.url, "m", { stream_options: options });
    const asked = post(program, CHAT, body, { signal: leaving.signal }).catch(() => undefined);
    const visit = await mute.next();
    leaving.abort();
    await Promise.all([asked, visit.closed]);
  } finally {
    await mute.stop();
  }
});

test("with on_disconnect finish it is read to its end, whoever leaves", async () => {
  const options = { resumable: true, on_disconnect: "finish", include_receipt: true };
  const response = await post(program, CHAT, nativeBody(options, "ends"));
  (await some(response)).leave();
  await Bun.sleep(1_000);
  const { lines, text } = readNativeStream(
    (await (await fetch(at(idOf(response)))).text()).replace(/\nid: \d+$/gm, ""),
  );
  expect(text.match(/word-/g)).toHaveLength(30);
  expect(lines.at(-1)?.["receipt"]).toMatchObject({ complete: true, finish_reason: "stop" });
});

test("on_disconnect has a meaning beside resumable alone", async () => {
  const response = await post(program, CHAT, nativeBody({ on_disconnect: "finish" }));
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ error: { param: "stream_options.on_disconnect" } });
});

/** One of the things that may happen to an answer, in any order and at any time. */
type Move = (id: string) => Promise<unknown>;
const random = (below: number) => Math.floor(Math.random() * below);
const ODD_IDS = ["", "x", "-1", "1e3", "999999999999999999", "0x1", "1.5", "é", " 3 ", "3, 4"];
const MOVES: readonly Move[] = [
  async (id) => (await some(await fetch(at(id)), random(5))).leave(),
  async (id) =>
    (await some(await fetch(at(id), { headers: { "last-event-id": String(random(40)) } }), 2)).leave(),
  async (id) => {
    const response = await fetch(at(id), { headers: { "last-event-id": ODD_IDS[random(9)] ?? "" } });
    expect([200, 204, 404, 422]).toContain(response.status);
    await response.body?.cancel();
  },
  async (id) => (await fetch(at(id))).text(),
  (id) => stop(id),
  async (id) => expect((await fetch(at(`${id.slice(1)}${random(10)}`))).status).toBe(404),
  async (id) => expect((await fetch(`${at(id)}/x`)).status).toBe(404),
  () => Bun.sleep(random(300)),
];

test("break, resume, stop and end in any order leave nothing behind", async () => {
  const one = async () => {
    const response = await post(
      program,
      CHAT,
      nativeBody({ resumable: true }, random(2) === 0 ? "ends" : "m"),
    );
    const { leave, rest } = await some(response, random(4));
    const moves = Array.from({ length: 6 }, () => MOVES[random(MOVES.length)] ?? stop);
    const own = random(2) === 0 ? leave() : rest();
    for (const move of moves) {
      const moved = move(idOf(response));
      if (random(2) === 0) await Promise.race([moved, Bun.sleep(200)]);
      else await Promise.race([moved, Bun.sleep(20)]);
    }
    await stop(idOf(response));
    await stop(idOf(response));
    await own;
  };
  await Promise.all(Array.from({ length: 60 }, one));
  const end = Date.now() + 20_000;
  const left = async () =>
    Promise.all(
      ["open_answers", "held_answers", "held_bytes"].map((name) => metric(program, `nash_llm_${name}`)),
    );
  while (Date.now() < end && (await left()).some((count) => count > 0)) await Bun.sleep(100);
  expect(await left()).toEqual([0, 0, 0]);
  expect(program.stderr()).not.toContain("stack");
});

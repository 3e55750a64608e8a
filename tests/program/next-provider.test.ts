import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Body, CHAT, post, readNativeStream, readRefusal } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";
import { FRAMES, wholeStream } from "../support/streams.ts";

/** Routes with several targets: whom they ask, when they go on to the next, and when not (docs/protocol.md 11). */

setDefaultTimeout(60_000);

const standIns: StandIn[] = [];
let folder: string | undefined;
let program: Program | undefined;

afterEach(async () => {
  await program?.stop();
  for (const standIn of standIns.splice(0)) await standIn.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true });
  program = folder = undefined;
});

type Play = (visit: Visit) => void;

const refuse =
  (status: number, headers = ""): Play =>
  ({ socket }) =>
    void socket.end(
      `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\nconnection: close\r\n${headers}content-length: 2\r\n\r\n{}`,
    );
const answer: Play = ({ socket }) =>
  void socket.write(
    Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(wholeStream("openai", ["Hel", "lo"])), chunk("")]),
  );
const cutAfterToken: Play = ({ socket }) => {
  const { opening, text } = FRAMES.openai;
  socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("Hel"))]));
  setTimeout(() => socket.destroy(), 100);
};
const silent: Play = () => undefined;
const hangUp: Play = ({ socket }) => void socket.destroy();

/** A server with a route `fast` over stand-ins that do this, one after the other. */
async function routed(plays: readonly Play[], args: readonly string[] = []): Promise<Program> {
  const names = plays.map((_, i) => `p${i + 1}`);
  for (const play of plays) standIns.push(await startStandIn(play));
  const providers = names.map(
    (name, i) => `[[provider]]\nname = "${name}"\nbase-url = "${standIns[i]?.url}"\n`,
  );
  const to = names.map((name) => `"${name}/m"`).join(", ");
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  const file = join(folder, "settings.toml");
  writeFileSync(file, `${providers.join("")}[[route]]\nmodel = "fast"\nto = [${to}]\n`);
  program = await startProgram({ args: ["--config", file, "--retries", "0", "--no-detect", ...args] });
  return program;
}

const BODY: Body = {
  model: "fast",
  messages: [{ role: "user", content: "Hello" }],
  stream_options: { include_receipt: true },
};

interface Told {
  readonly text: string;
  readonly receipt: {
    complete: boolean;
    provider: string;
    attempts: { provider: string; type?: string; ms: number }[];
  };
  readonly error: string | undefined;
}

async function ask(server: Program, body: Body = BODY): Promise<Told> {
  const { text, lines, error } = readNativeStream(await (await post(server, CHAT, body)).text());
  const receipt = lines.at(-1)?.["receipt"] as Told["receipt"];
  return { text, receipt, error: error?.type };
}

const visits = () => standIns.map((standIn) => standIn.visits.length);
const attempts = ({ receipt }: Told) =>
  receipt.attempts.map(({ provider, type }) => `${provider} ${type ?? "answered"}`);

const FAILURES: readonly (readonly [name: string, play: Play, type: string])[] = [
  ["429", refuse(429), "rate_limit"],
  ["500", refuse(500), "upstream"],
  ["503", refuse(503), "overloaded"],
  ["529", refuse(529), "overloaded"],
  ["504", refuse(504), "timeout"],
  ["402", refuse(402), "quota"],
  ["a connection that breaks", hangUp, "network"],
  [
    "an answer that is none",
    ({ socket }) => void socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{"),
    "bad_output",
  ],
];

test.each(FAILURES)("%s: the next one answers, and the receipt says so", async (_name, play, type) => {
  const server = await routed([play, answer]);
  const told = await ask(server);
  expect(told.text).toBe("Hello");
  expect(told.receipt).toMatchObject({ complete: true, provider: "p2" });
  expect(attempts(told)).toEqual([`p1 ${type}`, "p2 answered"]);
  expect(visits()).toEqual([1, 1]);
});

test("after a 400 nobody else is asked", async () => {
  const server = await routed([refuse(400), answer]);
  const { status } = await readRefusal(await post(server, CHAT, BODY));
  expect(status).toBe(400);
  expect(visits()).toEqual([1, 0]);
});

test("after a token nothing is sent twice", async () => {
  const server = await routed([cutAfterToken, answer]);
  const told = await ask(server);
  expect([told.text, told.error]).toEqual(["Hel", "incomplete"]);
  expect(told.receipt.complete).toBe(false);
  expect(visits()).toEqual([1, 0]);
});

test("when the headers are out already, the next one is asked in the stream", async () => {
  const server = await routed([silent, answer], ["--first-event-timeout", "6"]);
  const told = await ask(server);
  expect([told.text, told.error]).toEqual(["Hello", undefined]);
  expect(attempts(told)).toEqual(["p1 timeout", "p2 answered"]);
});

test("where all fail the last failure is told, before the stream and in it", async () => {
  const server = await routed([refuse(503), refuse(429, "retry-after: 7\r\n")]);
  const { status, error } = await readRefusal(await post(server, CHAT, BODY));
  expect([status, error.type, error.retry_after]).toEqual([429, "rate_limit", 7]);
  const line = JSON.parse(await server.logged((text) => text.includes("rate_limit")));
  expect(line.attempts.map(({ type }: { type: string }) => type)).toEqual(["overloaded", "rate_limit"]);
});

test("one that failed is left alone, then one request tries it again", async () => {
  let isWell = false;
  const server = await routed([(visit) => (isWell ? answer(visit) : refuse(503)(visit)), answer]);
  await ask(server);
  for (let i = 0; i < 5; i++) {
    const told = await ask(server);
    expect(told.receipt.attempts.map(({ type, ms }) => [type, ms > 0])).toEqual([
      ["overloaded", false],
      [undefined, true],
    ]);
  }
  expect(visits()).toEqual([1, 6]);
  isWell = true;
  await Bun.sleep(2_600);
  await Promise.all(Array.from({ length: 10 }, () => ask(server)));
  const [tried = 0] = visits();
  expect(tried).toBeGreaterThan(1);
  await ask(server);
  expect(visits()[0]).toBe(tried + 1);
});

test("where all are left alone they are asked all the same", async () => {
  let isWell = false;
  const play: Play = (visit) => (isWell ? answer(visit) : refuse(503)(visit));
  const server = await routed([play, play]);
  expect((await post(server, CHAT, BODY)).status).toBe(503);
  isWell = true;
  expect((await ask(server)).text).toBe("Hello");
});

test("a whole answer of a dialect goes on too, and its header says so", async () => {
  const server = await routed([refuse(503), answer]);
  const response = await post(server, "/v1/chat/completions", { model: "fast", messages: BODY["messages"] });
  expect(response.status).toBe(200);
  const header = response.headers.get("x-nash-llm-receipt") ?? "";
  expect(header).toMatch(/^[\x20-\x7e]{1,2048}$/);
  expect(JSON.parse(header).attempts).toMatchObject([{ type: "overloaded" }, { ms: expect.any(Number) }]);
});

test("a client that leaves while the first is asked ends all of it", async () => {
  const server = await routed([silent, answer]);
  const leaving = new AbortController();
  const asked = post(server, CHAT, BODY, { signal: leaving.signal }).catch(() => undefined);
  const visit = await standIns[0]?.next();
  leaving.abort();
  await Promise.all([asked, visit?.closed]);
  await Bun.sleep(200);
  expect(visits()).toEqual([1, 0]);
});

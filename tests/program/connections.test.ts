import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readNativeStream, readRefusal } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, reply, startStandIn, type Visit } from "../support/stand-in.ts";
import { FRAMES, wholeStream } from "../support/streams.ts";

/** Connections to a provider that serve one request after another: whose answer is whose, and what goes out twice. */

setDefaultTimeout(30_000);

let program: Program;
beforeAll(async () => {
  program = await startProgram({ args: ["--gap-timeout", "0.4", "--retries", "0"] });
});
afterAll(() => program.stop());

const LAST_CHUNK = "0\r\n\r\n";

/** A whole stream as the head and the chunks of one response. */
const streamOf = (text: string) =>
  Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(wholeStream("openai", [text])), Buffer.from(LAST_CHUNK)]);

async function textOf(url: string): Promise<string> {
  const answer = readNativeStream(await (await post(program, CHAT, chatBody(url, "any"))).text());
  expect(answer.error).toBeUndefined();
  return answer.text;
}

test("one connection serves one request after another", async () => {
  const provider = await startStandIn(({ socket }, index) => void socket.write(streamOf(`answer ${index}`)));
  for (const index of [0, 1, 2]) expect(await textOf(provider.url)).toBe(`answer ${index}`);
  expect(provider.connections).toBe(1);
  await provider.stop();
});

test.each([
  [
    "behind an answer",
    (visit: Visit) => visit.socket.write(Buffer.concat([streamOf("one"), streamOf("evil")])),
  ],
  [
    "between two requests",
    (visit: Visit) =>
      visit.socket.write(streamOf("one"), () => setTimeout(() => visit.socket.write(streamOf("evil")), 50)),
  ],
])("a response that nobody asked for, %s, is nobody's", async (_, answer) => {
  const provider = await startStandIn((visit, index) => {
    if (index === 0) answer(visit);
    else visit.socket.write(streamOf("two"));
  });
  expect(await textOf(provider.url)).toBe("one");
  await Bun.sleep(200);
  expect(await textOf(provider.url)).toBe("two");
  await provider.stop();
});

test("a first request whose connection is reset is not sent again", async () => {
  const provider = await startStandIn(({ socket }) => void socket.resetAndDestroy());
  const { status, error } = await readRefusal(await post(program, CHAT, chatBody(provider.url, "any")));
  expect([status, error.type]).toEqual([502, "network"]);
  expect(provider.visits.length).toBe(1);
  await provider.stop();
});

test("a request on a used connection that is cut once half an answer has come is not sent again", async () => {
  const provider = await startStandIn(({ socket }, index) => {
    if (index === 0) return void socket.write(streamOf("one"));
    const { opening, text } = FRAMES.openai;
    const half = Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("half"))]);
    socket.write(half, () => setTimeout(() => socket.resetAndDestroy(), 100));
  });
  expect(await textOf(provider.url)).toBe("one");
  const answer = readNativeStream(await (await post(program, CHAT, chatBody(provider.url, "any"))).text());
  expect([answer.text, answer.error?.type]).toEqual(["half", "incomplete"]);
  expect(provider.visits.length).toBe(2);
  await provider.stop();
});

test("no timeout runs once an answer has ended, though its body ends later", async () => {
  const provider = await startStandIn(({ socket }) => {
    socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(wholeStream("openai", ["whole"]))]));
    // Later than the gap timeout of 0.4 s.
    setTimeout(() => socket.write(LAST_CHUNK), 700);
  });
  expect(await textOf(provider.url)).toBe("whole");
  await Bun.sleep(900);
  expect(await textOf(provider.url)).toBe("whole");
  expect(provider.connections).toBe(1);
  await provider.stop();
});

test("a client that leaves after its answer disturbs no other request on the same connection", async () => {
  const provider = await startStandIn(({ socket }, index) => {
    if (index === 0) return void socket.write(streamOf("one"));
    const { opening, text, closing } = FRAMES.openai;
    socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("two"))]));
    setTimeout(() => socket.write(Buffer.concat([chunk(closing), Buffer.from(LAST_CHUNK)])), 200);
  });
  const leaving = new AbortController();
  const first = await post(program, CHAT, chatBody(provider.url, "any"), { signal: leaving.signal });
  expect(readNativeStream(await first.text()).text).toBe("one");
  const second = textOf(provider.url);
  await provider.next();
  await provider.next();
  leaving.abort();
  expect(await second).toBe("two");
  expect(provider.connections).toBe(1);
  await provider.stop();
});

test("a status with a body that never comes takes its connection with it", async () => {
  const provider = await startStandIn(({ socket }, index) => {
    if (index > 0) return void socket.write(streamOf("two"));
    socket.write(reply(500, {}, "").toString().replace("content-length: 0", "content-length: 9"));
  });
  expect((await readRefusal(await post(program, CHAT, chatBody(provider.url, "any")))).status).toBe(502);
  expect(await textOf(provider.url)).toBe("two");
  expect(provider.connections).toBe(2);
  await provider.stop();
});

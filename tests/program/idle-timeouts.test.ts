import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { SandboxRecord } from "../../src/sandbox/record.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readNativeStream, SESSION, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { openExchange, parseAnswer, rawRequest } from "../support/raw-http.ts";
import { json } from "../support/raw-request-cases.ts";
import { CHUNKED_HEAD, chunk, reply, type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";
import { FRAMES, PROTOCOLS, type ProtocolName } from "../support/streams.ts";

/** What takes its time and has no setting: the rule of five seconds, keep-alive comments, idle connections. All at once. */

setDefaultTimeout(120_000);

const SECOND = 1_000;
/** Longer than any connection may be idle. */
const LONG = 34 * SECOND;

let program: Program;
let impatient: Program;
let sandbox: Sandbox;
let standIn: StandIn;
const records: SandboxRecord[] = [];

const later = (ms: number, visit: Visit, bytes: string | Buffer) => {
  const timer = setTimeout(() => visit.socket.write(bytes), ms);
  visit.closed.then(() => clearTimeout(timer));
};

/** What the stand-in does, by the model that is asked for. */
const PLAYS: Readonly<Record<string, (visit: Visit, protocol: ProtocolName) => void>> = {
  "refused late": (visit) =>
    later(
      6 * SECOND,
      visit,
      reply(401, { "content-type": "application/json" }, '{"error":{"message":"No."}}'),
    ),
  "failing late": (visit, protocol) => {
    visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(FRAMES[protocol].opening)]));
    later(6 * SECOND, visit, chunk(FRAMES[protocol].error));
  },
  "failing late, watched": (visit, protocol) => PLAYS["failing late"]?.(visit, protocol),
  silent: (visit, protocol) => {
    const { opening, text, closing } = FRAMES[protocol];
    visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("one "))]));
    later(LONG, visit, Buffer.concat([chunk(text("two") + closing), Buffer.from("0\r\n\r\n")]));
  },
  "finished, and open": (visit, protocol) => {
    const { opening, text, closing } = FRAMES[protocol];
    // What finishes OpenAI's answer without `[DONE]`, so that more may come. Anthropic's is over with `message_stop`.
    const finish = closing.slice(0, closing.lastIndexOf("data: [DONE]"));
    visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("one") + finish)]));
  },
  "text in silence": (visit, protocol) => {
    const { opening, text, closing, comment } = FRAMES[protocol];
    visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("one "))]));
    for (let at = 1; at < 24; at++) later(at * SECOND, visit, chunk(comment));
    later(24 * SECOND, visit, Buffer.concat([chunk(text("two") + closing), Buffer.from("0\r\n\r\n")]));
  },
};

beforeAll(async () => {
  sandbox = startSandbox({ onRequest: (record) => void records.push(record) });
  standIn = await startStandIn((visit) => {
    const protocol = visit.path.endsWith("/messages") ? "anthropic" : "openai";
    PLAYS[JSON.parse(visit.body).model]?.(visit, protocol);
  });
  program = await startProgram({ args: ["--max-answer", "1000000000"] });
  impatient = await startProgram({ args: ["--first-event-timeout", "7"] });
});
afterAll(async () => {
  await Promise.all([program.stop(), impatient.stop()]);
  await Promise.all([sandbox.stop(), standIn.stop()]);
});

const chat = async (on: Program, url: string, model: string, provider: ProtocolName) => {
  const response = await post(on, CHAT, chatBody(url, model, { provider }));
  expect([response.status, response.headers.get("x-session-id")]).toEqual([200, SESSION]);
  return readNativeStream(await response.text());
};

test.concurrent.each(PROTOCOLS)(
  "%s: after five seconds the stream begins, and the text comes later",
  async (provider) => {
    const answer = await chat(program, sandbox.url, "demo-slow", provider);
    expect([answer.error, answer.text.startsWith("[demo] ")]).toEqual([undefined, true]);
  },
);

test.concurrent.each(PROTOCOLS)(
  "%s: a timeout that expires after that is an error line",
  async (provider) => {
    for (const model of ["demo-hang", "demo-hang-body"]) {
      const answer = await chat(impatient, sandbox.url, model, provider);
      expect([answer.text, answer.error?.type]).toEqual(["", "timeout"]);
    }
  },
);

test.concurrent.each(PROTOCOLS)(
  "%s: a status that comes after that is an error line, and no retry",
  async (provider) => {
    const refused = await chat(program, standIn.url, "refused late", provider);
    expect(refused.error).toMatchObject({ type: "authentication", provider_status: 401, message: "No." });
    expect((await chat(program, standIn.url, "failing late", provider)).error?.type).toBe("overloaded");
    const asked = standIn.visits.filter(({ body, path }) => {
      const isMine = path.endsWith("/messages") === (provider === "anthropic");
      return isMine && JSON.parse(body).model === "failing late";
    });
    expect(asked.length).toBe(1);
  },
);

test.concurrent.each(PROTOCOLS)(
  "%s: comments keep a silent stream alive, whatever the provider says",
  async (provider) => {
    const [silent, noisy] = await Promise.all([
      chat(program, standIn.url, "silent", provider),
      chat(program, standIn.url, "text in silence", provider),
    ]);
    expect([silent.text, silent.error, noisy.text, noisy.error]).toEqual([
      "one two",
      undefined,
      "one two",
      undefined,
    ]);
    // At least every 15 s; the provider's own comments are not among them.
    expect(silent.comments).toBeWithin(2, 5);
    expect(noisy.comments).toBeWithin(1, 4);
  },
);

test.concurrent("a provider that has finished and does not close is waited for ten seconds, not the whole gap", async () => {
  const asked = performance.now();
  const answer = await chat(program, standIn.url, "finished, and open", "openai");
  expect([answer.text, answer.error]).toEqual(["one", undefined]);
  expect((performance.now() - asked) / SECOND).toBeWithin(9, 20);
});

test.concurrent("a summary in one piece may take longer than a connection may be idle", async () => {
  const response = await post(program, SUMMARIZE, chatBody(standIn.url, "silent"));
  expect(await response.json()).toMatchObject({ success: true, summary: "one two" });
});

test.concurrent("a summary that is watched says that it lives, and fails in its stream once it has begun", async () => {
  const response = await post(program, SUMMARIZE, chatBody(standIn.url, "failing late, watched"), {
    headers: { accept: "text/event-stream" },
  });
  expect(response.status).toBe(200);
  const blocks = (await response.text()).trimEnd().split("\n\n");
  expect(blocks[0]).toBe(": keep-alive");
  expect(blocks.slice(-2)).toEqual([`data: {"session_id":"${SESSION}"}`, "data: [DONE]"]);
  expect(JSON.parse(blocks.at(-3)?.slice(6) ?? "")).toMatchObject({ error: { type: "overloaded" } });
});

function request(on: Program, path: string, body: unknown): string {
  const text = JSON.stringify(body);
  return rawRequest(`POST ${path} HTTP/1.1`, [["host", `127.0.0.1:${on.port}`], ...json(text)], text);
}

test.concurrent("a reader that stopped reading is let go, and its provider with it", async () => {
  const body = chatBody(sandbox.url, "demo-endless", { messages: [{ role: "user", content: "stalled" }] });
  const { socket, came, closed } = await openExchange(program.port, request(program, CHAT, body));
  await came((text) => text.includes("tok-"));
  socket.pause();
  const mine = records.find((record) => JSON.stringify(record.body).includes('"stalled"'));
  expect(await mine?.closed).toBe("cancelled");
  socket.resume();
  await closed;
});

test.concurrent("a reader who never reads a summary is let go as well", async () => {
  const long = "word ".repeat(2_000_000);
  const messages = [
    { role: "system", content: long },
    { role: "user", content: "Hello" },
  ];
  const { socket, closed } = await openExchange(
    program.port,
    request(program, SUMMARIZE, chatBody(sandbox.url, "demo-fast", { messages })),
  );
  socket.pause();
  const done = await program.logged(
    (line) => line.includes(SUMMARIZE) && line.includes('"model":"demo-fast"'),
  );
  expect(JSON.parse(done)).toMatchObject({ status: 200 });
  // Nothing tells this side that the other has closed until it reads on.
  await Bun.sleep(LONG + 6 * SECOND);
  socket.resume();
  await closed;
});

test.concurrent("headers that dribble in are cut off", async () => {
  const { socket, closed } = await openExchange(program.port, "GET /health HTTP/1.1\r\n");
  const timer = setInterval(() => socket.write("x: y\r\n"), SECOND);
  await closed;
  clearInterval(timer);
});

test.concurrent("so is a body, with a 408, and then the connection", async () => {
  const [head] = request(program, CHAT, chatBody(sandbox.url, "demo-fast")).split("\r\n\r\n");
  const { socket, closed, came, text } = await openExchange(program.port, `${head}\r\n\r\n{`);
  const timer = setInterval(() => socket.write(" "), SECOND);
  await came((seen) => seen.includes("\r\n\r\n"));
  await closed;
  clearInterval(timer);
  const answer = parseAnswer(Buffer.from(text(), "latin1"), "until");
  expect([answer.status, answer.headers["connection"]?.toLowerCase()]).toEqual([408, "close"]);
  expect(JSON.parse(answer.body).error.type).toBe("timeout");
});

test.concurrent("a connection on which nothing is asked is closed", async () => {
  const { closed } = await openExchange(program.port, "");
  await closed;
});

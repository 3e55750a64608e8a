import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readNativeStream, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { exchange, openExchange, rawRequest } from "../support/raw-http.ts";
import { STREAM_HEAD, type StandIn, startStandIn, type Visit } from "../support/stand-in.ts";

/** How it stops (docs/protocol.md 8). */

setDefaultTimeout(60_000);

let provider: StandIn;
beforeAll(async () => {
  provider = await startStandIn(() => undefined);
});
afterAll(() => provider.stop());

const text = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** An answer that has begun and will not go on by itself. */
async function startAnswer(program: Program): Promise<{ response: Response; visit: Visit }> {
  const asked = post(program, CHAT, chatBody(provider.url, "any"));
  const visit = await provider.next();
  visit.socket.write(STREAM_HEAD + text("before "));
  return { response: await asked, visit };
}

/** Sends the signal and returns once the program has taken notice of it. */
async function beginStop(program: Program, signal: NodeJS.Signals): Promise<{ exited: Promise<number> }> {
  const exited = program.stop(signal);
  while ((await fetch(`${program.url}/ready`)).status !== 503);
  return { exited };
}

test.each(["SIGTERM", "SIGINT"] as const)("%s ends an idle server with exit code 0", async (signal) => {
  await using program = await startProgram();
  expect((await fetch(`${program.url}/ready`)).status).toBe(200);
  expect(await program.stop(signal)).toBe(0);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "after %s a running answer may end, and no other begins",
  async (signal) => {
    await using program = await startProgram();
    const { response, visit } = await startAnswer(program);
    const { exited } = await beginStop(program, signal);

    const body = JSON.stringify(chatBody(provider.url, "any"));
    const refused = await exchange(
      program.port,
      rawRequest(
        `POST ${CHAT} HTTP/1.1`,
        [
          ["host", `127.0.0.1:${program.port}`],
          ["content-type", "application/json"],
          ["content-length", String(body.length)],
        ],
        body,
      ),
    );
    expect(refused.status).toBe(503);
    expect(refused.headers["connection"]).toBe("close");
    expect(JSON.parse(refused.body).error.type).toBe("overloaded");
    expect((await fetch(`${program.url}/health`)).status).toBe(200);

    visit.socket.end(text("after") + END);
    const answer = readNativeStream(await response.text());
    expect({ text: answer.text, error: answer.error }).toEqual({ text: "before after", error: undefined });
    expect(await exited).toBe(0);
  },
);

test("with a delay balancers hear of it first, and requests are answered until then", async () => {
  await using program = await startProgram({ args: ["--drain-delay", "1.5"] });
  const { exited } = await beginStop(program, "SIGTERM");
  const { response, visit } = await startAnswer(program);
  expect(response.status).toBe(200);
  visit.socket.end(text("after") + END);
  expect(readNativeStream(await response.text()).text).toBe("before after");
  expect(await exited).toBe(0);
});

test("it goes on listening, and refusing, until the last of its answers has ended", async () => {
  await using program = await startProgram();
  const request = (path: string) =>
    rawRequest(`GET ${path} HTTP/1.1`, [["host", `127.0.0.1:${program.port}`]]);
  const known = await openExchange(program.port, request("/health"));
  await known.came((text) => text.includes("ok"));
  const first = await startAnswer(program);
  const last = await startAnswer(program);
  const { exited } = await beginStop(program, "SIGTERM");

  const posts = [CHAT, SUMMARIZE, "/v1/chat/tokens", "/v1/chat/models"];
  const paths = [...posts, "/v1/local", "/v1/nowhere", "/ready"];
  const asked = (path: string) =>
    posts.includes(path) ? post(program, path, chatBody(provider.url, "any")) : fetch(program.url + path);
  const answers = async () =>
    (await Promise.all(paths.map(asked))).map(({ status, headers }) => [status, headers.get("connection")]);
  const refused = paths.map(() => [503, "close"]);
  expect(await answers()).toEqual(refused);

  first.visit.socket.end(END);
  expect(readNativeStream(await first.response.text()).error).toBeUndefined();
  expect(await answers()).toEqual(refused);
  // Nor is one taken on a connection that stood before; it is closed.
  known.socket.write(request("/v1/local"));
  await known.closed;
  expect(known.text()).toMatch(/"ok".*HTTP\/1\.1 503/s);
  expect(provider.visits.at(-1)).toBe(last.visit);

  last.visit.socket.end(text("after") + END);
  expect(readNativeStream(await last.response.text()).text).toBe("before after");
  expect(await exited).toBe(0);
  await expect(fetch(`${program.url}/health`)).rejects.toThrow();
});

test("a page's preflight is refused like what would follow it", async () => {
  await using program = await startProgram();
  const { response, visit } = await startAnswer(program);
  const { exited } = await beginStop(program, "SIGTERM");

  const preflight = (path: string) =>
    fetch(`${program.url}${path}`, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:3000", "access-control-request-method": "POST" },
    });
  const refused = await preflight(CHAT);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("connection")).toBe("close");
  expect(refused.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect(await refused.json()).toMatchObject({ error: { type: "overloaded", retryable: true } });
  expect((await preflight("/health")).status).toBe(204);

  visit.socket.end(END);
  await response.text();
  expect(await exited).toBe(0);
});

test("a count of tokens whose body comes too late is refused, and none is begun where all places are taken", async () => {
  await using program = await startProgram({ args: ["--max-streams", "1"] });
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hello!" }] });
  const count = () => post(program, "/v1/chat/tokens", JSON.parse(body));
  expect((await count()).status).toBe(200);
  const { response, visit } = await startAnswer(program);
  expect((await count()).status).toBe(503);

  const head = rawRequest("POST /v1/chat/tokens HTTP/1.1", [
    ["host", `127.0.0.1:${program.port}`],
    ["content-type", "application/json"],
    ["content-length", String(body.length)],
  ]);
  const late = await openExchange(program.port, head + body.slice(0, 10));
  const { exited } = await beginStop(program, "SIGTERM");
  late.socket.write(body.slice(10));
  await late.came((text) => text.includes("retryable"));
  expect(late.text()).toStartWith("HTTP/1.1 503");
  late.socket.destroy();

  visit.socket.end(END);
  await response.text();
  expect(await exited).toBe(0);
});

test("an answer that takes too long to end gets an error line, and the exit code is 0", async () => {
  await using program = await startProgram({ args: ["--drain-timeout", "0.1"] });
  const { response } = await startAnswer(program);
  const exited = program.stop();
  const answer = readNativeStream(await response.text());
  expect({ text: answer.text, type: answer.error?.type }).toEqual({ text: "before ", type: "overloaded" });
  expect(await exited).toBe(0);
});

test("a second signal ends it at once", async () => {
  await using program = await startProgram();
  const { response } = await startAnswer(program);
  await beginStop(program, "SIGTERM");
  expect(await program.stop("SIGTERM")).toBe(128 + 15);
  expect(await response.text().catch(() => "cut")).not.toContain("[DONE]");
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { pino } from "pino";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { DEFAULT_TIMEOUTS } from "../../src/upstream/timeouts.ts";
import {
  CHAT,
  chatBody,
  post,
  readNativeStream,
  readRefusal,
  SESSION,
  SUMMARIZE,
} from "../support/answers.ts";
import { testApp } from "../support/app.ts";
import { upstreamTo } from "../support/targets.ts";

/** Faults of our own, which no provider and no client can cause: broken parts are built in. */

const KEY = "sk-own-fault-0123456789";
const SECRET_WORDS = `something of ${KEY} went wrong`;

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 200 });
});
afterAll(() => sandbox.stop());

interface Broken {
  /** Breaks when a request is put together. */
  readonly atOnce?: boolean;
  /** Breaks when the clock between two events has been set so many times. */
  readonly gapAfter?: number;
  /** Breaks when so many pieces of the provider's body have been decoded. */
  readonly decodeAfter?: number;
  /** Breaks when the answer is over and is to be accounted for. */
  readonly atTheEnd?: boolean;
}

function startBroken({
  atOnce = false,
  gapAfter = Number.POSITIVE_INFINITY,
  decodeAfter = Number.POSITIVE_INFINITY,
  atTheEnd = false,
}: Broken) {
  const lines: string[] = [];
  const fail = () => {
    throw new Error(SECRET_WORDS);
  };
  let gaps = 0;
  let decoded = 0;
  const upstream = upstreamTo(new URL(sandbox.url).host, {
    limits: {
      maxLine: 100_000,
      get maxAnswer() {
        return ++decoded > decodeAfter ? fail() : 1_000_000;
      },
    },
    timeouts: {
      ...DEFAULT_TIMEOUTS,
      get gap() {
        return ++gaps > gapAfter ? fail() : DEFAULT_TIMEOUTS.gap;
      },
    },
  });
  if (atOnce) Object.defineProperty(upstream, "userAgent", { get: fail });
  const app = testApp({
    upstream,
    ...(atTheEnd ? { ledger: { record: fail } } : {}),
    logger: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
  });
  app.listen({ hostname: "127.0.0.1", port: 0, reusePort: false });
  return { url: `http://127.0.0.1:${app.server?.port}`, lines, stop: () => app.stop(true) };
}

const body = () => chatBody(sandbox.url, "demo-numbered-100", { api_key: KEY });

test.each([CHAT, SUMMARIZE])("before the answer: 500 in JSON, without its words: %s", async (path) => {
  const server = startBroken({ atOnce: true });
  const response = await post(server, path, body());
  const whole = await response.clone().text();
  const { status, error, session } = await readRefusal(response);
  expect([status, error.type, session]).toEqual([500, "internal", SESSION]);
  expect(whole).not.toContain("something");
  expect(server.lines.join("")).not.toContain(KEY);
  expect(server.lines.map((line) => JSON.parse(line).stack).join("")).toContain("own-faults.test.ts");
  await server.stop();
});

test("in the middle of it: what came, an error line, the session line, [DONE]", async () => {
  const server = startBroken({ gapAfter: 3 });
  const answer = readNativeStream(await (await post(server, CHAT, body())).text());
  expect(answer.error?.type).toBe("internal");
  expect(answer.text).toStartWith("tok-0001 ");
  expect(JSON.stringify(answer)).not.toContain("something");
  expect(server.lines.join("")).not.toContain(KEY);
  expect(server.lines.map((line) => JSON.parse(line).outcome)).toContain("failed");
  await server.stop();
});

test.each([CHAT, SUMMARIZE])("a decoder that breaks before the first event, at %s", async (path) => {
  const server = startBroken({ decodeAfter: 0 });
  const { status, error } = await readRefusal(await post(server, path, body()));
  expect([status, error.type]).toEqual([500, "internal"]);
  expect(server.lines.map((line) => JSON.parse(line).stack).join("")).toContain("own-faults.test.ts");
  await server.stop();
});

test("a decoder that breaks in an answer that is not streamed: failed, not left", async () => {
  const server = startBroken({ decodeAfter: 2 });
  const headers = {
    "x-nash-llm-base-url": sandbox.url,
    "x-nash-llm-protocol": "openai",
    "x-api-key": KEY,
    "anthropic-version": "2023-06-01",
  };
  const messages = [{ role: "user", content: "Hello" }];
  const asked = { model: "demo-numbered-100", max_tokens: 500, messages };
  const response = await post(server, "/v1/messages", asked, { headers });
  expect(response.status).toBe(500);
  await response.text();
  // Its line comes once it is out.
  await Bun.sleep(50);
  expect(server.lines.map((line) => JSON.parse(line).outcome).filter(Boolean)).toEqual(["failed"]);
  await server.stop();
});

test("a decoder that breaks in the middle: an error of ours, and in the log where it was", async () => {
  const server = startBroken({ decodeAfter: 3 });
  const answer = readNativeStream(await (await post(server, CHAT, body())).text());
  expect(answer.error?.type).toBe("internal");
  expect(answer.text).toStartWith("tok-0001 ");
  expect(server.lines.map((line) => JSON.parse(line).stack).join("")).toContain("own-faults.test.ts");
  await server.stop();
});

test("behind the end, when it is accounted for: the answer is whole, and the log says where it was", async () => {
  const server = startBroken({ atTheEnd: true });
  const answer = readNativeStream(await (await post(server, CHAT, body())).text());
  expect([answer.error, answer.text.length]).toEqual([undefined, "tok-0001 ".length * 100]);
  expect(server.lines.map((line) => JSON.parse(line).outcome)).toContain("complete");
  expect(server.lines.map((line) => JSON.parse(line).stack).join("")).toContain("own-faults.test.ts");
  expect(server.lines.join("")).not.toContain(KEY);
  await server.stop();
});

test("in the middle of a summary that is watched", async () => {
  const server = startBroken({ gapAfter: 3 });
  const response = await post(server, SUMMARIZE, body(), { headers: { accept: "text/event-stream" } });
  const blocks = (await response.text()).trimEnd().split("\n\n");
  expect(blocks.slice(-2)).toEqual([`data: {"session_id":"${SESSION}"}`, "data: [DONE]"]);
  expect(JSON.parse(blocks.at(-3)?.slice(6) ?? "")).toMatchObject({ error: { type: "internal" } });
  expect(blocks.join("")).not.toContain("something");
  await server.stop();
});

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readNativeStream, readRefusal, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { reply, STREAM_HEAD, type StandIn, startStandIn } from "../support/stand-in.ts";
import { FRAMES, PROTOCOLS, type ProtocolName, wholeStream } from "../support/streams.ts";

/** How often a provider is asked (docs/protocol.md 2): again only before its first event, and only where it says so. */

setDefaultTimeout(30_000);

const MESSAGE = "The provider said so.";

/** An error in the shape of either protocol: only status and headers decide. */
const failure = (status: number, headers: Record<string, string> = {}, code?: string) =>
  reply(
    status,
    { "content-type": "application/json", ...headers },
    JSON.stringify({
      type: "error",
      error: { message: MESSAGE, ...(code === undefined ? {} : { code, type: code }) },
    }),
  );

const works = (protocol: ProtocolName) => STREAM_HEAD + wholeStream(protocol, ["Hello"]);
const stream = (frames: string) => STREAM_HEAD + frames;

interface Case {
  /** What each request gets; the last answer is given to all that follow. */
  readonly answers: (protocol: ProtocolName) => readonly (string | Buffer | "hang up")[];
  readonly asked: number;
  /** The status and type of the refusal; a success where there is none. */
  readonly refused?: readonly [status: number, type: string, wait?: number];
}

const always = (bytes: string | Buffer) => () => [bytes];

const CASES: Readonly<Record<string, Case>> = {
  "500 and no end": { answers: always(failure(500)), asked: 3, refused: [502, "upstream"] },
  "500 once": { answers: (protocol) => [failure(500), works(protocol)], asked: 2 },
  "502 twice": { answers: (protocol) => [failure(502), failure(502), works(protocol)], asked: 3 },
  "503 once": { answers: (protocol) => [failure(503), works(protocol)], asked: 2 },
  "504 once": { answers: (protocol) => [failure(504), works(protocol)], asked: 2 },
  "529 once": { answers: (protocol) => [failure(529), works(protocol)], asked: 2 },
  "429 without a time to wait": { answers: always(failure(429)), asked: 3, refused: [429, "rate_limit"] },
  "429, and a wait that ends in time": {
    answers: (protocol) => [failure(429, { "retry-after": "1" }), works(protocol)],
    asked: 2,
  },
  "429, and a wait in milliseconds": {
    answers: (protocol) => [failure(429, { "retry-after-ms": "150", "retry-after": "9" }), works(protocol)],
    asked: 2,
  },
  "429, and a wait that does not": {
    answers: always(failure(429, { "retry-after": "7" })),
    asked: 1,
    refused: [429, "rate_limit", 7],
  },
  "503, and a second wait that does not": {
    answers: always(failure(503, { "retry-after": "2" })),
    asked: 2,
    refused: [503, "overloaded", 2],
  },
  "an empty account": {
    answers: always(failure(429, {}, "insufficient_quota")),
    asked: 1,
    refused: [429, "quota"],
  },
  "500 that says not to": {
    answers: always(failure(500, { "x-should-retry": "false" })),
    asked: 1,
    refused: [502, "upstream"],
  },
  "409 that says to": {
    answers: (protocol) => [failure(409, { "x-should-retry": "true" }), works(protocol)],
    asked: 2,
  },
  "an error as the first event": {
    answers: (protocol) => [stream(FRAMES[protocol].opening + FRAMES[protocol].error), works(protocol)],
    asked: 2,
  },
  "a redirect": { answers: always(reply(307, { location: "/" }, "")), asked: 1, refused: [502, "upstream"] },
  "a page": {
    answers: always(reply(200, { "content-type": "text/html" }, "x")),
    asked: 1,
    refused: [502, "bad_output"],
  },
  "a connection closed before headers": { answers: () => ["hang up"], asked: 1, refused: [502, "network"] },
  "a stream cut before its first event": {
    answers: (protocol) => [stream(FRAMES[protocol].opening)],
    asked: 1,
    refused: [502, "incomplete"],
  },
  ...Object.fromEntries(
    (
      [
        [400, "invalid_request"],
        [401, "authentication"],
        [402, "quota"],
        [403, "permission"],
        [404, "not_found"],
        [413, "too_large"],
        [422, "invalid_request"],
      ] as const
    ).map(([status, type]) => [
      String(status),
      { answers: always(failure(status, { "retry-after": "0" })), asked: 1, refused: [status, type, 0] },
    ]),
  ),
};

let program: Program;
beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.stop());

function scripted(answers: ReturnType<Case["answers"]>): Promise<StandIn> {
  return startStandIn(({ socket }, index) => {
    const answer = answers[Math.min(index, answers.length - 1)];
    if (answer === "hang up" || answer === undefined) socket.end();
    else if (typeof answer === "string") socket.end(answer);
    else socket.write(answer);
  });
}

describe.each(PROTOCOLS)("%s", (provider) => {
  describe.each([CHAT, SUMMARIZE])("%s", (path) => {
    test.concurrent.each(Object.entries(CASES))("%s", async (_, { answers, asked, refused }) => {
      const standIn = await scripted(answers(provider));
      const response = await post(program, path, chatBody(standIn.url, "any", { provider }));
      if (refused === undefined) {
        expect(response.status).toBe(200);
        const text = await response.text();
        expect(path === CHAT ? readNativeStream(text).text : JSON.parse(text).summary).toBe("Hello");
      } else {
        const { status, error } = await readRefusal(response);
        expect([status, error.type, error.retry_after]).toEqual([refused[0], refused[1], refused[2]]);
      }
      expect(standIn.visits.length).toBe(asked);
      expect(new Set(standIn.visits.map(({ body }) => body)).size).toBe(1);
      await standIn.stop();
    });
  });

  test("a summary's requests share the time of the one that asked for it", async () => {
    const tooLong = reply(
      400,
      { "content-type": "application/json" },
      JSON.stringify({
        type: "error",
        error: { type: "invalid_request_error", message: "prompt is too long" },
      }),
    );
    // The wait for the whole ends in time. Those for its parts would end more than 3 s after the request.
    const busy = failure(503, { "retry-after": "2" });
    const standIn = await scripted([busy, tooLong, busy]);
    const content = "The hedgehog came by again. ".repeat(60);
    const messages = ["user", "assistant", "user"].map((role) => ({ role, content }));
    const body = chatBody(standIn.url, "any", { provider, messages });
    const { status, error } = await readRefusal(await post(program, SUMMARIZE, body));
    expect([status, error.type, error.retry_after]).toEqual([503, "overloaded", 2]);
    const asked = standIn.visits.map((visit) => visit.body);
    expect(asked.length).toBeGreaterThan(2);
    expect(new Set(asked).size).toBe(asked.length - 1);
    await standIn.stop();
  });

  test("never again once there was text", async () => {
    const { opening, text, error } = FRAMES[provider];
    const standIn = await scripted([stream(opening + text("Hello") + error), works(provider)]);
    const answer = readNativeStream(
      await (await post(program, CHAT, chatBody(standIn.url, "any", { provider }))).text(),
    );
    expect([answer.text, answer.error?.type, standIn.visits.length]).toEqual(["Hello", "overloaded", 1]);
    await standIn.stop();
  });
});

test.each([
  ["0", 1],
  ["1", 2],
])("--retries %s", async (retries, asked) => {
  await using set = await startProgram({ args: ["--retries", retries] });
  const standIn = await scripted([failure(500)]);
  expect((await readRefusal(await post(set, CHAT, chatBody(standIn.url, "any")))).status).toBe(502);
  expect(standIn.visits.length).toBe(asked);
  await standIn.stop();
});

test("a client that leaves while a retry is waited for is the end of it", async () => {
  const standIn = await scripted([failure(429, { "retry-after": "2" }), works("openai")]);
  const leaving = new AbortController();
  const gone = post(program, CHAT, chatBody(standIn.url, "any"), { signal: leaving.signal }).catch(
    () => "left",
  );
  await standIn.next();
  leaving.abort();
  expect(await gone).toBe("left");
  const line = await program.logged((text) => text.includes('"outcome":"left"'));
  expect(JSON.parse(line)).toMatchObject({ path: CHAT, outcome: "left" });
  expect(standIn.visits.length).toBe(1);
  await standIn.stop();
});

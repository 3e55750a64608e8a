import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import {
  CHAT,
  chatBody,
  post,
  readNativeStream,
  readRefusal,
  SESSION,
  SUMMARIZE,
} from "../support/answers.ts";
import { openBlackHole } from "../support/black-hole.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, startStandIn, type Visit } from "../support/stand-in.ts";
import { FRAMES, PROTOCOLS, type ProtocolName } from "../support/streams.ts";

/** Each timeout by its own setting, set short. The defaults are shown by `serve --help` and its test. */

setDefaultTimeout(60_000);

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

/** Writes something again and again, until the connection is closed. */
function repeat(visit: Visit, bytes: string): void {
  const timer = setInterval(() => visit.socket.write(chunk(bytes)), 50);
  visit.closed.then(() => clearInterval(timer));
}

const protocolOf = ({ path }: Visit): ProtocolName => (path.endsWith("/messages") ? "anthropic" : "openai");

const TIMEOUT = { status: 504, type: "timeout", retryable: true };

async function refused(program: Program, path: string, body: unknown, accept?: string) {
  const refusal = await readRefusal(
    await post(program, path, body, { headers: accept === undefined ? {} : { accept } }),
  );
  expect(refusal.session).toBe(SESSION);
  const { status, error } = refusal;
  return { status, type: error.type, retryable: error.retryable };
}

describe.each(PROTOCOLS)("until the first event: %s", (provider) => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: ["--first-event-timeout", "0.4"] });
  });
  afterAll(() => program.stop());

  test.each([CHAT, SUMMARIZE])("%s", async (path) => {
    const ask = (url: string, model: string) => refused(program, path, chatBody(url, model, { provider }));
    expect(await ask(sandbox.url, "demo-hang")).toEqual(TIMEOUT);
    expect(await ask(sandbox.url, "demo-hang-body")).toEqual(TIMEOUT);
    const chatty = await startStandIn((visit) => {
      visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(FRAMES[provider].opening)]));
      repeat(visit, `: still here\n\n${FRAMES[provider].comment}`);
    });
    expect(await ask(chatty.url, "any")).toEqual(TIMEOUT);
    await Promise.all(chatty.visits.map(({ closed }) => closed));
    await chatty.stop();
    expect(sandbox.open).toBe(0);
  });
});

describe.each(PROTOCOLS)("between two events: %s", (provider) => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: ["--gap-timeout", "0.4"] });
  });
  afterAll(() => program.stop());

  const begins = (visit: Visit) => {
    const { opening, text } = FRAMES[protocolOf(visit)];
    visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(opening + text("Hello"))]));
  };

  test.each(["silence", "comments and pings"])("%s", async (kind) => {
    const standIn = await startStandIn((visit) => {
      begins(visit);
      if (kind !== "silence") repeat(visit, `: still here\n\n${FRAMES[provider].comment}`);
    });
    const body = chatBody(standIn.url, "any", { provider });
    const answer = readNativeStream(await (await post(program, CHAT, body)).text());
    expect([answer.text, answer.error?.type, answer.session]).toEqual(["Hello", "timeout", SESSION]);
    expect(await refused(program, SUMMARIZE, body)).toEqual(TIMEOUT);
    await Promise.all(standIn.visits.map(({ closed }) => closed));
    await standIn.stop();
  });

  test("a provider that has finished is not waited for", async () => {
    const standIn = await startStandIn((visit) => {
      begins(visit);
      const { closing } = FRAMES[provider];
      visit.socket.write(chunk(closing.slice(0, closing.lastIndexOf("data: [DONE]")) || closing));
    });
    const answer = readNativeStream(
      await (await post(program, CHAT, chatBody(standIn.url, "any", { provider }))).text(),
    );
    expect([answer.text, answer.error]).toEqual(["Hello", undefined]);
    await standIn.stop();
  });
});

describe.each(PROTOCOLS)("the whole answer: %s", (provider) => {
  let program: Program;
  beforeAll(async () => {
    program = await startProgram({ args: ["--answer-timeout", "0.8"] });
  });
  afterAll(() => program.stop());

  test("text that goes on and on", async () => {
    const standIn = await startStandIn((visit) => {
      visit.socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(FRAMES[provider].opening)]));
      repeat(visit, FRAMES[provider].text("on "));
    });
    const body = chatBody(standIn.url, "any", { provider });
    const answer = readNativeStream(await (await post(program, CHAT, body)).text());
    expect([answer.text.replaceAll("on ", ""), answer.error?.type]).toEqual(["", "timeout"]);
    expect(answer.text).not.toBe("");
    expect(await refused(program, SUMMARIZE, body)).toEqual(TIMEOUT);

    const watched = await post(program, SUMMARIZE, body, { headers: { accept: "text/event-stream" } });
    const lines = (await watched.text()).trimEnd().split("\n\n");
    expect(JSON.parse(lines.at(-3)?.slice(6) ?? "")).toMatchObject({ error: { type: "timeout" } });
    expect(lines.slice(-2)).toEqual([`data: {"session_id":"${SESSION}"}`, "data: [DONE]"]);
    await Promise.all(standIn.visits.map(({ closed }) => closed));
    await standIn.stop();
  });

  test("silence counts as well", async () => {
    expect(await refused(program, CHAT, chatBody(sandbox.url, "demo-hang", { provider }))).toEqual(TIMEOUT);
  });
});

test("time that a slow reader takes is not the provider's silence", async () => {
  await using program = await startProgram({ args: ["--gap-timeout", "0.3", "--max-answer", "1000000000"] });
  const response = await post(program, CHAT, chatBody(sandbox.url, "demo-endless"));
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = decoder.decode((await reader?.read())?.value);
  await Bun.sleep(1_500);
  while (text.length < 8_000_000) {
    const bytes = (await reader?.read())?.value;
    if (bytes === undefined) break;
    text += decoder.decode(bytes, { stream: true });
  }
  expect(text.length).toBeGreaterThan(8_000_000);
  expect(text).not.toContain('"error"');
  await reader?.cancel();
});

describe("until a connection stands", () => {
  test.each([CHAT, SUMMARIZE, "/v1/chat/models"])(
    "an address that drops what it is sent: %s",
    async (path) => {
      await using hole = await openBlackHole();
      await using program = await startProgram({
        args: ["--connect-timeout", "0.5", "--first-event-timeout", "4"],
      });
      const { model, messages, ...rest } = chatBody(hole.url, "any");
      const body = path.endsWith("models") ? rest : { ...rest, model, messages };
      expect(await refused(program, path, body)).toEqual({ status: 502, type: "network", retryable: true });
    },
  );

  test("a provider that accepts and thinks is not taken for one", async () => {
    await using program = await startProgram({
      args: ["--connect-timeout", "0.2", "--first-event-timeout", "1"],
    });
    expect(await refused(program, CHAT, chatBody(sandbox.url, "demo-hang"))).toEqual(TIMEOUT);
  });
});

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { CHAT, chatBody, post, readNativeStream, readRefusal } from "../support/answers.ts";
import { freePort } from "../support/free-port.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";
import { exchange, rawRequest } from "../support/raw-http.ts";
import { STREAM_HEAD, type StandIn, startStandIn } from "../support/stand-in.ts";

/** Several processes on one port, which the kernel shares out (docs/deploy.md). */

setDefaultTimeout(60_000);

const text = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** Answers at once, but those that are asked to wait. */
let provider: StandIn;
beforeAll(async () => {
  provider = await startStandIn(({ socket, body }) => {
    if (body.includes('"waits"')) socket.write(STREAM_HEAD + text("before "));
    else socket.end(STREAM_HEAD + text("whole") + END);
  });
});
afterAll(() => provider.stop());

const start = (port: number): Promise<Program> =>
  startProgram({ args: ["--port", String(port), "--share-port", "--resume-bytes", "0", "--no-detect"] });

/** Whether the kernel gives connections that wait for a process that leaves to another one, or resets them. */
const MIGRATES =
  process.platform === "linux" && readFileSync("/proc/sys/net/ipv4/tcp_migrate_req", "utf8").trim() === "1";

/** One whole answer over a connection of its own, by a client that asks again where it was reset unheard. */
async function answerOver(port: number): Promise<string> {
  const body = JSON.stringify(chatBody(provider.url, "any"));
  const headers = [
    ["host", `127.0.0.1:${port}`],
    ["content-type", "application/json"],
    ["connection", "close"],
    ["content-length", String(body.length)],
  ] as const;
  const { status, body: answer } = await exchange(port, rawRequest(`POST ${CHAT} HTTP/1.1`, headers, body));
  if (status === 0 && answer === "" && !MIGRATES) return answerOver(port);
  return answer.includes("whole") && answer.includes("[DONE]") ? "whole" : `${status} ${answer}`;
}

const onLinux = process.platform === "linux" ? describe : undefined;

onLinux?.("--share-port", () => {
  test("one drains while the other goes on, and nothing is lost", async () => {
    const port = await freePort();
    await using first = await start(port);
    await using second = await start(port);
    // Which of the two takes an answer is for the kernel to say: all on one side would be a wonder.
    const url = `http://127.0.0.1:${port}`;
    const running = await Promise.all(
      Array.from({ length: 24 }, () =>
        post({ url }, CHAT, chatBody(provider.url, "waits"), { headers: { connection: "close" } }),
      ),
    );

    const results: string[] = [];
    let floods = true;
    const flood = async () => {
      while (floods) results.push(await answerOver(port));
    };
    const floodsDone = Array.from({ length: 8 }, flood);
    await Bun.sleep(300);
    const exited = first.stop();
    await Bun.sleep(1500);
    const afterLeaving = results.length;
    // The one that drains has kept its answers, and they may end.
    for (const { socket } of provider.visits.filter(({ body }) => body.includes('"waits"'))) {
      socket.end(text("after") + END);
    }
    for (const response of running) {
      const answer = readNativeStream(await response.text());
      expect({ text: answer.text, error: answer.error }).toEqual({ text: "before after", error: undefined });
    }
    expect(await exited).toBe(0);
    await Bun.sleep(300);
    floods = false;
    await Promise.all(floodsDone);
    expect(afterLeaving).toBeGreaterThan(50);
    expect(results.length).toBeGreaterThan(afterLeaving);
    expect([...new Set(results)]).toEqual(["whole"]);
    expect(await second.stop()).toBe(0);
    for (const { stderr } of [first, second]) expect(stderr()).toContain('"model":"waits"');
  });

  test("a port is shared only with those who share it", async () => {
    const port = await freePort();
    await using first = await start(port);
    const { code, stderr } = await runProgram(["serve", "--port", String(port), "--no-detect"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("is taken")]);
    expect(await first.stop()).toBe(0);
  });

  test("it is said where the kernel resets connections that wait", async () => {
    const port = await freePort();
    await using program = await start(port);
    await fetch(`${program.url}/health`);
    await program.logged((line) => line.includes('"path":"/health"'));
    expect(program.stderr().includes("tcp_migrate_req is 0")).toBe(!MIGRATES);
  });

  test("without a port to share it does not start", async () => {
    const { code, stderr } = await runProgram(["serve", "--port", "0", "--share-port"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--share-port needs a --port")]);
  });

  test("nor with answers to be taken up again that the processes would not share", async () => {
    const { code, stderr } = await runProgram(["serve", "--port", String(await freePort()), "--share-port"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--resume-bytes 0 does without them")]);
  });

  test("without these, whoever asks for one is told so", async () => {
    await using program = await start(await freePort());
    const body = chatBody(provider.url, "any", { stream_options: { resumable: true } });
    const refused = await readRefusal(await post(program, CHAT, body));
    expect([refused.status, refused.error.param]).toEqual([422, "stream_options.resumable"]);
  });
});

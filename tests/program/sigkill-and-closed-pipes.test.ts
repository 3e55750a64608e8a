import { expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readNativeStream } from "../support/answers.ts";
import { programCommand, startProgram } from "../support/program.ts";
import { openExchange, rawRequest } from "../support/raw-http.ts";

/** A server that is killed in the middle of answers, and one that nobody listens to any more. */

setDefaultTimeout(60_000);

const DEMO = "http://demo.invalid/v1";

test("after SIGKILL with streams open it starts again on the same port", async () => {
  const killed = await startProgram();
  const body = JSON.stringify(chatBody(DEMO, "demo-numbered"));
  const request = rawRequest(
    `POST ${CHAT} HTTP/1.1`,
    [
      ["host", `127.0.0.1:${killed.port}`],
      ["content-type", "application/json"],
      ["content-length", String(body.length)],
    ],
    body,
  );
  const streams = await Promise.all(Array.from({ length: 50 }, () => openExchange(killed.port, request)));
  await Promise.all(streams.map(({ came }) => came((text) => text.includes("tok-"))));
  await killed.stop("SIGKILL");
  await Promise.all(streams.map(({ closed }) => closed));

  await using again = await startProgram({ args: ["--port", String(killed.port)] });
  expect(again.port).toBe(killed.port);
  const answer = readNativeStream(await (await post(again, CHAT, chatBody(DEMO, "demo-fast"))).text());
  expect([answer.error, answer.text.endsWith("tok-0500 ")]).toEqual([undefined, true]);
});

test("it serves on though whoever started it no longer reads what it prints", async () => {
  await using first = await startProgram();
  const { port } = first;
  await first.stop();
  // `head` goes after the first line; all that is printed later has no reader.
  const script = '{ "$@" & echo "pid $!" >&2; wait; } | head -n 1';
  const child = Bun.spawn(["sh", "-c", script, "sh", ...programCommand(), "--port", String(port)], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const { value } = await child.stderr.getReader().read();
  const pid = Number(/^pid (\d+)$/m.exec(new TextDecoder().decode(value))?.[1]);
  await child.stdout.getReader().read();
  const url = `http://127.0.0.1:${port}`;
  for (let round = 0; round < 3; round++) {
    const answer = readNativeStream(await (await post({ url }, CHAT, chatBody(DEMO, "demo-fast"))).text());
    expect([answer.error, answer.text.endsWith("tok-0500 ")]).toEqual([undefined, true]);
  }
  process.kill(pid, "SIGTERM");
  await child.exited;
});

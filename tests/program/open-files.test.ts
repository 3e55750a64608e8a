import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { CHAT, chatBody, post, readNativeStream, readRefusal } from "../support/answers.ts";
import { programCommand } from "../support/program.ts";

/** A process that may open few files: our own limit is reached first, and without any file left it lives on. */

setDefaultTimeout(60_000);

const DEMO = "http://demo.invalid/v1";
const FILES = 256;

let child: ReturnType<typeof start>;
let url: string;

function start() {
  // Both limits: the runtime raises the soft one to the hard one.
  const limited = ["sh", "-c", `ulimit -n ${FILES} && exec "$@"`, "sh"];
  return Bun.spawn([...limited, ...programCommand(), "--port", "0", "--no-detect"], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
}

beforeAll(async () => {
  child = start();
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true });
    [url = ""] = /http:\/\/[^\s/]+/.exec(text) ?? [];
    if (url !== "") break;
  }
});
afterAll(async () => {
  child.kill("SIGKILL");
  await child.exited;
});

async function demoAnswers(): Promise<void> {
  const answer = readNativeStream(await (await post({ url }, CHAT, chatBody(DEMO, "demo-fast"))).text());
  expect([answer.error, answer.text.endsWith("tok-0500 ")]).toEqual([undefined, true]);
}

test("as many answers run as there are files for, and the next is refused with an error", async () => {
  const leaving = new AbortController();
  const { signal } = leaving;
  const running: Response[] = [];
  let refused: Response | undefined;
  while (refused === undefined) {
    const response = await post({ url }, CHAT, chatBody(DEMO, "demo-silent"), { signal });
    if (response.status === 200) running.push(response);
    else refused = response;
  }
  expect(await readRefusal(refused)).toMatchObject({
    status: 503,
    error: { type: "overloaded", retry_after: 1 },
  });
  // Three files for each, and some to spare.
  expect(running.length).toBeWithin(20, FILES / 3);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  leaving.abort();
  while ((await fetch(`${url}/ready`)).status !== 200);
  await demoAnswers();
});

test("when connections have taken every file it lives on, and is well once they have gone", async () => {
  const { port } = new URL(url);
  const idle: Socket[] = [];
  for (let i = 0; i < 2 * FILES; i++) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    idle.push(socket);
    await new Promise((done) => socket.once("connect", done).once("close", done));
  }
  expect(child.exitCode).toBeNull();
  for (const socket of idle) socket.destroy();
  await demoAnswers();
});

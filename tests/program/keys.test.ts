import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { CHAT, chatBody, post, readNativeStream } from "../support/answers.ts";
import { newHome, openClient } from "../support/client-process.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, type StandIn, startStandIn } from "../support/stand-in.ts";
import { wholeStream } from "../support/streams.ts";

/** Whose key goes where, with very many at once; and where no key is to be seen. */

setDefaultTimeout(180_000);

const REQUESTS = 10_000;
const AT_ONCE = 50;

let program: Program;
let standIn: StandIn;
const strangers: string[] = [];

beforeAll(async () => {
  standIn = await startStandIn(({ headers, body, socket }) => {
    const { model, messages } = JSON.parse(body);
    const key = headers["authorization"]?.replace("Bearer sk-", "");
    if (key !== model || messages[0].content !== model)
      strangers.push(`${key} for ${model}: ${messages[0].content}`);
    const stream = chunk(wholeStream("openai", [`for ${key}, `, `to ${model}`]));
    socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), stream, Buffer.from("0\r\n\r\n")]));
  });
  program = await startProgram({ args: ["--log-level", "warn"] });
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

test("10,000 requests, many at once: to each its own key, question, answer and session", async () => {
  const wrong: string[] = [];
  let next = 0;
  const worker = async () => {
    while (next < REQUESTS) {
      const id = String(next++).padStart(8, "0");
      const session_id = `00000000-0000-4000-8000-0000${id}`;
      const messages = [{ role: "user", content: id }];
      const body = chatBody(standIn.url, id, { api_key: `sk-${id}`, session_id, messages });
      const answer = readNativeStream(await (await post(program, CHAT, body)).text());
      if (answer.session !== session_id || answer.text !== `for ${id}, to ${id}`)
        wrong.push(`${id}: ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect([wrong, strangers, standIn.visits.length]).toEqual([[], [], REQUESTS]);
});

test("no list of processes shows a key", async () => {
  using home = newHome();
  const key = "sk-0123456789abcdef0123456789";
  const args = ["--base-url", standIn.url, "--model", "any"];
  await using client = openClient(args, { home, env: { OPENAI_API_KEY: key, OPENAI_BASE_URL: standIn.url } });
  await client.shows("› ");
  expect(readFileSync(`/proc/${client.pid}/cmdline`, "utf8")).not.toContain(key);
  client.type("\u0004");
  expect(await client.exited).toBe(0);
});

test.each(["serve", "client", "doctor"])(
  "%s has no flag that takes a secret, only files that hold one",
  async (command) => {
    const { stdout } = await runProgram([command, "--help"]);
    const flags = [
      ...stdout.matchAll(
        /^ +(?:-\w, )?(--[\w-]*(?:key|token|secret|password)(?:-file)?)(?![\w-])(?: (<[^>]+>|\[[^\]]+\]))?/gm,
      ),
    ];
    for (const [, flag = "", value] of flags) expect([flag, value]).toEqual([flag, "<file>"]);
  },
);

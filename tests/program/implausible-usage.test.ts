import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, metric, post, readNativeStream, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, type StandIn, startStandIn } from "../support/stand-in.ts";
import { FRAMES, PROTOCOLS } from "../support/streams.ts";

/** Tokens as no provider can have counted them: the answer ends as it should, and the metrics go on. */

setDefaultTimeout(60_000);

const COUNTS = ["-5", "1.5", "1e300", "1e999", '"7"', "null", "[7]", "9007199254740993"];

let program: Program;
let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn(({ body, path, socket }) => {
    const { opening, text, closing } = FRAMES[path.endsWith("/messages") ? "anthropic" : "openai"];
    const usage = `data: {"choices":[],"usage":{"prompt_tokens":${JSON.parse(body).model},"completion_tokens":${JSON.parse(body).model}}}\n\n`;
    const end = path.endsWith("/messages")
      ? closing.replace(
          '"output_tokens":9',
          `"input_tokens":${JSON.parse(body).model},"output_tokens":${JSON.parse(body).model}`,
        )
      : usage + closing;
    socket.write(
      Buffer.concat([
        Buffer.from(CHUNKED_HEAD),
        chunk(opening + text("Hello") + end),
        Buffer.from("0\r\n\r\n"),
      ]),
    );
  });
  program = await startProgram();
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

test.each(PROTOCOLS.flatMap((provider) => COUNTS.map((count) => [provider, count] as const)))(
  "%s: %s",
  async (provider, count) => {
    const body = chatBody(standIn.url, count, { provider, stream_options: { include_usage: true } });
    const answer = readNativeStream(await (await post(program, CHAT, body)).text());
    expect([answer.text, answer.error]).toEqual(["Hello", undefined]);
    const usage = answer.lines.at(-1)?.["usage"];
    for (const tokens of Object.values(usage ?? {})) expect(tokens).toBeWithin(0, 100);

    const summary = await post(program, SUMMARIZE, chatBody(standIn.url, count, { provider }));
    expect(await summary.json()).toMatchObject({ success: true, summary: "Hello" });
  },
);

test("no answer is left, and nothing failed in the server", async () => {
  expect(await metric(program, "nash_llm_open_answers")).toBe(0);
  expect(program.stderr()).not.toContain('"stack"');
});

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, readNativeStream, readRefusal } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { CHUNKED_HEAD, chunk, type StandIn, startStandIn } from "../support/stand-in.ts";
import { FRAMES } from "../support/streams.ts";

/** Providers that cut a long prompt in silence, as Ollama does (docs/protocol.md 11). */

setDefaultTimeout(60_000);

let program: Program;
let standIn: StandIn;

/** What the provider says it has read. */
const READ = 2_048;

beforeAll(async () => {
  standIn = await startStandIn(({ socket, path }) => {
    const protocol = path.endsWith("/messages") ? "anthropic" : "openai";
    const { opening, text, closing } = FRAMES[protocol];
    const usage = { prompt_tokens: READ, completion_tokens: 3, total_tokens: READ + 3 };
    const chunkWithUsage = `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage })}\n\n`;
    const last =
      protocol === "openai" ? closing.replace("data: [DONE]", `${chunkWithUsage}data: [DONE]`) : closing;
    const first = opening.replace('"input_tokens":3', `"input_tokens":${READ}`);
    socket.write(Buffer.concat([Buffer.from(CHUNKED_HEAD), chunk(first)]));
    setTimeout(() => socket.write(chunk(text("Hello"))), 20);
    setTimeout(() => socket.end(Buffer.concat([chunk(last), chunk("")])), 40);
  });
  program = await startProgram({ args: ["--no-detect"] });
});
afterAll(async () => {
  await program.stop();
  await standIn.stop();
});

const LONG = Array.from({ length: 6_000 }, (_, i) => `word${i % 97}`).join(" ");
const bodyOf = (content: string, provider: string) =>
  chatBody(standIn.url, "m", {
    provider,
    messages: [{ role: "user", content }],
    stream_options: { include_receipt: true },
  });

for (const provider of ["openai", "anthropic"]) {
  test(`${provider}: the receipt says so, and the log warns`, async () => {
    const response = await post(program, CHAT, bodyOf(LONG, provider));
    const { text, lines } = readNativeStream(await response.text());
    expect(text).toBe("Hello");
    expect(lines.at(-1)?.["receipt"]).toMatchObject({
      complete: true,
      prompt_cut: { sent: 6_000, read: READ },
    });
    const id = response.headers.get("x-request-id") ?? "none";
    expect(JSON.parse(await program.logged((line) => line.includes(id)))).toMatchObject({
      level: 40,
      prompt_cut: { sent: 6_000, read: READ },
    });
  });

  test(`${provider}: a prompt that was read whole is none`, async () => {
    const response = await post(program, CHAT, bodyOf("Hello", provider));
    const { lines } = readNativeStream(await response.text());
    expect(lines.at(-1)?.["receipt"]).not.toHaveProperty("prompt_cut");
  });
}

test("strict: an error before the first token, where the provider has said by then what it read", async () => {
  const headers = { "x-nash-llm-strict": "1" };
  const { status, error } = await readRefusal(
    await post(program, CHAT, bodyOf(LONG, "anthropic"), { headers }),
  );
  expect([status, error.type]).toEqual([400, "context_overflow"]);
  expect(error.message).toContain("2048");
  const known = await post(program, CHAT, bodyOf("Hello", "anthropic"), { headers });
  expect([known.status, readNativeStream(await known.text()).text]).toEqual([200, "Hello"]);
});

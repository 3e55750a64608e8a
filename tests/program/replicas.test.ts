import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post } from "../support/answers.ts";
import { note } from "../support/note.ts";
import { type Program, startProgram } from "../support/program.ts";
import { type Redis, startRedis } from "../support/redis.ts";

/** Several servers that share a store, with a real Redis (docs/protocol.md, section 12). */

setDefaultTimeout(90_000);

const TOKEN_MS = 20;
const KEY = "k".repeat(40);
const TOKEN = "a-token-of-the-client-ada";

let left = 0;
/** How often the provider was asked that fails. */
let failed = 0;
/** Says as many tokens as the model's name has behind its last hyphen. */
const provider = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    if (request.url.includes("/broken/")) {
      failed++;
      return new Response("{}", { status: 503 });
    }
    const { model } = (await request.json()) as { readonly model: string };
    const tokens = Number(/\d+$/.exec(model)?.[0]);
    const encoder = new TextEncoder();
    return new Response(
      new ReadableStream({
        async start(controller) {
          const send = (data: string) => controller.enqueue(encoder.encode(`data: ${data}\n\n`));
          try {
            for (let i = 1; i <= tokens; i++) {
              send(JSON.stringify({ choices: [{ index: 0, delta: { content: `tok-${i} ü€😀 ` } }] }));
              await Bun.sleep(TOKEN_MS);
            }
            send(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
            send("[DONE]");
            controller.close();
          } catch {
            left++;
          }
        },
        cancel() {
          left++;
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
  },
});
const ADDRESS = `http://127.0.0.1:${provider.port}/v1`;

let redis: Redis | undefined;
let folder: string;
const programs: Program[] = [];

async function replica(args: readonly string[] = []): Promise<Program> {
  const program = await startProgram({
    args: ["--no-detect", "--store", redis?.url ?? "", ...args],
    env: { NASH_LLM_STORE_PASSWORD: redis?.password ?? "", NASH_LLM_STORE_KEY: KEY },
  });
  programs.push(program);
  await until(async () => (await ready(program)) === "ready");
  return program;
}

async function ready(program: Program): Promise<string> {
  const response = await fetch(`${program.url}/ready`);
  return `${((await response.json()) as { status: string }).status}${response.status === 200 ? "" : response.status}`;
}

async function until(holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${holds}`);
    await Bun.sleep(20);
  }
}

/** Begins a resumable answer. */
async function begin(program: Program, tokens: number): Promise<{ id: string; text: Promise<string> }> {
  const options = { stream_options: { resumable: true, include_receipt: true } };
  const response = await post(program, CHAT, chatBody(ADDRESS, `m-${tokens}`, options));
  return { id: response.headers.get("x-answer-id") ?? "", text: response.text().catch(() => "broken off") };
}

const resume = (program: Program, id: string, behind?: number) =>
  fetch(`${program.url}/v1/answers/${id}`, {
    headers: behind === undefined ? {} : { "last-event-id": String(behind) },
  });

/** Without comments, which each reader gets when it needs them. */
const data = (stream: string) => stream.replace(/^:[^\n]*\n\n/gm, "");

beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), "nash-llm-replicas-"));
  if (redis === undefined) note("there is no Redis or Valkey here: nothing was tried with a store");
});
afterAll(async () => {
  for (const program of programs) await program.stop("SIGKILL").catch(() => undefined);
  await redis?.[Symbol.asyncDispose]();
  await provider.stop(true);
  rmSync(folder, { recursive: true });
});

test("an answer of one server is read on from another, byte for byte, and what the store has tells nothing", async () => {
  if (redis === undefined) return;
  const [a, b] = [await replica(), await replica()];
  const { id, text } = await begin(a, 100);
  await Bun.sleep(300);
  const whole = (await resume(b, id)).text();
  const rest = (await resume(b, id, 5)).text();
  await Bun.sleep(500);
  const keys = (await redis.ask("KEYS", "*")).split("\n");
  const dump = await Promise.all(
    keys.map(async (key) => {
      const type = await redis?.ask("TYPE", key);
      if (type === "stream") return await redis?.ask("XRANGE", key, "-", "+");
      return type === "string" ? await redis?.ask("GET", key) : "";
    }),
  );
  const held = keys.join() + dump.join();
  expect(dump.join().length).toBeGreaterThan(1_000);
  for (const secret of [id, "tok-", "sk-test", "Hello", KEY]) expect(held).not.toContain(secret);
  for (const key of keys) expect([key, Number(await redis.ask("TTL", key)) > 0]).toEqual([key, true]);

  const own = data(await text);
  expect(own).toContain('"complete":true');
  expect(data(await whole)).toBe(own);
  expect(data(await rest)).toBe(own.slice(own.indexOf("id: 5\n\n") + 7));
  // What is over is still to be had, from both.
  for (const program of [a, b]) expect(data(await (await resume(program, id)).text())).toBe(own);
  const last = [...own.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1];
  expect((await resume(b, id, Number(last))).status).toBe(204);
  expect((await resume(b, "0".repeat(32))).status).toBe(404);
  // Deleted on one, it is gone from all.
  expect(await (await fetch(`${b.url}/v1/answers/${id}`, { method: "DELETE" })).json()).toEqual({
    deleted: true,
  });
  await until(async () => (await resume(a, id)).status === 404);
  expect((await resume(b, id)).status).toBe(404);
  for (const program of [a, b]) expect(program.stderr()).not.toContain(redis.password);
});

test("stop at one server reaches an answer of another, held or not", async () => {
  if (redis === undefined) return;
  const [a, b] = [await replica(), await replica()];
  const { id, text } = await begin(a, 2_000);
  const reader = (await resume(b, id)).text();
  await Bun.sleep(200);
  const stopped = await fetch(`${b.url}/v1/answers/${id}`, { method: "DELETE" });
  expect(await stopped.json()).toEqual({ stopped: true });
  expect(await text).toContain('"finish_reason":"stopped"');
  expect(data(await reader)).toBe(data(await text));

  const plain = await post(
    a,
    CHAT,
    chatBody(ADDRESS, "m-2000", { stream_options: { include_receipt: true } }),
  );
  const other = plain.headers.get("x-answer-id") ?? "";
  await Bun.sleep(100);
  expect((await fetch(`${b.url}/v1/answers/${other}`, { method: "DELETE" })).status).toBe(200);
  expect(await plain.text()).toContain('"finish_reason":"stopped"');
  await until(async () => (await fetch(`${b.url}/v1/answers/${other}`, { method: "DELETE" })).status === 404);
});

test("an answer goes on as long as somebody reads it elsewhere, and ends when nobody does", async () => {
  if (redis === undefined) return;
  const args = ["--resume-grace", "1.5"];
  const [a, b] = [await replica(args), await replica(args)];
  const leaving = new AbortController();
  const options = { stream_options: { resumable: true } };
  const response = await post(a, CHAT, chatBody(ADDRESS, "m-2000", options), { signal: leaving.signal });
  const id = response.headers.get("x-answer-id") ?? "";
  const reading = new AbortController();
  const reader = await fetch(`${b.url}/v1/answers/${id}`, { signal: reading.signal });
  let isOver = false;
  const over = reader.text().then(
    () => (isOver = true),
    () => undefined,
  );
  leaving.abort();
  await Bun.sleep(4_000);
  expect(isOver).toBe(false);
  const before = left;
  reading.abort();
  await over;
  await until(() => left > before, 10_000);
});

test("a server that dies: its answer ends elsewhere with the text so far and an error, within 15 s", async () => {
  if (redis === undefined) return;
  const [a, b, c] = [await replica(), await replica(), await replica()];
  const { id } = await begin(a, 5_000);
  const reader = (await resume(b, id)).text();
  await Bun.sleep(500);
  await a.stop("SIGKILL");
  const start = performance.now();
  const late = (await resume(c, id)).text();
  const had = data(await reader);
  const took = performance.now() - start;
  note(`the reader knew ${Math.round(took)} ms after the server was killed`);
  expect(took).toBeLessThan(15_000);
  expect(had).toContain("tok-10 ü€😀 ");
  expect(had).toMatch(
    /data: \{"error":\{"type":"incomplete"[^\n]*\nid: \d+\n\ndata: \{"session_id":"[^\n]*\nid: \d+\n\ndata: \[DONE\]\nid: \d+\n\n$/,
  );
  const ids = [...had.matchAll(/^id: (\d+)$/gm)].map(([, n]) => Number(n));
  expect(ids).toEqual(ids.map((_, i) => i + 1));
  expect(data(await late)).toBe(had);
  // Who had more from the dead server than it could write is told all the same.
  const told = data(await (await resume(c, id, (ids.at(-1) ?? 0) + 7)).text());
  expect(told).toContain('data: {"error":{"type":"incomplete"');
  expect(had).toEndWith(told);
});

test("a response in the background is retrieved, followed and cancelled at another server", async () => {
  if (redis === undefined) return;
  const [a, b] = [await replica(), await replica()];
  const headers = {
    "x-nash-llm-base-url": ADDRESS,
    "x-nash-llm-protocol": "openai",
    authorization: "Bearer sk-1",
  };
  const ask = async (tokens: number) => {
    const body = { model: `m-${tokens}`, input: "Hello", background: true };
    return ((await (await post(a, "/v1/responses", body, { headers })).json()) as { id: string }).id;
  };
  const status = async (id: string) =>
    ((await (await fetch(`${b.url}/v1/responses/${id}`)).json()) as { status: string }).status;
  const id = await ask(50);
  await until(async () => (await status(id)) === "in_progress");
  const followed = await (await fetch(`${b.url}/v1/responses/${id}?stream=true`)).text();
  expect(followed).toContain("event: response.completed");
  expect(await (await fetch(`${a.url}/v1/responses/${id}?stream=true`)).text()).toBe(followed);
  expect(await status(id)).toBe("completed");
  const long = await ask(3_000);
  await until(async () => (await status(long)) === "in_progress");
  const before = left;
  await fetch(`${b.url}/v1/responses/${long}/cancel`, { method: "POST" });
  expect(await status(long)).toBe("cancelled");
  await until(() => left > before);
  const lost = await ask(3_000);
  await until(async () => (await status(lost)) === "in_progress");
  await a.stop("SIGKILL");
  await until(async () => (await status(lost)) === "failed", 15_000);
});

test("a store that is gone: each goes on alone, says so, and all is as before when it is back", async () => {
  if (redis === undefined) return;
  const [a, b] = [await replica(), await replica()];
  const { id, text } = await begin(a, 350);
  const reader = (await resume(b, id)).text();
  await Bun.sleep(300);
  await redis.kill();
  await until(async () => (await ready(a)) === "degraded" && (await ready(b)) === "degraded");
  await a.logged((line) => line.includes("goes on alone"));
  const alone = await begin(b, 3);
  expect(await alone.text).toContain("[DONE]");
  expect((await resume(b, alone.id)).status).toBe(200);
  expect((await resume(a, alone.id)).status).toBe(404);
  await redis.start();
  await until(async () => (await ready(a)) === "ready" && (await ready(b)) === "ready");
  // What runs, and what came meanwhile, is there again for all.
  await until(async () => (await resume(a, alone.id)).status === 200);
  expect(data(await reader)).toBe(data(await text));
  expect(data(await (await resume(b, id)).text())).toBe(data(await text));
  expect(await a.stop()).toBe(0);
});

test("a server that is told to stop leaves its answers to the others", async () => {
  if (redis === undefined) return;
  const [a, b] = [await replica(), await replica()];
  const { id, text } = await begin(a, 60);
  await Bun.sleep(200);
  expect(await a.stop()).toBe(0);
  expect(data(await (await resume(b, id)).text())).toBe(data(await text));
  expect(await text).toContain('"complete":true');
});

test("a target that fails at one server is left alone by the others, too", async () => {
  if (redis === undefined) return;
  const file = join(folder, "targets.toml");
  const providers = ["broken", "sound"].map(
    (name) => `[[provider]]\nname = "${name}"\nbase-url = "${ADDRESS.replace("/v1", `/${name}/v1`)}"\n`,
  );
  writeFileSync(file, `${providers.join("")}[[route]]\nmodel = "fast"\nto = ["broken/m-1", "sound/m-1"]\n`);
  const args = ["--config", file, "--retries", "0"];
  const [a, b] = [await replica(args), await replica(args)];
  const ask = async (program: Program) => {
    const response = await post(program, CHAT, {
      messages: [{ role: "user", content: "Hi" }],
      model: "fast",
    });
    expect(await response.text()).toContain("tok-1");
    return failed;
  };
  expect(await ask(a)).toBe(1);
  await Bun.sleep(200);
  expect(await ask(b)).toBe(1);
  // One that starts later hears of it.
  expect(await ask(await replica(args))).toBe(1);
  await Bun.sleep(3_000);
  expect(await ask(b)).toBe(2);
});

test("a client's limits hold at all servers together", async () => {
  if (redis === undefined) return;
  const hash = new Bun.CryptoHasher("sha256").update(TOKEN).digest("hex");
  const file = join(folder, "settings.toml");
  const providers = ["one", "two"]
    .map((name) => `[[provider]]\nname = "${name}"\nbase-url = "${ADDRESS.replace("/v1", `/${name}/v1`)}"\n`)
    .join("");
  const limits = "requests-per-minute = 6\nstreams = 2\n";
  writeFileSync(
    file,
    `${providers}[[route]]\nmodel = "fast"\nto = ["one/m-1"]\n[[client]]\nname = "ada"\ntoken-sha256 = "${hash}"\nmodels = ["*"]\n${limits}`,
  );
  const args = ["--config", file, "--retries", "0"];
  const [a, b] = [await replica(args), await replica(args)];
  const ask = (program: Program, model: string) =>
    post(
      program,
      "/v1/chat/completions",
      { model, messages: [{ role: "user", content: "Hi" }], stream: true },
      { headers: { "x-nash-llm-token": TOKEN, authorization: "Bearer sk-2" } },
    );
  const running = [await ask(a, "one/m-100"), await ask(b, "one/m-100")];
  expect(running.map(({ status }) => status)).toEqual([200, 200]);
  const third = await ask(a, "one/m-1");
  expect([third.status, await third.text()]).toEqual([429, expect.stringContaining("streams")]);
  await Promise.all(running.map((response) => response.text()));
  await until(async () => (await ask(b, "one/m-1")).status === 200);
  const statuses = [];
  for (let i = 0; i < 5; i++) {
    const response = await ask(i % 2 === 0 ? a : b, "one/m-1");
    await response.text();
    statuses.push(response.status);
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  expect(statuses.at(-1)).toBe(429);
});

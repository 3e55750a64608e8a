import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHAT, chatBody, post } from "../support/answers.ts";
import { note } from "../support/note.ts";
import type { Program } from "../support/program.ts";
import { data, type Replicas, ready, resume, STORE_KEY, startReplicas, until } from "../support/replicas.ts";

/** Several servers that share a store, with a real Redis (docs/protocol.md, section 12). */

setDefaultTimeout(90_000);

const TOKEN = "a-token-of-the-client-ada";

let replicas: Replicas | undefined;
let folder: string;

beforeAll(async () => {
  replicas = await startReplicas();
  folder = mkdtempSync(join(tmpdir(), "nash-llm-replicas-"));
  if (replicas === undefined) note("there is no Redis or Valkey here: nothing was tried with a store");
});
afterAll(async () => {
  await replicas?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test("an answer of one server is read on from another, byte for byte, and what the store has tells nothing", async () => {
  if (replicas === undefined) return;
  const [a, b] = [await replicas.start(), await replicas.start()];
  const { id, text } = await replicas.begin(a, 100);
  await Bun.sleep(300);
  const whole = (await resume(b, id)).text();
  const rest = (await resume(b, id, 5)).text();
  await Bun.sleep(500);
  const keys = (await replicas.redis.ask("KEYS", "*")).split("\n");
  const dump = await Promise.all(
    keys.map(async (key) => {
      const type = await replicas?.redis.ask("TYPE", key);
      if (type === "stream") return await replicas?.redis.ask("XRANGE", key, "-", "+");
      return type === "string" ? await replicas?.redis.ask("GET", key) : "";
    }),
  );
  const held = keys.join() + dump.join();
  expect(dump.join().length).toBeGreaterThan(1_000);
  for (const secret of [id, "tok-", "sk-test", "Hello", STORE_KEY]) expect(held).not.toContain(secret);
  for (const key of keys)
    expect([key, Number(await replicas.redis.ask("TTL", key)) > 0]).toEqual([key, true]);

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
  for (const program of [a, b]) expect(program.stderr()).not.toContain(replicas.redis.password);
});

test("stop at one server reaches an answer of another, held or not", async () => {
  if (replicas === undefined) return;
  const [a, b] = [await replicas.start(), await replicas.start()];
  const { id, text } = await replicas.begin(a, 2_000);
  const reader = (await resume(b, id)).text();
  await Bun.sleep(200);
  const stopped = await fetch(`${b.url}/v1/answers/${id}`, { method: "DELETE" });
  expect(await stopped.json()).toEqual({ stopped: true });
  expect(await text).toContain('"finish_reason":"stopped"');
  expect(data(await reader)).toBe(data(await text));

  const plain = await post(
    a,
    CHAT,
    chatBody(replicas.address, "m-2000", { stream_options: { include_receipt: true } }),
  );
  const other = plain.headers.get("x-answer-id") ?? "";
  await Bun.sleep(100);
  expect((await fetch(`${b.url}/v1/answers/${other}`, { method: "DELETE" })).status).toBe(200);
  expect(await plain.text()).toContain('"finish_reason":"stopped"');
  await until(async () => (await fetch(`${b.url}/v1/answers/${other}`, { method: "DELETE" })).status === 404);
});

test("an answer goes on as long as somebody reads it elsewhere, and ends when nobody does", async () => {
  if (replicas === undefined) return;
  const args = ["--resume-grace", "1.5"];
  const [a, b] = [await replicas.start(args), await replicas.start(args)];
  const leaving = new AbortController();
  const options = { stream_options: { resumable: true } };
  const response = await post(a, CHAT, chatBody(replicas.address, "m-2000", options), {
    signal: leaving.signal,
  });
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
  const { left } = replicas;
  const before = left();
  reading.abort();
  await over;
  await until(() => left() > before, 10_000);
});

test("a server that dies: its answer ends elsewhere with the text so far and an error, within 15 s", async () => {
  if (replicas === undefined) return;
  const [a, b, c] = [await replicas.start(), await replicas.start(), await replicas.start()];
  const { id } = await replicas.begin(a, 5_000);
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
  if (replicas === undefined) return;
  const [a, b] = [await replicas.start(), await replicas.start()];
  const headers = {
    "x-nash-llm-base-url": replicas.address,
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
  const { left } = replicas;
  const before = left();
  await fetch(`${b.url}/v1/responses/${long}/cancel`, { method: "POST" });
  expect(await status(long)).toBe("cancelled");
  await until(() => left() > before);
  const lost = await ask(3_000);
  await until(async () => (await status(lost)) === "in_progress");
  await a.stop("SIGKILL");
  await until(async () => (await status(lost)) === "failed", 15_000);
});

test("a store that is gone: each goes on alone, says so, and all is as before when it is back", async () => {
  if (replicas === undefined) return;
  const [a, b] = [await replicas.start(), await replicas.start()];
  const { id, text } = await replicas.begin(a, 350);
  const reader = (await resume(b, id)).text();
  await Bun.sleep(300);
  await replicas.redis.kill();
  await until(async () => (await ready(a)) === "degraded" && (await ready(b)) === "degraded");
  await a.logged((line) => line.includes("goes on alone"));
  const alone = await replicas.begin(b, 3);
  expect(await alone.text).toContain("[DONE]");
  expect((await resume(b, alone.id)).status).toBe(200);
  expect((await resume(a, alone.id)).status).toBe(404);
  await replicas.redis.start();
  await until(async () => (await ready(a)) === "ready" && (await ready(b)) === "ready");
  // What runs, and what came meanwhile, is there again for all.
  await until(async () => (await resume(a, alone.id)).status === 200);
  expect(data(await reader)).toBe(data(await text));
  expect(data(await (await resume(b, id)).text())).toBe(data(await text));
  expect(await a.stop()).toBe(0);
});

test("a server that is told to stop leaves its answers to the others", async () => {
  if (replicas === undefined) return;
  const [a, b] = [await replicas.start(), await replicas.start()];
  const { id, text } = await replicas.begin(a, 60);
  await Bun.sleep(200);
  expect(await a.stop()).toBe(0);
  expect(data(await (await resume(b, id)).text())).toBe(data(await text));
  expect(await text).toContain('"complete":true');
});

test("a target that fails at one server is left alone by the others, too", async () => {
  if (replicas === undefined) return;
  const { address, failed } = replicas;
  const file = join(folder, "targets.toml");
  const providers = ["broken", "sound"].map(
    (name) => `[[provider]]\nname = "${name}"\nbase-url = "${address.replace("/v1", `/${name}/v1`)}"\n`,
  );
  writeFileSync(file, `${providers.join("")}[[route]]\nmodel = "fast"\nto = ["broken/m-1", "sound/m-1"]\n`);
  const args = ["--config", file, "--retries", "0"];
  const [a, b] = [await replicas.start(args), await replicas.start(args)];
  const ask = async (program: Program) => {
    const response = await post(program, CHAT, {
      messages: [{ role: "user", content: "Hi" }],
      model: "fast",
    });
    expect(await response.text()).toContain("tok-1");
    return failed();
  };
  expect(await ask(a)).toBe(1);
  await Bun.sleep(200);
  expect(await ask(b)).toBe(1);
  // One that starts later hears of it, once it has reached the store.
  const later = await replicas.start(args);
  await until(async () => (await ready(later)) === "ready");
  await Bun.sleep(100);
  expect(await ask(later)).toBe(1);
  await Bun.sleep(3_000);
  expect(await ask(b)).toBe(2);
});

test("a client's limits hold at all servers together", async () => {
  if (replicas === undefined) return;
  const hash = new Bun.CryptoHasher("sha256").update(TOKEN).digest("hex");
  const { address } = replicas;
  const file = join(folder, "settings.toml");
  const providers = ["one", "two"]
    .map((name) => `[[provider]]\nname = "${name}"\nbase-url = "${address.replace("/v1", `/${name}/v1`)}"\n`)
    .join("");
  const limits = "requests-per-minute = 6\nstreams = 2\n";
  writeFileSync(
    file,
    `${providers}[[route]]\nmodel = "fast"\nto = ["one/m-1"]\n[[client]]\nname = "ada"\ntoken-sha256 = "${hash}"\nmodels = ["*"]\n${limits}`,
  );
  const args = ["--config", file, "--retries", "0"];
  const [a, b] = [await replicas.start(args), await replicas.start(args)];
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

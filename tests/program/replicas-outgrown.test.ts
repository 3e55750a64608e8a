import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post } from "../support/answers.ts";
import { note } from "../support/note.ts";
import type { Program } from "../support/program.ts";
import { data, type Replicas, resume, startReplicas, until } from "../support/replicas.ts";

/** Answers that are too long to be held, or that are deleted, where several servers share a store (docs/protocol.md, sections 11 and 12). */

setDefaultTimeout(90_000);

/** An answer may be so long, which is less than the 200 tokens of 500 characters take that are asked for here. */
const SHARE = ["--resume-answer-bytes", "40000"];
const TOKENS = 200;
const CHARACTERS = 500;

/** A server does not say of an answer that it is gone while others may still have to write it after a restart of the store. */
const SETTLED_MS = 9_000;

let replicas: Replicas | undefined;
let servers: readonly Program[] = [];
let started = 0;
beforeAll(async () => {
  replicas = await startReplicas();
  const { start } = replicas ?? {};
  if (start !== undefined) servers = [await start(), await start(), await start()];
  started = performance.now();
  if (replicas === undefined) note("there is no Redis or Valkey here: nothing was tried with a store");
});
afterAll(() => replicas?.[Symbol.asyncDispose]());

async function settled(): Promise<[Program, Program, Program]> {
  await Bun.sleep(Math.max(0, started + SETTLED_MS - performance.now()));
  const [a, b, c] = servers;
  if (a === undefined || b === undefined || c === undefined) throw new Error("no servers");
  return [a, b, c];
}

const remove = async (program: { url: string }, id: string) =>
  await (await fetch(`${program.url}/v1/answers/${id}`, { method: "DELETE" })).json();

/** Whose text is still in the store. */
const texts = async () =>
  (await replicas?.redis.ask("KEYS", "nash-llm:answer:*:text"))?.split("\n").filter(Boolean);

test("an answer that outgrows its share runs on for those who read it elsewhere, and nobody else can begin", async () => {
  if (replicas === undefined) return;
  const [a, b, c] = [await replicas.start(SHARE), await replicas.start(SHARE), await replicas.start(SHARE)];
  const { id, text } = await replicas.begin(a, TOKENS, CHARACTERS);
  const elsewhere = (await resume(b, id)).text();
  for (const program of [a, b, c]) await until(async () => (await resume(program, id)).status === 410);
  // Whatever had been read: it is gone, and no wrong number.
  expect((await resume(c, id, 50)).status).toBe(410);
  const own = data(await text);
  expect(own).toContain('"complete":true');
  expect(data(await elsewhere)).toBe(own);
});

test("outgrown, it goes on for a reader elsewhere alone, is stopped from a third server, and ends with its last reader", async () => {
  if (replicas === undefined) return;
  const args = [...SHARE, "--resume-grace", "2"];
  const [a, b, c] = [await replicas.start(args), await replicas.start(args), await replicas.start(args)];
  const begin = async () => {
    const leaving = new AbortController();
    const body = chatBody(replicas?.address ?? "", "m-3000-5000", {
      stream_options: { resumable: true },
    });
    const response = await post(a, CHAT, body, { signal: leaving.signal });
    const id = response.headers.get("x-answer-id") ?? "";
    const reading = new AbortController();
    const reader = await fetch(`${b.url}/v1/answers/${id}`, { signal: reading.signal });
    leaving.abort();
    return { id, reader, reading };
  };
  const first = await begin();
  let had = 0;
  const read = (async () => {
    let stream = "";
    const decoder = new TextDecoder();
    for await (const bytes of first.reader.body ?? []) {
      stream += decoder.decode(bytes, { stream: true });
      had = stream.length;
    }
    return data(stream);
  })();
  // For longer than the grace, and far beyond the share: the store keeps what came of late.
  await until(() => had > 400_000, 40_000);
  expect(await remove(c, first.id)).toEqual({ stopped: true });
  const whole = await read;
  const ids = [...whole.matchAll(/^id: (\d+)$/gm)].map(([, n]) => Number(n));
  expect(ids).toEqual(ids.map((_, i) => i + 1));
  expect(whole).toEndWith(`data: [DONE]\nid: ${ids.length}\n\n`);
  expect(whole).not.toContain('"error"');

  const second = await begin();
  await until(async () => (await resume(c, second.id)).status === 410);
  const { left } = replicas;
  const before = left();
  second.reading.abort();
  await until(() => left() > before, 10_000);
});

test("an answer that was deleted at one server is gone from one that had read it, and from the store", async () => {
  if (replicas === undefined) return;
  const [a, b, c] = await settled();
  for (const deleter of [a, b]) {
    const before = new Set(await texts());
    const { id, text } = await replicas.begin(a, 20);
    await text;
    for (const program of [a, b, c]) expect(await (await resume(program, id)).text()).toContain("[DONE]");
    expect(await remove(deleter, id)).toEqual({ deleted: true });
    await until(async () => (await resume(a, id)).status === 404);
    for (const program of [b, c]) expect((await resume(program, id)).status).toBe(404);
    await until(async () => (await texts())?.every((name) => before.has(name)) === true);
  }
});

test("a response that is deleted while it runs is gone everywhere, and those who read it elsewhere are told its end", async () => {
  if (replicas === undefined) return;
  const [a, b, c] = await settled();
  const headers = {
    "x-nash-llm-base-url": replicas.address,
    "x-nash-llm-protocol": "openai",
    authorization: "Bearer sk-1",
  };
  const body = { model: "m-3000", input: "Hello", background: true };
  for (const deleter of [a, b]) {
    const { id } = (await (await post(a, "/v1/responses", body, { headers })).json()) as { id: string };
    const follow = (await fetch(`${c.url}/v1/responses/${id}?stream=true`)).text();
    await Bun.sleep(300);
    const deleted = await fetch(`${deleter.url}/v1/responses/${id}`, { method: "DELETE" });
    expect(await deleted.json()).toEqual({ id, object: "response", deleted: true });
    expect(await follow).toEndWith("data: [DONE]\n\n");
    for (const program of [a, b, c])
      await until(async () => (await fetch(`${program.url}/v1/responses/${id}`)).status === 404);
  }
});

test("what is read of answers of others takes no memory once nobody reads it", async () => {
  if (replicas === undefined) return;
  const [a, b] = await settled();
  const headers = {
    "x-nash-llm-base-url": replicas.address,
    "x-nash-llm-protocol": "openai",
    authorization: "Bearer sk-1",
  };
  const body = { model: `m-${CHARACTERS}-3000`, input: "Hello", background: true };
  const { id } = (await (await post(a, "/v1/responses", body, { headers })).json()) as { id: string };
  await Bun.sleep(300);
  expect((await fetch(`${b.url}/v1/responses/${id}`)).status).toBe(200);
  const held = async () => {
    const metrics = await (await fetch(`${b.url}/metrics`)).text();
    return Number(/^nash_llm_held_bytes (\d+)/m.exec(metrics)?.[1]);
  };
  expect(await held()).toBeGreaterThan(0);
  await until(async () => (await held()) === 0);
  await fetch(`${a.url}/v1/responses/${id}`, { method: "DELETE" });
});

test("outgrown while the store is gone, it ends for readers elsewhere with an error", async () => {
  if (replicas === undefined) return;
  const [a, b] = [await replicas.start(SHARE), await replicas.start(SHARE)];
  const { id, text } = await replicas.begin(a, TOKENS, CHARACTERS);
  const elsewhere = (await resume(b, id)).text();
  await Bun.sleep(300);
  await replicas.redis.kill();
  await Bun.sleep(2_500);
  await replicas.redis.start();
  expect(data(await text)).toContain('"complete":true');
  expect(data(await elsewhere)).toMatch(
    /data: \{"error":\{"type":"incomplete"[\s\S]*data: \[DONE\]\nid: \d+\n\n$/,
  );
  await until(async () => (await resume(b, id)).status === 410);
});

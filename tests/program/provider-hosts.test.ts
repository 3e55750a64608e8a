import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, post, readNativeStream, SUMMARIZE } from "../support/answers.ts";
import { type Arrival, type Internet, startInternet } from "../support/fake-internet.ts";
import { type Program, startProgram } from "../support/program.ts";

/** What arrives at the providers' own names, behind their TLS: path, headers, body. */

setDefaultTimeout(60_000);

const KEY = "sk-real-key-0123456789";
const HELICONE_KEY = "sk-helicone-9876543210";

interface Host {
  readonly base: string;
  readonly chat: string;
  readonly models: string;
  readonly speaks: "openai" | "anthropic";
  /** How the key is sent, where it is not the protocol's way. */
  readonly keyHeader?: string;
  readonly helicone?: true;
}

const openai = (base: string, root = "/v1"): Host => ({
  base,
  chat: `${root}/chat/completions`,
  models: `${root}/models`,
  speaks: "openai",
});
const anthropic = (base: string): Host => ({
  base,
  chat: "/v1/messages",
  models: "/v1/models",
  speaks: "anthropic",
});

const HOSTS: readonly Host[] = [
  openai("https://api.openai.com/v1"),
  openai("https://api.openai.com"),
  openai("https://api.openai.com/v1/"),
  openai("https://api.openai.com/v1/chat/completions"),
  anthropic("https://api.anthropic.com"),
  anthropic("https://api.anthropic.com/v1"),
  anthropic("https://api.anthropic.com/v1/messages"),
  { ...openai("https://oai.helicone.ai/v1"), helicone: true },
  { ...anthropic("https://anthropic.helicone.ai/"), helicone: true },
  { ...openai("https://house.openai.azure.com", "/openai/v1"), keyHeader: "api-key" },
  { ...openai("https://house.services.ai.azure.com/openai/v1/", "/openai/v1"), keyHeader: "api-key" },
  openai("https://openrouter.ai/api/v1", "/api/v1"),
  openai("https://openrouter.ai", "/api/v1"),
  openai("https://api.groq.com", "/openai/v1"),
  openai("https://api.deepseek.com", ""),
  openai("https://api.deepseek.com/v1"),
  openai("https://api.mistral.ai/v1"),
  openai("https://generativelanguage.googleapis.com", "/v1beta/openai"),
  openai("https://api.x.ai/v1"),
  openai("https://api.perplexity.ai", ""),
  openai("https://api.together.xyz/v1"),
  openai("https://api.fireworks.ai", "/inference/v1"),
  openai("https://api.cerebras.ai/v1"),
  openai("https://router.huggingface.co/v1"),
  // Names that only look like one of them.
  openai("https://api.anthropic.com.example/v1"),
  openai("https://oai.helicone.ai.example/v1"),
  openai("https://xoai.helicone.ai/v1"),
  openai("https://helicone.ai/v1"),
];

let internet: Internet;
let program: Program;
beforeAll(async () => {
  internet = await startInternet([...new Set(HOSTS.map(({ base }) => new URL(base).hostname))]);
  program = await startProgram({
    args: ["--use-proxy"],
    env: { ...internet.env, HELICONE_API_KEY: HELICONE_KEY },
  });
});
afterAll(async () => {
  await program.stop();
  await internet.stop();
});

/** The only headers that a provider of this kind may see, each once. */
function expectedNames({ speaks, keyHeader, helicone }: Host, method: string): string[] {
  return [
    "accept",
    "accept-encoding",
    "connection",
    "host",
    "user-agent",
    ...(method === "GET" ? [] : ["content-length", "content-type"]),
    keyHeader ?? (speaks === "anthropic" ? "x-api-key" : "authorization"),
    ...(speaks === "anthropic" ? ["anthropic-version"] : []),
    ...(helicone
      ? ["helicone-auth", "helicone-session-id", "helicone-session-name", "helicone-session-path"]
      : []),
  ].sort();
}

function checkArrival(host: Host, arrival: Arrival | undefined, session: string, purpose: string): void {
  if (arrival === undefined) throw new Error("nothing arrived");
  const { method, headers, names, path, body } = arrival;
  expect([...names].sort()).toEqual(expectedNames(host, method));
  expect(path).toBe(purpose === "/models" ? host.models : host.chat);
  expect(headers["host"]).toBe(new URL(host.base).host);
  const sent = host.keyHeader ?? (host.speaks === "anthropic" ? "x-api-key" : "authorization");
  expect(headers[sent]).toBe(sent === "authorization" ? `Bearer ${KEY}` : KEY);
  expect(body).not.toContain(KEY);
  expect(JSON.stringify(arrival).includes(HELICONE_KEY)).toBe(host.helicone === true);
  if (host.helicone) {
    expect(headers).toMatchObject({
      "helicone-auth": `Bearer ${HELICONE_KEY}`,
      "helicone-session-id": session,
      "helicone-session-path": purpose,
    });
    expect(headers["helicone-session-name"]).not.toBe("");
  }
}

/** What the client of the server that this one replaces does: no session at first, then the one that came. */
test.each(HOSTS.map((host) => [host.base, host] as const))("%s", async (base, host) => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "My name is Ada." },
  ];
  const address = { model: "demo", api_key: KEY, api_base_url: base };
  internet.arrivals.length = 0;
  internet.asked.length = 0;

  const first = await post(program, CHAT, { ...address, messages, session_id: null });
  expect(first.status).toBe(200);
  const answer = readNativeStream(await first.text());
  expect(answer.error).toBeUndefined();
  expect(first.headers.get("x-session-id")).toBe(answer.session);
  checkArrival(host, internet.arrivals[0], answer.session, "/chat");

  const talk = [
    ...messages,
    { role: "assistant", content: answer.text },
    { role: "user", content: "Who am I?" },
  ];
  const second = await post(program, CHAT, { ...address, messages: talk, session_id: answer.session });
  const known = readNativeStream(await second.text());
  expect([known.session, known.error]).toEqual([answer.session, undefined]);
  expect(known.text).toContain("Ada");
  checkArrival(host, internet.arrivals[1], answer.session, "/chat");

  const whole = [...talk, { role: "assistant", content: known.text }];
  const summarized = await post(program, SUMMARIZE, {
    ...address,
    messages: whole,
    session_id: answer.session,
  });
  const summary = (await summarized.json()) as {
    messages: { role: string; content: string }[];
    session_id: string;
  };
  expect([summarized.status, summary.session_id]).toEqual([200, answer.session]);
  expect(summary.messages.map(({ role }) => role)).toEqual(["system", "assistant"]);
  expect(summary.messages[1]?.content).toStartWith("Previous conversation summary:\n");
  checkArrival(host, internet.arrivals.at(-1), answer.session, "/summarize");

  const next = [...summary.messages, { role: "user", content: "Go on." }];
  const third = await post(program, CHAT, { ...address, messages: next, session_id: answer.session });
  expect([third.status, readNativeStream(await third.text()).error]).toEqual([200, undefined]);
  checkArrival(host, internet.arrivals.at(-1), answer.session, "/chat");

  const list = await post(program, "/v1/chat/models", {
    api_key: KEY,
    api_base_url: base,
    session_id: answer.session,
  });
  expect(((await list.json()) as { models: { id: string }[] }).models.map(({ id }) => id)).toContain("demo");
  checkArrival(host, internet.arrivals.at(-1), answer.session, "/models");

  // An open connection to the same host may have served it.
  expect([`${new URL(base).host}:443`]).toEqual(expect.arrayContaining([...new Set(internet.asked)]));
});

describe("no Helicone header goes out", () => {
  test("over plain http", async () => {
    let seen: readonly string[] = [];
    const plain = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        seen = [...request.headers.keys()];
        return new Response("{}", { status: 401 });
      },
    });
    await using open = await startProgram({
      args: ["--use-proxy", "--allow-upstream", "oai.helicone.ai"],
      env: { HTTP_PROXY: `http://127.0.0.1:${plain.port}`, HELICONE_API_KEY: HELICONE_KEY },
    });
    const body = {
      model: "demo",
      api_key: KEY,
      api_base_url: "http://oai.helicone.ai/v1",
      messages: [{ role: "user", content: "x" }],
    };
    expect((await post(open, CHAT, body)).status).toBe(401);
    expect(seen).toContain("authorization");
    expect(seen.filter((name) => name.startsWith("helicone"))).toEqual([]);
    await plain.stop(true);
  });

  test("without a key for it", async () => {
    await using bare = await startProgram({ args: ["--use-proxy"], env: internet.env });
    internet.arrivals.length = 0;
    const body = {
      model: "demo",
      api_key: KEY,
      api_base_url: "https://oai.helicone.ai/v1",
      messages: [{ role: "user", content: "x" }],
    };
    expect((await post(bare, CHAT, body)).status).toBe(200);
    expect(internet.arrivals[0]?.names.filter((name) => name.startsWith("helicone"))).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Body, CHAT, chatBody } from "../support/answers.ts";
import { type Program, runProgram, startProgram } from "../support/program.ts";

/** Clients of the settings, on the running program (docs/protocol.md, section 12). */

setDefaultTimeout(60_000);

/** What arrived at the providers: the model and the key. */
let arrived: { readonly model: string; readonly key: string | null }[] = [];
let hold: Promise<void> | undefined;
const provider = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    if (request.method === "GET")
      return Response.json({ data: [{ id: "small" }, { id: "small-2" }, { id: "large" }] });
    const body = (await request.json()) as { readonly model: string; readonly stream?: boolean };
    arrived.push({ model: body.model, key: request.headers.get("authorization") });
    const choice = { index: 0, finish_reason: "stop" };
    const usage = { prompt_tokens: 70, completion_tokens: 30 };
    const message = { role: "assistant", content: "Hi." };
    if (body.stream !== true) return Response.json({ choices: [{ ...choice, message }], usage });
    const held = hold;
    const encoder = new TextEncoder();
    const stream = new ReadableStream({
      async start(controller) {
        const send = (...chunks: object[]) => {
          for (const chunk of chunks)
            controller.enqueue(encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`));
        };
        send({ choices: [{ index: 0, delta: message }] });
        await held;
        send({ choices: [{ ...choice, delta: {} }], usage });
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      },
    });
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  },
});
const ADDRESS = `http://127.0.0.1:${provider.port}`;

const TOKENS = { a: "", b: "", requests: "", tokens: "", streams: "" };
type Name = keyof typeof TOKENS;

let folder: string;
let file: string;
let program: Program;

const client = (name: Name, hash: string, more: string) =>
  `[[client]]\nname = "${name}"\ntoken-sha256 = "${hash}"\n${more}\n`;
const SETTINGS = `default-provider = "other"
${["shop", "other"].map((name) => `[[provider]]\nname = "${name}"\nbase-url = "${ADDRESS}/${name}"\nkey-env = "KEY"\nmodels = ["small", "large"]`).join("\n")}
[[route]]
model = "fast"
to = ["shop/small"]
[[route]]
model = "costly"
to = ["other/large"]
`;
const hashes: Partial<Record<Name, string>> = {};
const settingsOf = (models: string) =>
  SETTINGS +
  client("a", hashes.a ?? "", `models = ${models}`) +
  client("b", hashes.b ?? "", 'models = ["*"]') +
  client("requests", hashes.requests ?? "", 'models = ["*"]\nrequests-per-minute = 2') +
  client("tokens", hashes.tokens ?? "", 'models = ["*"]\ntokens-per-minute = 100') +
  client("streams", hashes.streams ?? "", 'models = ["*"]\nstreams = 1');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nash-llm-test-"));
  file = join(folder, "settings.toml");
  for (const name of Object.keys(TOKENS) as Name[]) {
    const { stdout } = await runProgram(["token", name]);
    TOKENS[name] = /^nash-[0-9a-f]{64}$/m.exec(stdout)?.[0] ?? "";
    hashes[name] = /^token-sha256 = "([0-9a-f]{64})"$/m.exec(stdout)?.[1] ?? "";
    expect(new Bun.CryptoHasher("sha256").update(TOKENS[name]).digest("hex")).toBe(hashes[name] ?? "");
    expect(stdout.split(TOKENS[name])).toHaveLength(2);
  }
  writeFileSync(file, settingsOf('["fast", "shop/small*"]'));
  program = await startProgram({
    args: ["--config", file, "--no-detect"],
    env: { KEY: "key-of-the-settings" },
  });
});
afterAll(async () => {
  await program.stop();
  await provider.stop(true);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  arrived = [];
});

const ask = (
  path: string,
  body: Body | undefined,
  name: Name | undefined,
  headers: Record<string, string> = {},
  method = "POST",
) =>
  fetch(program.url + path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(name === undefined ? {} : { "x-nash-llm-token": TOKENS[name] }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const messages = [{ role: "user", content: "Hi" }];
const OPENAI = "/v1/chat/completions";
const native = (url: string, model: string, more: Body = {}) => chatBody(`${ADDRESS}/${url}`, model, more);

describe("a token of a client is wanted", () => {
  test.each([
    [{}, 401],
    [{ authorization: "Bearer wrong" }, 401],
    [{ "x-nash-llm-token": "a" }, 401],
  ])("%j", async (headers, status) => {
    const answer = await ask(OPENAI, { model: "fast", messages }, undefined, headers);
    expect([answer.status, arrived.length]).toEqual([status, 0]);
    expect(await answer.text()).toContain("the token of a client");
    expect((await ask("/v1/models", undefined, undefined, headers, "GET")).status).toBe(401);
    expect((await ask("/v1/answers/0", undefined, undefined, headers, "DELETE")).status).toBe(401);
  });

  test("in each of its places, also in a key's, and never sent on", async () => {
    for (const headers of [{ authorization: `Bearer ${TOKENS.a}` }, { "x-api-key": TOKENS.a }])
      expect((await ask(OPENAI, { model: "fast", messages }, undefined, headers)).status).toBe(200);
    expect(arrived).toEqual(Array(2).fill({ model: "small", key: "Bearer key-of-the-settings" }));
  });

  test("health and pages want none", async () => {
    for (const path of ["/health", "/ready", "/docs"])
      expect((await fetch(program.url + path)).status).toBe(200);
  });
});

const header = (url: string) => ({
  "x-nash-llm-base-url": `${ADDRESS}/${url}`,
  authorization: "Bearer own-key",
});

describe("a client reaches what its models allow", () => {
  test.each<[string, Body, Record<string, string>]>([
    [OPENAI, { model: "fast", messages }, {}],
    [OPENAI, { model: "shop/small", messages }, {}],
    [OPENAI, { model: "shop/small-2", messages }, {}],
    [`/shop${OPENAI}`, { model: "small", messages }, {}],
    [OPENAI, { model: "small", messages }, header("shop")],
    ["/v1/messages", { model: "fast", max_tokens: 9, messages }, {}],
    ["/v1/responses", { model: "fast", input: "Hi" }, {}],
    [CHAT, native("shop", "small"), {}],
    [CHAT, { model: "fast", messages }, {}],
    ["/v1/chat/summarize", { model: "fast", messages: [...messages, ...messages] }, {}],
  ])("%s %j %j", async (path, body, headers) => {
    const answer = await ask(path, body, "a", headers);
    expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
    expect(arrived.length).toBeGreaterThan(0);
  });

  test.each<[string, Body, Record<string, string>]>([
    [OPENAI, { model: "costly", messages }, {}],
    [OPENAI, { model: "other/small", messages }, {}],
    [OPENAI, { model: "shop/large", messages }, {}],
    [OPENAI, { model: "small", messages }, {}],
    [`/other${OPENAI}`, { model: "small", messages }, {}],
    [`/other${OPENAI}`, { model: "fast", messages }, {}],
    [`/shop${OPENAI}`, { model: "large", messages }, {}],
    [OPENAI, { model: "fast", messages }, header("other")],
    [OPENAI, { model: "small", messages }, header("other")],
    [OPENAI, { model: "large", messages }, header("shop")],
    [OPENAI, { model: "small", messages }, header("shop/../other")],
    ["/v1/messages", { model: "costly", max_tokens: 9, messages }, {}],
    ["/v1/messages/count_tokens", { model: "costly", messages }, {}],
    ["/v1/responses", { model: "costly", input: "Hi" }, {}],
    ["/v1/responses", { model: "costly", input: "Hi", background: true }, {}],
    ["/v1/responses/input_tokens", { model: "costly", input: "Hi" }, {}],
    ["/v1/responses/compact", { model: "costly", input: "Hi" }, {}],
    [CHAT, native("other", "small"), {}],
    [CHAT, native("shop", "large"), {}],
    [CHAT, { model: "costly", messages }, {}],
    [CHAT, native("shop", "small", { provider_options: { model: "large" } }), {}],
    ["/v1/chat/summarize", native("other", "small"), {}],
    ["/v1/chat/models", { api_base_url: `${ADDRESS}/other`, api_key: "k" }, {}],
    [OPENAI, { model: "fast", messages, models: ["large"] }, {}],
    [OPENAI, { model: "fast", messages, tools: [{ type: "adviser", model: "large" }] }, {}],
  ])("and nothing else: %s %j %j", async (path, body, headers) => {
    const answer = await ask(path, body, "a", headers);
    expect([answer.status, await answer.text(), arrived]).toEqual([
      403,
      expect.stringContaining("`models`"),
      [],
    ]);
  });
});

describe("lists", () => {
  const idsFor = async (name: Name, path = "/v1/models", headers = {}) => {
    const list = (await (await ask(path, undefined, name, headers, "GET")).json()) as {
      data: { id: string }[];
    };
    return list.data.map(({ id }) => id);
  };

  test("have the client's models and no others", async () => {
    expect(await idsFor("a")).toEqual(["fast", "shop/small"]);
    expect(await idsFor("a", "/v1/models", { "anthropic-version": "2023-06-01" })).toEqual([
      "fast",
      "shop/small",
    ]);
    expect(await idsFor("a", "/shop/v1/models")).toEqual(["small", "small-2"]);
    expect((await ask("/other/v1/models", undefined, "a", {}, "GET")).status).toBe(403);
    expect(await idsFor("b")).toContain("other/large");
    expect((await ask("/v1/models/costly", undefined, "a", {}, "GET")).status).toBe(404);
    const body = { api_base_url: `${ADDRESS}/shop`, api_key: "k" };
    expect(await (await ask("/v1/chat/models", body, "a")).json()).toMatchObject({
      models: [{ id: "small" }, { id: "small-2" }],
    });
    const local = (await (await ask("/v1/local", undefined, "a", {}, "GET")).json()) as {
      servers: unknown[];
    };
    expect(local.servers).toEqual([]);
  });
});

describe("answers are their client's own", () => {
  test("to read on and to stop", async () => {
    const end = Promise.withResolvers<void>();
    hold = end.promise;
    const body = { model: "fast", messages, stream_options: { resumable: true } };
    const answer = await ask(CHAT, body, "a");
    hold = undefined;
    const path = `/v1/answers/${answer.headers.get("x-answer-id")}`;
    expect((await ask(path, undefined, "b", {}, "GET")).status).toBe(404);
    expect((await ask(path, undefined, "b", {}, "DELETE")).status).toBe(404);
    const again = await ask(path, undefined, "a", {}, "GET");
    expect(again.status).toBe(200);
    expect((await ask(path, undefined, "a", {}, "DELETE")).status).toBe(200);
    end.resolve();
    await Promise.all([answer.text(), again.text()]);
  });

  test("responses made in the background too", async () => {
    const answer = await ask("/v1/responses", { model: "fast", input: "Hi", background: true }, "a");
    const { id } = (await answer.json()) as { id: string };
    const path = `/v1/responses/${id}`;
    expect((await ask(path, undefined, "b", {}, "GET")).status).toBe(404);
    expect((await ask(`${path}/cancel`, {}, "b")).status).toBe(404);
    expect((await ask(path, undefined, "b", {}, "DELETE")).status).toBe(404);
    expect((await ask(path, undefined, "a", {}, "GET")).status).toBe(200);
  });
});

describe("limits, in the form of each dialect", () => {
  const refused = async (path: string, name: Name) => {
    const body = { model: "fast", max_tokens: 9, messages, input: "Hi" };
    const { input: _input, ...rest } = body;
    const answer = await ask(path, path === "/v1/responses" ? { model: "fast", input: "Hi" } : rest, name);
    return {
      status: answer.status,
      after: Number(answer.headers.get("retry-after")),
      text: await answer.text(),
    };
  };

  test("requests in a minute", async () => {
    for (const path of [OPENAI, "/v1/messages"]) expect((await refused(path, "requests")).status).toBe(200);
    arrived = [];
    const forms = {
      [OPENAI]: '"type":"rate_limit_error"',
      "/v1/responses": '"type":"rate_limit_error"',
      "/v1/messages": '{"type":"error","error":{"type":"rate_limit_error"',
      [CHAT]: '"type":"rate_limit"',
      "/v1/chat/summarize": '"retryable":true',
    };
    for (const [path, form] of Object.entries(forms)) {
      const { status, after, text } = await refused(path, "requests");
      expect([path, status]).toEqual([path, 429]);
      expect(after).toBeGreaterThan(0);
      expect(after).toBeLessThanOrEqual(60);
      expect(text).toContain(form);
      expect(text).toContain("2 requests in a minute (requests-per-minute). It ends in");
    }
    expect(arrived).toEqual([]);
  });

  test("tokens in a minute", async () => {
    expect((await refused(OPENAI, "tokens")).status).toBe(200);
    const { status, text } = await refused(CHAT, "tokens");
    expect([status, text]).toEqual([
      429,
      expect.stringContaining("100 tokens in a minute (tokens-per-minute)"),
    ]);
  });

  test("answers at once; one that is over makes room, one that was refused takes none", async () => {
    const end = Promise.withResolvers<void>();
    hold = end.promise;
    const answer = await ask(CHAT, { model: "fast", messages }, "streams");
    hold = undefined;
    const { status, after, text } = await refused(OPENAI, "streams");
    expect([status, after, text]).toEqual([429, 1, expect.stringContaining("1 answers at once (streams)")]);
    expect((await ask("/v1/models", undefined, "streams", {}, "GET")).status).toBe(200);
    end.resolve();
    await answer.text();
    expect((await ask(OPENAI, { model: 7 }, "streams")).status).toBe(400);
    expect((await refused(OPENAI, "streams")).status).toBe(200);
  });

  test("answers that their client has left make room too", async () => {
    const end = Promise.withResolvers<void>();
    hold = end.promise;
    const answer = await ask(CHAT, { model: "fast", messages }, "streams");
    await answer.body?.cancel();
    hold = undefined;
    let status = 0;
    for (let i = 0; i < 100 && status !== 200; i++) {
      status = (await refused(OPENAI, "streams")).status;
      await Bun.sleep(20);
    }
    expect(status).toBe(200);
    end.resolve();
  });
});

describe("the start", () => {
  const anywhere = ["--host", "0.0.0.0", "--no-detect", "--config"];
  test("clients count as a token beyond loopback, and SIGHUP may not take the last one away", async () => {
    const own = join(folder, "own.toml");
    const clients = client("b", hashes.b ?? "", 'models = ["*"]');
    writeFileSync(own, clients);
    await using exposed = await startProgram({ args: [...anywhere, own] });
    const hangUp = async (toml: string, line: string) => {
      writeFileSync(own, toml);
      process.kill(exposed.pid, "SIGHUP");
      return exposed.logged((text) => text.includes(line));
    };
    expect(await hangUp("# none\n", "refused")).toContain("without a token");
    await hangUp(client("a", hashes.a ?? "", 'models = ["*"]'), "read anew");
    const status = async (name: Name) =>
      (await fetch(`http://127.0.0.1:${exposed.port}/v1/local`, { headers: { "x-api-key": TOKENS[name] } }))
        .status;
    expect([await status("a"), await status("b")]).toEqual([200, 401]);
  });

  test("without any it is refused", async () => {
    const own = join(folder, "none.toml");
    writeFileSync(own, "# none\n");
    const { code, stderr } = await runProgram(["serve", "--port", "0", ...anywhere, own]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("without a token")]);
  });

  test("says whose the settings' keys are to spend; no token is printed or logged", async () => {
    expect(program.stdout()).toContain(
      "the keys of shop and other can be spent, as far as their `models` reach, by a, b, requests, tokens and streams",
    );
    const all = program.stdout() + program.stderr();
    for (const token of Object.values(TOKENS)) expect(all).not.toContain(token);
  });
});

test("a token's name is one that settings take", async () => {
  const { code, stdout, stderr } = await runProgram(["token", "Team A"]);
  expect([code, stdout, stderr]).toEqual([2, "", "nash-llm: A client's name is of a-z, 0-9 and -.\n"]);
});

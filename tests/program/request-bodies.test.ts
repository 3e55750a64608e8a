import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readRefusal, SESSION, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { exchange, type HeaderList, rawRequest } from "../support/raw-http.ts";
import { askRaw, errorIn, json } from "../support/raw-request-cases.ts";

/** What a request may hold, from its content type to its last field. Nothing that is refused reaches a provider. */

let program: Program;
let sandbox: Sandbox;
let good: string;
beforeAll(async () => {
  sandbox = startSandbox({ pace: 0 });
  program = await startProgram({ args: ["--max-body", "100000"] });
  good = JSON.stringify(chatBody(sandbox.url, "demo-fast"));
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

const PATHS = [CHAT, SUMMARIZE, "/v1/chat/models", "/v1/chat/tokens", "/v1/nowhere"];

const send = (body: string, headers: HeaderList = json(body), path = CHAT) =>
  askRaw(program, { line: `POST ${path} HTTP/1.1`, headers, body });

describe("content types that a page may send without being asked, and their kin", () => {
  const TYPES = [
    undefined,
    "",
    "text/plain",
    "text/plain;charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/jsonp",
    "application/json+x",
    "application/ld+json",
    "application/x-ndjson",
    "text/plain; application/json",
    "text/plain, application/json",
    "application/json, text/plain",
  ];
  test.each(TYPES)("%p", async (type) => {
    for (const path of PATHS) {
      const headers: HeaderList = [
        ["content-length", String(good.length)],
        ...(type === undefined ? [] : [["content-type", type] as const]),
      ];
      const answer = await send(good, headers, path);
      expect([answer.status, errorIn(answer).type]).toEqual([415, "unsupported_media_type"]);
    }
  });

  test.each([
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
  ])("%s is taken", async (type) => {
    const headers: HeaderList = [
      ["content-type", type],
      ["content-length", String(good.length)],
    ];
    expect((await send(good, headers)).status).toBe(200);
  });
});

const NO_JSON: Readonly<Record<string, string>> = {
  nothing: "",
  "half an object": "{",
  "two objects": "{}{}",
  "a trailing comma": '{"messages":[],}',
  "single quotes": "{'a':1}",
  "a lone word": "messages",
  NaN: "NaN",
  "a raw line break in a string": '{"model":"a\nb"}',
  "a NUL": '{"model":"a\0b"}',
};

test.each(Object.entries(NO_JSON))("no JSON: %s", async (_, body) => {
  const answer = await send(body);
  expect([answer.status, errorIn(answer).type]).toEqual([400, "invalid_request"]);
});

test("bytes that are no UTF-8", async () => {
  const head = rawRequest("POST /v1/chat/tokens HTTP/1.1", [
    ["host", `127.0.0.1:${program.port}`],
    ["content-type", "application/json"],
    ["content-length", "15"],
  ]);
  const answer = await exchange(
    program.port,
    Buffer.concat([Buffer.from(`${head}{"model":"`), Buffer.from([0xff, 0xfe, 0x22, 0x7d, 0x20])]),
  );
  expect([answer.status, errorIn(answer).message]).toEqual([400, "The body is not UTF-8."]);
});

test("a byte order mark is taken", async () => {
  const body = `\ufeff${good}`;
  expect((await send(body)).status).toBe(200);
});

test.each(["null", "7", '"text"', "[]", "true"])("JSON, but no object: %s", async (body) => {
  const answer = await send(body);
  expect([answer.status, errorIn(answer).type]).toEqual([422, "invalid_request"]);
});

describe("nesting", () => {
  const nested = (depth: number) => `{"provider_options":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}`;
  const whole = (depth: number) => `${nested(depth)},${good.slice(1)}`;

  test("64 deep is taken as far as its fields go", async () => {
    expect(errorIn(await send(whole(64)))).toMatchObject({
      type: "invalid_request",
      param: "provider_options",
    });
    const options = `{"provider_options":{"x":${"[".repeat(62)}${"]".repeat(62)}},${good.slice(1)}`;
    // The strict provider refuses a field that it does not know: it has been asked.
    expect(errorIn(await send(options))).toMatchObject({ provider_status: 400 });
  });

  test.each([65, 1_000, 40_000])("%d deep is refused", async (depth) => {
    const answer = await send(whole(depth));
    expect([answer.status, errorIn(answer).message]).toEqual([400, "The body is nested more than 64 deep."]);
  });

  test("brackets inside a text are none", async () => {
    const body = JSON.stringify(
      chatBody(sandbox.url, "demo-fast", { messages: [{ role: "user", content: '[{"\\'.repeat(500) }] }),
    );
    expect((await send(body)).status).toBe(200);
  });
});

describe("size", () => {
  const long = (bytes: number) => good.replace("Hello", "x".repeat(bytes - good.length + "Hello".length));

  test("as large as allowed", async () => {
    expect((await send(long(100_000))).status).toBe(200);
  });

  test("a byte more, announced", async () => {
    const answer = await send(long(100_001));
    expect([answer.status, errorIn(answer).type]).toEqual([413, "too_large"]);
  });

  test("announced, and not sent", async () => {
    const headers: HeaderList = [
      ["content-type", "application/json"],
      ["content-length", "100001"],
    ];
    expect((await send("", headers)).status).toBe(413);
  });

  test.each([1_000_000_000, Number.MAX_SAFE_INTEGER])("%d bytes, announced and not sent", async (length) => {
    const headers: HeaderList = [
      ["content-type", "application/json"],
      ["content-length", String(length)],
    ];
    expect((await send("", headers)).status).toBe(413);
  });

  test("in chunks, without a length", async () => {
    const headers: HeaderList = [
      ["content-type", "application/json"],
      ["transfer-encoding", "chunked"],
    ];
    const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect((await send(chunked(long(100_000)), headers)).status).toBe(200);
    const answer = await send(chunked(long(100_001)), headers);
    expect([answer.status, errorIn(answer).type]).toEqual([413, "too_large"]);
  });

  test("by default 32 MiB and no byte more", async () => {
    await using usual = await startProgram();
    const whole = (bytes: number) => {
      const body = JSON.stringify(chatBody(sandbox.url, "demo-400"));
      return body.replace("Hello", "x".repeat(bytes - body.length + "Hello".length));
    };
    const ask = (body: string) => askRaw(usual, { line: `POST ${CHAT} HTTP/1.1`, headers: json(body), body });
    expect((await ask(whole(32 * 1024 * 1024))).status).toBe(400);
    const answer = await ask(whole(32 * 1024 * 1024 + 1));
    expect([answer.status, errorIn(answer).type]).toEqual([413, "too_large"]);
  });
});

describe("fields", () => {
  const refused = async (more: Readonly<Record<string, unknown>>) => {
    const { status, error } = await readRefusal(
      await post(program, CHAT, chatBody(sandbox.url, "demo-fast", more)),
    );
    expect([status, error.type]).toEqual([422, "invalid_request"]);
    return error;
  };

  test("one that is not known is named, with the nearest", async () => {
    expect(await refused({ temprature: 1 })).toMatchObject({
      param: "temprature",
      message: "The field temprature is not known. Did you mean temperature?",
    });
    expect(await refused({ messages: [{ role: "user", contents: "x" }] })).toMatchObject({
      param: "messages[0].contents",
    });
  });

  test.each(["constructor", "prototype", "toString", "hasOwnProperty"])(
    "%s is one like any other",
    async (name) => {
      expect((await refused({ [name]: {} })).param).toBe(name);
    },
  );

  test("__proto__ is one like any other, wherever it stands", async () => {
    const at = (place: string) => good.replace(place, `"__proto__":{"polluted":true},${place}`);
    for (const place of ['"messages"', '"role"']) {
      const answer = await send(at(place));
      expect([answer.status, errorIn(answer).param?.endsWith("__proto__")]).toEqual([422, true]);
    }
    const options = await send(`{"provider_options":{"__proto__":{"polluted":true}},${good.slice(1)}`);
    expect([200, 422, 400]).toContain(options.status);
    expect((await send(good)).status).toBe(200);
  });

  test("null in an optional field means that it is absent", async () => {
    const optional = {
      session_id: null,
      provider: null,
      temperature: null,
      top_p: null,
      max_tokens: null,
      stop: null,
      seed: null,
      reasoning_effort: null,
      provider_options: null,
      stream_options: null,
      stream: null,
    };
    const message = { role: "user", content: "Hello", name: null, tool_calls: null, tool_call_id: null };
    const response = await post(
      program,
      CHAT,
      chatBody(sandbox.url, "demo-fast", { ...optional, messages: [message] }),
    );
    expect(response.status).toBe(200);
    await response.text();
  });

  test.each(["model", "api_key", "messages"])("null in %s does not", async (field) => {
    expect((await refused({ [field]: null })).param).toBe(field);
  });

  test.each([null, undefined])(
    "%p in api_base_url leaves it to the settings, which name nobody",
    async (none) => {
      const body = chatBody(sandbox.url, "demo-fast", { api_base_url: none });
      const { status, error } = await readRefusal(await post(program, CHAT, body));
      expect([status, error.type]).toEqual([400, "invalid_request"]);
      for (const way of ["x-nash-llm-base-url", "default-provider"]) expect(error.message).toContain(way);
    },
  );

  test.each([
    ["no UUID", "abc"],
    ["empty", ""],
    ["too long", `${SESSION}0`],
    ["with a line break", `${SESSION}\r\nx: y`],
    ["in braces", `{${SESSION}}`],
    ["other digits", SESSION.replace("3", "３")],
    ["a number", 7],
    ["an object", { id: SESSION }],
  ])("a session that is %s", async (_, session_id) => {
    const response = await post(program, CHAT, chatBody(sandbox.url, "demo-fast", { session_id }));
    const { status, error, session } = await readRefusal(response);
    expect([status, error.param, session]).toEqual([422, "session_id", undefined]);
  });

  test.each([
    ["a line break", "sk\r\nx-evil: 1"],
    ["a line feed", "sk\nx"],
    ["a NUL", "sk\0x"],
    ["a space", "sk x"],
    ["nothing", ""],
    ["a letter beyond ASCII", "sk-é"],
    ["an escape", "sk\u001b[2J"],
    ["a number", 7],
    ["a delete", "sk\u007f"],
  ])("a key with %s", async (_, api_key) => {
    expect(await refused({ api_key })).toMatchObject({ param: "api_key" });
  });

  test("a model may be any text, and forges nothing", async () => {
    const model = 'x\r\nx-evil: 1\r\n\r\ndata: [DONE]\u001b[2J"';
    const response = await post(program, CHAT, chatBody(sandbox.url, model));
    const { status, headers } = await readRefusal(response);
    expect([status, headers.get("x-evil")]).toEqual([404, null]);
    const id = headers.get("x-request-id") ?? "";
    expect(JSON.parse(await program.logged((line) => line.includes(id)))).toMatchObject({
      status: 404,
      model,
    });
  });

  test("the session stands in refusals that come after it was read", async () => {
    const response = await post(program, CHAT, chatBody(sandbox.url, "demo-fast", { temprature: 1 }));
    expect((await readRefusal(response)).session).toBe(SESSION);
  });
});

describe("paths and methods", () => {
  test.each(["/nowhere", "/v1/nowhere", "/v1/chat", "//v1/chat/models", "/V1/local", "/%76%31/local"])(
    "%s is nowhere",
    async (path) => {
      const answer = await askRaw(program, { line: `GET ${path} HTTP/1.1` });
      expect([answer.status, errorIn(answer).type]).toEqual([404, "not_found"]);
    },
  );

  test.each([
    [CHAT, "POST"],
    [SUMMARIZE, "POST"],
    ["/health", "GET"],
  ])("%s takes %s", async (path, allowed) => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"].filter(
      (one) => one !== allowed,
    )) {
      const answer = await askRaw(program, {
        line: `${method} ${path} HTTP/1.1`,
        headers: json("{}"),
        body: "{}",
      });
      expect([answer.status, errorIn(answer).type]).toEqual([405, "method_not_allowed"]);
      expect(answer.headers["allow"]).toContain(allowed);
    }
  });

  test("HEAD", async () => {
    const head = (path: string) =>
      askRaw(program, { line: `HEAD ${path} HTTP/1.1`, headers: [["connection", "close"]] });
    expect(await head("/health")).toMatchObject({ status: 200, body: "" });
    expect(await head("/nowhere")).toMatchObject({ status: 404, body: "" });
    expect(await head(CHAT)).toMatchObject({ status: 405, body: "" });
  });
});

describe("malformed HTTP gets no answer but a status", () => {
  const own = () => `host: 127.0.0.1:${program.port}\r\n`;
  const post = (headers: string, body: string) => () =>
    `POST ${CHAT} HTTP/1.1\r\n${own()}content-type: application/json\r\n${headers}\r\n${body}`;
  const CASES: Readonly<Record<string, () => string>> = {
    "a length and chunks": post("content-length: 5\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n"),
    "two lengths": post("content-length: 5\r\ncontent-length: 6\r\n", "12345"),
    "a negative length": post("content-length: -5\r\n", "12345"),
    "a length with a sign": post("content-length: +5\r\n", "12345"),
    "a bad chunk": post("transfer-encoding: chunked\r\n", "zz\r\n12345\r\n0\r\n\r\n"),
    "an unknown encoding": post("transfer-encoding: xchunked\r\n", "0\r\n\r\n"),
    "a folded header": () => `GET /health HTTP/1.1\r\n${own()}x: a\r\n b\r\n\r\n`,
    "a space before the colon": () => `GET /health HTTP/1.1\r\n${own().replace(":", " :")}\r\n`,
    "a NUL in a header": () => `GET /health HTTP/1.1\r\n${own()}x: a\0b\r\n\r\n`,
    "bare line feeds": () => `GET /health HTTP/1.1\n${own().trim()}\n\n`,
    "another version": () => `GET /health HTTP/3.0\r\n${own()}\r\n`,
    "the preface of HTTP/2": () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "too many headers": () => `GET /health HTTP/1.1\r\n${own()}${"x: y\r\n".repeat(300)}\r\n`,
    "a header without end": () => `GET /health HTTP/1.1\r\n${own()}x: ${"y".repeat(100_000)}\r\n\r\n`,
    "a path without end": () => `GET /${"y".repeat(100_000)} HTTP/1.1\r\n${own()}\r\n`,
    "no path": () => `GET HTTP/1.1\r\n${own()}\r\n`,
    TLS: () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  };
  test.each(Object.entries(CASES))("%s", async (_, request) => {
    const answer = await exchange(program.port, request());
    expect([400, 431, 505]).toContain(answer.status);
    expect(answer.body).toBe("");
    expect((await fetch(`${program.url}/health`)).status).toBe(200);
  });
});

test("two requests in one packet get two answers, each its own", async () => {
  const own: HeaderList = [["host", `127.0.0.1:${program.port}`]];
  const twice =
    rawRequest("GET /nowhere HTTP/1.1", own) +
    rawRequest("GET /health HTTP/1.1", [...own, ["connection", "close"]]);
  const socket = await exchange(
    program.port,
    twice,
    (text) => (text.match(/HTTP\/1\.1 /g) ?? []).length === 2,
  );
  expect(socket.status).toBe(404);
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import type { HeaderList } from "../support/raw-http.ts";
import { askRaw, json } from "../support/raw-request-cases.ts";

/** With a token set, all but the pages and what tells of health needs it (docs/protocol.md, sections 5 and 10). */

const TOKEN = "a-token.with_signs~0123456789";

let program: Program;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = startSandbox({ pace: 0 });
  program = await startProgram({ env: { NASH_LLM_TOKEN: TOKEN } });
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

const LINES = [
  `POST ${CHAT} HTTP/1.1`,
  `POST ${SUMMARIZE} HTTP/1.1`,
  "POST /v1/chat/tokens HTTP/1.1",
  "POST /v1/chat/models HTTP/1.1",
  "GET /v1/local HTTP/1.1",
  "GET /v1/nowhere HTTP/1.1",
  "POST /v1/messages HTTP/1.1",
  "POST /groq/v1/chat/completions HTTP/1.1",
  "GET /nosuch/v1/models HTTP/1.1",
  "HEAD /groq HTTP/1.1",
  "GET /nowhere HTTP/1.1",
  "GET /docs/ HTTP/1.1",
  "GET /assets/../v1/local HTTP/1.1",
  "GET /v1 HTTP/1.1",
  "GET /v1/ HTTP/1.1",
  `GET ${CHAT} HTTP/1.1`,
  `HEAD ${CHAT} HTTP/1.1`,
  `DELETE ${CHAT} HTTP/1.1`,
  // Ways of writing a path that servers have taken for another one.
  "GET /x/../v1/local HTTP/1.1",
  "GET /./v1/local HTTP/1.1",
  "GET /v1\\local HTTP/1.1",
  "GET /v1/local/ HTTP/1.1",
  "GET /v1/local?x=/health HTTP/1.1",
  "GET http://127.0.0.1/v1/local HTTP/1.1",
];

const REFUSED: Readonly<Record<string, HeaderList>> = {
  "no token": [],
  "an empty one": [["x-nash-llm-token", ""]],
  "another one": [["x-nash-llm-token", "another"]],
  "one letter short": [["x-nash-llm-token", TOKEN.slice(0, -1)]],
  "one letter more": [["x-nash-llm-token", `${TOKEN}0`]],
  "in other letters": [["authorization", `Bearer ${TOKEN.toUpperCase()}`]],
  "of another scheme": [["authorization", `Basic ${TOKEN}`]],
  "without a scheme": [["authorization", TOKEN]],
  "twice in one header": [["x-nash-llm-token", `${TOKEN}, ${TOKEN}`]],
  "in two headers of one name": [
    ["x-nash-llm-token", TOKEN],
    ["x-nash-llm-token", TOKEN],
  ],
  "another one as the key": [["x-api-key", "another"]],
  "in a cookie": [["cookie", `token=${TOKEN}`]],
};

/** What a refusal is called in the dialects of others. */
const DIALECTS = [
  ["/v1/messages", "authentication_error"],
  ["/groq/v1/chat/completions", "invalid_request_error"],
  ["/nosuch/v1/models", "invalid_request_error"],
] as const;

describe.each(Object.entries(REFUSED))("%s", (_, headers) => {
  test.each(LINES)("%s", async (line) => {
    const answer = await askRaw(program, { line, headers: [...headers, ["connection", "close"]] });
    expect(answer.status).toBe(401);
    if (line.startsWith("HEAD")) return;
    const [, type] = DIALECTS.find(([path]) => line.includes(path)) ?? ["", "unauthorized"];
    expect(JSON.parse(answer.body).error.type).toBe(type);
    expect(answer.body).not.toContain(TOKEN.slice(0, 12));
  });
});

test.each(["Bearer", "bearer", "BEARER"])("authorization: %s", async (scheme) => {
  const body = JSON.stringify(chatBody(sandbox.url, "demo-fast"));
  const headers: HeaderList = [...json(body), ["authorization", `${scheme} ${TOKEN}`]];
  expect((await askRaw(program, { line: `POST ${CHAT} HTTP/1.1`, headers, body })).status).toBe(200);
});

test.each(["x-nash-llm-token", "x-api-key"])("as %s", async (name) => {
  const headers: HeaderList = [[name, TOKEN]];
  expect((await askRaw(program, { line: "GET /v1/nowhere HTTP/1.1", headers })).status).toBe(404);
});

test("a token is no part of what a provider is sent", async () => {
  let seen: unknown;
  const watching = startSandbox({
    pace: 0,
    onRequest: ({ headers, body }) => {
      seen = { headers, body };
    },
  });
  const body = JSON.stringify(chatBody(watching.url, "demo-fast"));
  const headers: HeaderList = [
    ...json(body),
    ["authorization", `Bearer ${TOKEN}`],
    ["x-nash-llm-token", TOKEN],
  ];
  expect((await askRaw(program, { line: `POST ${CHAT} HTTP/1.1`, headers, body })).status).toBe(200);
  expect(JSON.stringify(seen)).not.toContain(TOKEN);
  expect(JSON.stringify(seen)).toContain("sk-test-0123456789");
  await watching.stop();
});

test("the pages and what tells of health need none", async () => {
  const pages = ["/", "/docs", "/openapi.json", "/llms.txt", "/assets/chat.js", "/assets/docs.css"];
  for (const path of ["/health", "/ready", "/metrics", ...pages]) {
    expect((await askRaw(program, { line: `GET ${path} HTTP/1.1` })).status).toBe(200);
  }
});

test("beyond loopback the metrics want it too", async () => {
  await using exposed = await startProgram({ args: ["--host", "0.0.0.0"], env: { NASH_LLM_TOKEN: TOKEN } });
  const ask = (headers: HeaderList) => askRaw(exposed, { line: "GET /metrics HTTP/1.1", headers });
  expect((await ask([])).status).toBe(401);
  expect((await ask([["authorization", `Bearer ${TOKEN}`]])).status).toBe(200);
  expect((await askRaw(exposed, { line: "GET /health HTTP/1.1" })).status).toBe(200);
});

test("whoever has no token does not learn which paths, methods and content types there are", async () => {
  const answers = await Promise.all(
    [CHAT, "/v1/nowhere"].map((path) =>
      askRaw(program, { line: `POST ${path} HTTP/1.1`, headers: json("{"), body: "{" }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([401, 401]);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
});

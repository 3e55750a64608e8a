import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import type { HeaderList } from "../support/raw-http.ts";
import { askRaw, errorIn, json } from "../support/raw-request-cases.ts";

/** Which pages may ask, and what they may read (docs/protocol.md, section 6). */

const EXPOSED =
  "x-request-id, request-id, x-session-id, x-answer-id, retry-after, retry-after-ms, x-should-retry, " +
  "x-nash-llm-dropped, x-nash-llm-changed, x-nash-llm-receipt";

/** What preflights allow, by name: the browser asks for nothing else. */
const ALLOWED = [
  "content-type, authorization, x-api-key, anthropic-version, anthropic-beta",
  "anthropic-dangerous-direct-browser-access, openai-organization, openai-project",
  "x-stainless-arch, x-stainless-async, x-stainless-custom-poll-interval, x-stainless-helper",
  "x-stainless-helper-method, x-stainless-lang, x-stainless-os, x-stainless-package-version",
  "x-stainless-poll-helper, x-stainless-retry-count, x-stainless-runtime, x-stainless-runtime-version",
  "x-stainless-timeout, x-session-id, last-event-id, x-nash-llm-token, x-nash-llm-base-url",
  "x-nash-llm-protocol, x-nash-llm-strict",
].join(", ");

let program: Program;
let sandbox: Sandbox;
let body: string;
beforeAll(async () => {
  sandbox = startSandbox({ pace: 0 });
  program = await startProgram({
    args: ["--allow-origin", "https://app.example", "--allow-host", "box.local"],
  });
  body = JSON.stringify(chatBody(sandbox.url, "demo-fast"));
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

const chat = (headers: HeaderList) =>
  askRaw(program, { line: `POST ${CHAT} HTTP/1.1`, headers: [...json(body), ...headers], body });

const FOREIGN = [
  "null",
  "https://evil.example",
  "http://evil.example",
  "http://localhost.evil.example",
  "http://evil.example:8001",
  "http://127.0.0.1.evil.example",
  "http://127.evil.example",
  "http://evil-localhost",
  "http://localhost@evil.example",
  "https://app.example.evil.example",
  "https://app.example:8443",
  "http://app.example",
  "https://xapp.example",
  "file://",
  "chrome-extension://abc",
  "http://192.168.1.2",
  "http://[::2]",
  "ftp://localhost",
  "tauri",
  "app:x",
  "app://x, https://evil.example",
  "http://localhost, https://evil.example",
];

describe("pages that may not ask", () => {
  test.each(FOREIGN)("%s", async (origin) => {
    const answer = await chat([["origin", origin]]);
    expect([answer.status, errorIn(answer).type]).toEqual([403, "forbidden"]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test.each(FOREIGN)("%s, in a preflight", async (origin) => {
    const answer = await askRaw(program, {
      line: `OPTIONS ${CHAT} HTTP/1.1`,
      headers: [
        ["origin", origin],
        ["access-control-request-method", "POST"],
      ],
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("two origins, one of them allowed", async () => {
    const answer = await chat([
      ["origin", "http://localhost"],
      ["origin", "https://evil.example"],
    ]);
    expect(answer.status).toBe(403);
  });

  test("what a browser says of a page of another site, without an origin", async () => {
    expect((await chat([["sec-fetch-site", "cross-site"]])).status).toBe(403);
    const get = { line: "GET /v1/local HTTP/1.1", headers: [["sec-fetch-site", "cross-site"]] as const };
    expect((await askRaw(program, get)).status).toBe(403);
  });

  test("a navigation from another site may see our pages, but nothing under /v1 and nothing else", async () => {
    const headers: HeaderList = [
      ["sec-fetch-site", "cross-site"],
      ["sec-fetch-mode", "navigate"],
    ];
    expect((await askRaw(program, { line: "GET /health HTTP/1.1", headers })).status).toBe(200);
    expect((await askRaw(program, { line: "GET /v1/local HTTP/1.1", headers })).status).toBe(403);
    expect((await askRaw(program, { line: "GET /groq/v1/models HTTP/1.1", headers })).status).toBe(403);
    expect((await askRaw(program, { line: "GET /groq HTTP/1.1", headers })).status).toBe(403);
    expect((await askRaw(program, { line: "POST /health HTTP/1.1", headers })).status).toBe(403);
    const script: HeaderList = [
      ["sec-fetch-site", "cross-site"],
      ["sec-fetch-mode", "no-cors"],
    ];
    expect((await askRaw(program, { line: "GET /health HTTP/1.1", headers: script })).status).toBe(403);
  });

  test("no provider heard of any of it", () => {
    expect(sandbox.requests).toBe(0);
  });
});

describe("pages that may", () => {
  test.each([
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:3000",
    "http://127.0.0.1:5173",
    "http://127.9.9.9",
    "http://[::1]:80",
    "http://app.localhost:8080",
    "http://{host}",
    "app://-",
    "tauri://localhost",
    "http://tauri.localhost",
    "vscode-webview://0c1b2d3e",
    "https://app.example",
  ])("%s", async (origin) => {
    const answer = await chat([["origin", origin]]);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": origin.replace("{host}", `127.0.0.1:${program.port}`),
      "access-control-expose-headers": EXPOSED,
      vary: "origin",
    });
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
  });

  test("an origin equal to the Host that was accepted", async () => {
    const own = (origin: string) =>
      askRaw(program, {
        noHost: true,
        headers: [
          ["host", "box.local"],
          ["origin", origin],
        ],
      });
    expect((await own("http://box.local")).status).toBe(200);
    expect((await own("https://box.local")).status).toBe(200);
    expect((await own("https://box.local:8443")).status).toBe(403);
  });

  test("an allowed page is not stopped by Sec-Fetch-Site", async () => {
    const headers: HeaderList = [
      ["origin", "https://app.example"],
      ["sec-fetch-site", "cross-site"],
    ];
    expect((await chat(headers)).status).toBe(200);
  });

  test.each(["same-origin", "same-site", "none"])("no origin, and Sec-Fetch-Site says %s", async (site) => {
    expect((await chat([["sec-fetch-site", site]])).status).toBe(200);
  });

  test("refusals can be read as well", async () => {
    const answer = await askRaw(program, {
      line: `POST ${CHAT} HTTP/1.1`,
      headers: [["origin", "http://localhost"], ...json("{")],
      body: "{",
    });
    expect(answer.status).toBe(400);
    expect(answer.headers["access-control-allow-origin"]).toBe("http://localhost");
  });
});

test("a preflight is answered with exactly what docs/protocol.md names, for any path, without a token", async () => {
  await using guarded = await startProgram({ env: { NASH_LLM_TOKEN: "token-of-the-server" } });
  for (const path of [CHAT, "/v1/nowhere", "/groq/v1/messages", "/health"]) {
    const answer = await askRaw(guarded, {
      line: `OPTIONS ${path} HTTP/1.1`,
      headers: [
        ["origin", "http://localhost:3000"],
        ["access-control-request-method", "POST"],
        ["access-control-request-headers", "content-type, x-evil"],
        ["access-control-request-private-network", "true"],
      ],
    });
    expect([answer.status, answer.body]).toEqual([204, ""]);
    const cors = Object.entries(answer.headers).filter(([name]) => name.startsWith("access-control"));
    expect(Object.fromEntries(cors)).toEqual({
      "access-control-allow-origin": "http://localhost:3000",
      "access-control-allow-methods": "GET, POST, DELETE",
      "access-control-allow-headers": ALLOWED,
      "access-control-expose-headers": EXPOSED,
      "access-control-max-age": "600",
    });
    expect(answer.headers["vary"]).toBe("origin");
  }
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { CHAT, chatBody, post, readRefusal, SESSION, SUMMARIZE } from "../support/answers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { PROTOCOLS } from "../support/streams.ts";

/** What a provider may answer before there is a stream, as docs/protocol.md 2 has it. */

let program: Program;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = startSandbox({ pace: 0 });
  program = await startProgram({ args: ["--retries", "0"] });
});
afterAll(async () => {
  await program.stop();
  await sandbox.stop();
});

interface Expected {
  readonly status: number;
  readonly type: string;
  readonly from?: number;
  readonly wait?: number;
  readonly retryable: boolean;
}

const REFUSALS: readonly (readonly [model: string, expected: Expected])[] = [
  ["demo-400", { status: 400, type: "invalid_request", from: 400, retryable: false }],
  ["demo-401", { status: 401, type: "authentication", from: 401, retryable: false }],
  ["demo-402", { status: 402, type: "quota", from: 402, retryable: false }],
  ["demo-403", { status: 403, type: "permission", from: 403, retryable: false }],
  ["demo-404", { status: 404, type: "not_found", from: 404, retryable: false }],
  ["demo-408", { status: 504, type: "timeout", from: 408, retryable: true }],
  ["demo-413", { status: 413, type: "too_large", from: 413, retryable: false }],
  ["demo-429", { status: 429, type: "rate_limit", from: 429, wait: 7, retryable: true }],
  ["demo-quota", { status: 429, type: "quota", from: 429, retryable: false }],
  ["demo-500", { status: 502, type: "upstream", from: 500, retryable: true }],
  ["demo-502", { status: 502, type: "upstream", from: 502, retryable: true }],
  ["demo-503", { status: 503, type: "overloaded", from: 503, wait: 2, retryable: true }],
  ["demo-529", { status: 503, type: "overloaded", from: 529, retryable: true }],
  ["demo-overflow", { status: 400, type: "context_overflow", from: 400, retryable: false }],
  ["demo-redirect", { status: 502, type: "upstream", from: 307, retryable: false }],
  ["demo-redirect-away", { status: 502, type: "upstream", from: 307, retryable: false }],
  ["demo-html", { status: 502, type: "bad_output", retryable: false }],
  ["demo-gzip", { status: 502, type: "bad_output", retryable: false }],
  ["demo-error-first", { status: 503, type: "overloaded", retryable: true }],
  ["demo-echo-key", { status: 400, type: "invalid_request", from: 400, retryable: false }],
  ["no-such-model", { status: 404, type: "not_found", from: 404, retryable: false }],
];

describe.each(PROTOCOLS)("%s", (provider) => {
  describe.each([CHAT, SUMMARIZE])("%s", (path) => {
    test.each(REFUSALS)("%s", async (model, expected) => {
      const key = `sk-${provider}-canary-0123456789`;
      const response = await post(program, path, chatBody(sandbox.url, model, { provider, api_key: key }));
      const whole = await response.clone().text();
      const { status, error, session } = await readRefusal(response);
      expect({ status, type: error.type, from: error.provider_status, wait: error.retry_after }).toEqual({
        status: expected.status,
        type: expected.type,
        from: expected.from,
        wait: expected.wait,
      });
      expect(error.retryable).toBe(expected.retryable);
      expect(session).toBe(SESSION);
      expect(whole).not.toContain(key);
      expect(whole).not.toMatch(/<\/?[a-z]/i);
      expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(2048);
    });
  });
});

test("a summary asked for as a stream is refused with a status as well, while nothing has been sent", async () => {
  const response = await post(program, SUMMARIZE, chatBody(sandbox.url, "demo-401"), {
    headers: { accept: "text/event-stream" },
  });
  const { status, error, session } = await readRefusal(response);
  expect([status, error.type, session]).toEqual([401, "authentication", SESSION]);
});

test("a session is made where none came, and named in refusals too", async () => {
  const response = await post(program, CHAT, chatBody(sandbox.url, "demo-401", { session_id: null }));
  expect((await readRefusal(response)).session).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}$/);
});

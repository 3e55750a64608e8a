import { afterAll, beforeAll, expect, test } from "bun:test";
import { AnswerStore, DEFAULT_RESUME_LIMITS } from "../../src/answers/answer-store.ts";
import { ConcurrencyLimiter } from "../../src/server/concurrency-limiter.ts";
import { testApp } from "../support/app.ts";
import { upstreamTo } from "../support/targets.ts";

const HOLD_MS = 300;
const KEY = "sk-held-reader-0123456789";

const provider = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => {
    const chunk = { choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop" }] };
    return new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream", "x-ratelimit-remaining-requests": `7 of ${KEY}` },
    });
  },
});

const answers = new AnswerStore({ ...DEFAULT_RESUME_LIMITS, holdMs: HOLD_MS });
const limiter = new ConcurrencyLimiter(10);
const app = testApp({ answers, limiter, upstream: upstreamTo(`127.0.0.1:${provider.port}`) });
beforeAll(() => void app.listen({ hostname: "127.0.0.1", port: 0, reusePort: false }));
afterAll(async () => {
  await app.stop(true);
  await provider.stop(true);
});

const server = () => `http://127.0.0.1:${app.server?.port}`;

function post(path: string, body: object): Promise<Response> {
  return fetch(server() + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${KEY}`,
      "x-nash-llm-base-url": `http://127.0.0.1:${provider.port}/v1`,
      "x-nash-llm-protocol": "openai",
    },
    body: JSON.stringify({ model: "m", ...body }),
  });
}

test("a HEAD is answered without a reader, and nothing waits for one", async () => {
  const response = await post("/v1/responses", { input: "Hi", background: true, stream: true });
  const { response: made } = JSON.parse((await response.text()).match(/data: (.*)/)?.[1] ?? "") as {
    response: { id: string };
  };
  const path = `/v1/responses/${made.id}`;
  for (const query of ["?stream=true", ""]) {
    const head = await fetch(server() + path + query, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  }
  expect(answers.size).toBe(1);
  await Bun.sleep(HOLD_MS * 2);
  expect([answers.size, answers.bytes, limiter.size]).toEqual([0, 0, 0]);
});

test("a key that a provider says back in a header of its limits does not come back", async () => {
  const response = await post("/v1/chat/completions", { messages: [{ role: "user", content: "Hi" }] });
  expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("7 of [redacted]");
});

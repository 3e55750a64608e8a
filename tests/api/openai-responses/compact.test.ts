import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { decodeSummary } from "../../../src/core/carrier.ts";
import { testApp } from "../../support/app.ts";
import { upstreamTo } from "../../support/targets.ts";
import { sentEvents } from "./support.ts";

const asked: { path: string; body: Record<string, unknown> }[] = [];
/** What the provider's model says; empty: nothing at all. */
let words = "They met.";
const COMPACTED = {
  id: "resp_1",
  object: "response.compaction",
  output: [{ type: "compaction", encrypted_content: "gAAA" }],
};
/** What a provider that compacts by itself answers. */
let compacted: unknown = COMPACTED;
const KEY = "sk-secret-key";

const provider = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const path = new URL(request.url).pathname;
    asked.push({ path, body: (await request.json()) as Record<string, unknown> });
    if (path.endsWith("/compact")) return Response.json(compacted);
    const chunk = { choices: [{ index: 0, delta: { content: words }, finish_reason: "stop" }] };
    return new Response(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream" },
    });
  },
});

const app = testApp({ upstream: upstreamTo(`127.0.0.1:${provider.port}`) });
beforeAll(() => void app.listen({ hostname: "127.0.0.1", port: 0, reusePort: false }));
afterAll(async () => {
  await app.stop(true);
  await provider.stop(true);
});

const TALK = [
  { type: "message", role: "developer", content: "Be brief." },
  { type: "message", role: "user", content: "Hi" },
  { type: "message", role: "assistant", content: "Hello." },
];

function post(path: string, input: unknown[], more: Record<string, unknown> = {}, protocol = "openai") {
  asked.length = 0;
  return fetch(`http://127.0.0.1:${app.server?.port}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${KEY}`,
      "x-nash-llm-base-url": `http://127.0.0.1:${provider.port}/v1`,
      "x-nash-llm-protocol": protocol,
    },
    body: JSON.stringify({ model: "m", input, ...more }),
  });
}

const summaryIn = (items: unknown) => {
  const carriers = (items as { encrypted_content?: string }[]).map((item) => item.encrypted_content);
  return carriers.map((carrier) => decodeSummary(carrier ?? ""));
};

describe("where Codex asks for a compaction", () => {
  const input = [...TALK, { type: "compaction_trigger" }];

  test("it gets a stream with one item, made of a summary", async () => {
    words = "They met.";
    const events = sentEvents(await (await post("/v1/responses", input, { stream: true })).text());
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(summaryIn([events[3]?.["item"]])).toEqual(["They met."]);
    expect(asked.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
    expect(JSON.stringify(asked[0]?.body)).toContain("Hello.");
  });

  test("or a whole response", async () => {
    const response = (await (await post("/v1/responses", input)).json()) as { output: unknown };
    expect(response).toMatchObject({ object: "response", status: "completed", model: "m" });
    expect(summaryIn(response.output)).toEqual(["They met."]);
  });

  test.each([true, false])("an empty summary is an error, streamed: %p", async (stream) => {
    words = " ";
    const response = await post("/v1/responses", input, { stream });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { type: "server_error" } });
  });
});

describe("the path of its own", () => {
  test("keeps what was asked of the model, and summarizes the rest", async () => {
    words = "They met.";
    const compacted = (await (await post("/v1/responses/compact", TALK)).json()) as {
      output: { role?: string }[];
    };
    expect(compacted).toMatchObject({ object: "response.compaction", usage: null });
    expect(compacted.output.map(({ role }) => role)).toEqual(["developer", "user", undefined]);
    expect(summaryIn(compacted.output).at(-1)).toBe("They met.");
  });

  test("passes through to a provider that speaks Responses", async () => {
    const response = await post("/v1/responses/compact", TALK, { some_new_field: 1 }, "responses");
    expect(await response.json()).toEqual(COMPACTED);
    expect(asked).toEqual([
      { path: "/v1/responses/compact", body: { model: "m", input: TALK, some_new_field: 1 } },
    ]);
  });

  test.each([
    ["an error", { error: { message: "Overloaded, key sk-secret-key", type: "server_error" } }],
    ["a response that failed", { ...COMPACTED, status: "failed", error: { message: "Overloaded" } }],
    ["something else", { hello: "world" }],
  ])("with a good status, %s is none", async (_name, answer) => {
    compacted = answer;
    const response = await post("/v1/responses/compact", TALK, {}, "responses");
    compacted = COMPACTED;
    expect(response.status).toBe(502);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { type: "server_error" } });
    expect(text).not.toContain(KEY);
  });

  test("refuses an empty conversation", async () => {
    const response = await post("/v1/responses/compact", []);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: "input" } });
  });
});

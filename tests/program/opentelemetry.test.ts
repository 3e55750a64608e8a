import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { CHAT, chatBody, post, SUMMARIZE } from "../support/answers.ts";
import { startCollector } from "../support/collector.ts";
import { runProgram, startProgram } from "../support/program.ts";
import { reply, STREAM_HEAD, type StandIn, startStandIn } from "../support/stand-in.ts";

/** What a collector of OpenTelemetry hears of requests, and what it never hears. */

setDefaultTimeout(60_000);

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;
const SECRET_WORDS = "the-words-of-the-conversation";
const KEY = "sk-test-0123456789";

const STREAM =
  STREAM_HEAD +
  `data: {"choices":[{"index":0,"delta":{"content":"${SECRET_WORDS}"}}]}\n\n` +
  'data: {"choices":[{"index":0,"delta":{"content":" more"}}]}\n\n' +
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":11,' +
  '"prompt_tokens_details":{"cached_tokens":100},"completion_tokens_details":{"reasoning_tokens":4}}}\n\ndata: [DONE]\n\n';
const BUSY = reply(503, { "content-type": "application/json" }, `{"error":{"message":"${SECRET_WORDS}"}}`);

/** Answers by the model that is asked for. */
let provider: StandIn;
beforeAll(async () => {
  let busy = 0;
  provider = await startStandIn(({ socket, body }) => {
    const { model } = JSON.parse(body) as { model: string };
    if (model === "busy-once" && busy++ === 0) socket.end(BUSY);
    else socket.end(model === "always-busy" ? BUSY : STREAM);
  });
});
afterAll(() => provider.stop());

const ask = (program: { url: string }, model: string, headers: Record<string, string> = {}) =>
  post(
    program,
    CHAT,
    chatBody(provider.url, model, { messages: [{ role: "user", content: SECRET_WORDS }] }),
    { headers },
  ).then((response) => response.text());

test("a request is a span, each attempt one under it, and the provider hears of its own", async () => {
  await using collector = startCollector();
  await using program = await startProgram({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: "the-gateway" },
  });
  await ask(program, "busy-once", { traceparent: TRACEPARENT, tracestate: "vendor=1" });
  await fetch(`${program.url}/health`);
  expect(await program.stop()).toBe(0);

  const [request, ...others] = collector.spans.filter(({ kind }) => kind === 2);
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    name: `POST ${CHAT}`,
    traceId: TRACE,
    parentSpanId: PARENT,
    failed: false,
    attributes: {
      "http.request.method": "POST",
      "http.route": CHAT,
      "http.response.status_code": 200,
      "gen_ai.request.model": "busy-once",
      "nash_llm.outcome": "complete",
      "nash_llm.attempts": 2,
    },
  });
  const attempts = collector.spans.filter(({ kind }) => kind === 3);
  expect(attempts.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
    ["chat busy-once", request?.spanId],
    ["chat busy-once", request?.spanId],
  ]);
  const [failed, answered] = attempts;
  expect(failed).toMatchObject({ failed: true, attributes: { "error.type": "overloaded" } });
  expect(answered).toMatchObject({
    failed: false,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai-compatible",
      "gen_ai.request.model": "busy-once",
      "gen_ai.usage.input_tokens": 120,
      "gen_ai.usage.output_tokens": 11,
      "gen_ai.usage.cache_read.input_tokens": 100,
      "gen_ai.usage.reasoning.output_tokens": 4,
    },
  });
  expect(answered?.attributes["gen_ai.response.time_to_first_chunk"]).toBeGreaterThan(0);

  const told = provider.visits.slice(-2).map(({ headers }) => headers["traceparent"]);
  expect(told).toEqual([`00-${TRACE}-${failed?.spanId}-01`, `00-${TRACE}-${answered?.spanId}-01`]);
  expect(provider.visits.at(-1)?.headers["tracestate"]).toBe("vendor=1");

  expect(collector.resource).toMatchObject({ "service.name": "the-gateway" });
  const series = (name: string): unknown =>
    collector.metrics.get(name)?.map(({ attributes, count }) => ({ ...attributes, count }));
  const attributes: Record<string, unknown> = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai-compatible",
    "gen_ai.request.model": "busy-once",
    count: 1,
  };
  expect(series("gen_ai.server.request.duration")).toEqual([attributes]);
  expect(series("gen_ai.server.time_to_first_token")).toEqual([attributes]);
  expect(series("gen_ai.server.time_per_output_token")).toEqual([attributes]);
  expect(series("gen_ai.client.token.usage")).toEqual([
    { "gen_ai.token.type": "input", ...attributes },
    { "gen_ai.token.type": "output", ...attributes },
  ]);
});

test("failures and refusals are told by their types; words and keys are never told", async () => {
  await using collector = startCollector();
  await using program = await startProgram({ args: ["--otlp-endpoint", `${collector.url}/`] });
  await ask(program, "always-busy");
  await ask(program, "complete");
  await post(program, CHAT, { messages: SECRET_WORDS });
  await post(program, `/${KEY}`, {});
  await program.logged((line) => line.includes('"path":"other"'));
  expect(await program.stop()).toBe(0);

  const requests = collector.spans.filter(({ kind }) => kind === 2);
  expect(
    requests.map(({ name, attributes }) => [
      name,
      attributes["http.response.status_code"],
      attributes["error.type"],
    ]),
  ).toEqual([
    [`POST ${CHAT}`, 503, "overloaded"],
    [`POST ${CHAT}`, 200, undefined],
    [`POST ${CHAT}`, 422, "invalid_request"],
    ["POST", 404, "not_found"],
  ]);
  expect(requests.every(({ parentSpanId }) => parentSpanId === undefined)).toBe(true);
  expect(collector.text).toContain("always-busy");
  expect(collector.text).not.toContain(SECRET_WORDS);
  expect(collector.text).not.toContain(KEY);
});

test("a sampler may trace none, and a caller's own trace goes on all the same", async () => {
  await using collector = startCollector();
  await using program = await startProgram({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0",
      OTEL_METRICS_EXPORTER: "none",
    },
  });
  await ask(program, "complete");
  expect(provider.visits.at(-1)?.headers["traceparent"]).toMatch(/-00$/);
  await ask(program, "complete", { traceparent: TRACEPARENT });
  expect(await program.stop()).toBe(0);
  expect(collector.spans.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);
  expect(collector.metrics.size).toBe(0);
});

test("a collector that refuses is said once in the log, and disturbs no answer", async () => {
  await using collector = startCollector();
  collector.refuseWith(400);
  await using program = await startProgram({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRICS_EXPORTER: "none" },
  });
  expect(await ask(program, "complete")).toContain("[DONE]");
  await program.logged((line) => line.includes("the collector does not take spans"));
  expect(await program.stop()).toBe(0);
  expect(program.stderr().match(/does not take/g)).toHaveLength(1);
});

test("without a collector nothing is traced, and no provider hears of a trace", async () => {
  await using program = await startProgram();
  await ask(program, "complete", { traceparent: TRACEPARENT });
  expect(provider.visits.at(-1)?.headers["traceparent"]).toBeUndefined();
});

test("a summary's requests are attempts too", async () => {
  await using collector = startCollector();
  await using program = await startProgram({ args: ["--otlp-endpoint", collector.url] });
  const messages = Array.from({ length: 8 }, (_, i) => ({
    role: i % 2 ? "assistant" : "user",
    content: SECRET_WORDS.repeat(20),
  }));
  const response = await post(program, SUMMARIZE, chatBody(provider.url, "complete", { messages }));
  expect(response.status).toBe(200);
  expect(await program.stop()).toBe(0);
  const request = collector.spans.find(({ kind, name }) => kind === 2 && name.endsWith(SUMMARIZE));
  const attempts = collector.spans.filter(({ kind }) => kind === 3);
  expect(attempts.length).toBeGreaterThan(0);
  expect(attempts.every(({ parentSpanId }) => parentSpanId === request?.spanId)).toBe(true);
  expect(collector.text).not.toContain(SECRET_WORDS);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, "OTEL_EXPORTER_OTLP_ENDPOINT must be an http address"],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    "only OTLP over HTTP",
  ],
  [
    { NASH_LLM_OTLP_ENDPOINT: "http://127.0.0.1:4318", OTEL_TRACES_SAMPLER: "jaeger_remote" },
    "OTEL_TRACES_SAMPLER",
  ],
])("%p is refused at the start", async (env, words) => {
  const { code, stderr } = await runProgram(["serve", "--port", "0"], { env });
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

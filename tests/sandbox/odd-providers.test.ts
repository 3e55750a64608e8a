import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FAILING_MODELS, MODELS, modelsHelp } from "../../src/sandbox/models.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { ALL, BOTH, events, type Json, openaiDelta, post, textIn } from "./client.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

const WHOLE = "Hello there, whoever you are.";

describe.each(ALL)("in %s", (protocol) => {
  const stream = async (model: string) => events(await post(sandbox, protocol, model));

  test.each([
    ["demo-end-window", "model_context_window_exceeded"],
    ["demo-end-network", "network_error"],
    ["demo-end-filter", "sensitive"],
    ["demo-end-unknown", protocol === "responses" ? "completed" : "fertig"],
  ])("%s ends with the word %s, streamed and whole", async (model, word) => {
    const found = await stream(model);
    expect(textIn(found)).toContain("tok-0010");
    expect(JSON.stringify(found.slice(-2))).toContain(`"${word}"`);
    const whole = await post(sandbox, protocol, model, { more: { stream: false } });
    expect(await whole.text()).toContain(`"${word}"`);
  });

  test("failures stand in fields of their own, before and after text", async () => {
    for (const [model, text] of [
      ["demo-error-unknown", "tok-0010"],
      ["demo-error-unknown-first", ""],
    ] as const) {
      const found = await stream(model);
      expect(textIn(found)).toContain(text);
      expect(JSON.stringify(found)).toContain("the engine died");
      expect(JSON.stringify(found)).not.toMatch(/"finish_reason":"stop"|"end_turn"|response\.completed/);
    }
    expect(await (await post(sandbox, protocol, "demo-error-200")).json()).toMatchObject({ code: 500 });
    const refused = await post(sandbox, protocol, "demo-error-words");
    expect([refused.status, await refused.json()]).toEqual([400, { detail: { error: expect.any(String) } }]);
  });

  test("demo-large-event has its texts around an event of 1.5 MiB", async () => {
    const found = await stream("demo-large-event");
    expect(textIn(found)).toBe("Here is the cat. Enjoy.");
    expect(Math.max(...found.map((event) => JSON.stringify(event).length))).toBeGreaterThan(1_572_864);
  });

  test("good streams come under odd headers", async () => {
    const plain = await post(sandbox, protocol, "demo-content-type");
    expect(plain.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(textIn(await events(plain))).toContain("tok-0010");
    const encoded = await post(sandbox, protocol, "demo-content-encoding");
    expect(encoded.headers.get("content-encoding")).toBe("none");
    await encoded.body?.cancel();
  });
});

test("text stands in `message` beside an empty delta, or twice, or in JSON", async () => {
  const beside = await events(await post(sandbox, "openai", "demo-text-message"));
  expect(beside.map(openaiDelta).some((delta) => delta["content"] === WHOLE)).toBeFalse();
  expect(JSON.stringify(beside).split(WHOLE).length - 1).toBe(1);
  const twice = await events(await post(sandbox, "openai", "demo-text-twice"));
  expect(textIn(twice)).toBe(WHOLE);
  expect(JSON.stringify(twice)).toContain(`"content":"${WHOLE}"`);
  const started = await events(await post(sandbox, "anthropic", "demo-text-message"));
  expect(started[1]).toMatchObject({ type: "content_block_start", content_block: { text: WHOLE } });
  expect(await (await post(sandbox, "openai", "demo-text-json")).json()).toMatchObject({
    choices: [{ delta: {}, message: { content: WHOLE } }],
  });
});

test("usage is hidden in the total, or wiped out by zeros", async () => {
  const total = await events(await post(sandbox, "openai", "demo-usage-total"));
  expect(total.at(-1)).toMatchObject({
    usage: { prompt_tokens: 4, completion_tokens: 10, total_tokens: 20_014 },
  });
  for (const protocol of BOTH) {
    const found = await events(await post(sandbox, protocol, "demo-usage-zeros"));
    const usage = found.flatMap((event) => (event["usage"] ? [event["usage"] as Json] : []));
    expect(usage.at(-1)?.["prompt_tokens"] ?? usage.at(-1)?.["input_tokens"]).toBe(0);
  }
});

test("demo-stop-pause says stop, waits, and gives the text after it", async () => {
  const response = await post(sandbox, "openai", "demo-stop-pause");
  let before = "";
  for await (const bytes of response.body ?? []) {
    before += new TextDecoder().decode(bytes);
    if (before.includes('"finish_reason":"stop"')) break;
  }
  expect(before).toContain("reasoning_content");
  expect(before).not.toContain("The answer");
});

test("the failing models are listed apart", () => {
  const failing = FAILING_MODELS.map(({ id }) => id);
  for (const id of ["demo-429", "demo-cut", "demo-cut-call", "demo-end-network", "demo-hang"]) {
    expect(failing).toContain(id);
  }
  for (const id of ["demo", "demo-obedient", "demo-tool", "demo-reasoning"])
    expect(failing).not.toContain(id);
  expect(new Set(MODELS.map(({ id }) => id)).size).toBe(MODELS.length);
  expect(modelsHelp(FAILING_MODELS).split("\n")).toHaveLength(failing.length);
});

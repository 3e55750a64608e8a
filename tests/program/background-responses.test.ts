import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import OpenAI from "openai";
import { type Program, startProgram } from "../support/program.ts";

/** Responses in the background, with OpenAI's own SDK: held by this server, whatever the provider speaks. */

setDefaultTimeout(60_000);

let program: Program;

beforeAll(async () => {
  program = await startProgram({ args: ["--no-detect", "--resume-hold", "20"] });
});
afterAll(() => program.stop());

/** The demo inside the server, which speaks each of the three protocols. */
function clientOf(protocol: string): OpenAI {
  const defaultHeaders = { "x-nash-llm-base-url": "http://demo.invalid/v1", "x-nash-llm-protocol": protocol };
  return new OpenAI({ baseURL: `${program.url}/v1`, apiKey: "any", maxRetries: 0, defaultHeaders });
}

const tokens = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `tok-${String(from + i).padStart(4, "0")}`);
const said = (text: string): readonly string[] => text.match(/tok-\d+/g) ?? [];

for (const protocol of ["openai", "anthropic", "responses"]) {
  const model = protocol === "anthropic" ? "claude-demo-numbered-40-100" : "demo-numbered-40-100";

  test(`${protocol}: asked for, polled for and had whole`, async () => {
    const client = clientOf(protocol);
    const begun = await client.responses.create({ model, input: "Hello", background: true });
    expect(begun.id).toMatch(/^resp_[0-9a-f]{32}$/);
    expect(["queued", "in_progress"]).toContain(String(begun.status));
    let now = begun;
    while (now.status === "queued" || now.status === "in_progress") {
      await Bun.sleep(50);
      now = await client.responses.retrieve(begun.id);
      expect(now.id).toBe(begun.id);
      expect(now.background).toBe(true);
    }
    expect(now.status).toBe("completed");
    expect([...said(now.output_text)]).toEqual(tokens(1, 40));
    expect((await client.responses.cancel(begun.id)).status).toBe("completed");
  });

  test(`${protocol}: streamed, left in the middle and gone on with`, async () => {
    const client = clientOf(protocol);
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    let id = "";
    const stream = await client.responses.create({ model, input: "Hello", background: true, stream: true });
    for await (const event of stream) {
      events.push(event);
      if (event.type === "response.created") id = event.response.id;
      if (events.length === 15) break;
    }
    for (let rounds = 0; events.at(-1)?.type !== "response.completed"; rounds++) {
      expect(rounds).toBeLessThan(20);
      const after = events.at(-1)?.sequence_number ?? -1;
      let taken = 0;
      const rest = await client.responses.retrieve(id, { stream: true, starting_after: after });
      for await (const event of rest) {
        events.push(event);
        if (++taken === 10) break;
      }
    }
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, i) => i));
    const text = events
      .map((event) => (event.type === "response.output_text.delta" ? event.delta : ""))
      .join("");
    expect([...said(text)]).toEqual(tokens(1, 40));
    const last = events.at(-1);
    expect(last?.type === "response.completed" && last.response.id).toBe(id);
    expect((await client.responses.retrieve(id)).status).toBe("completed");
    await client.responses.delete(id);
    expect(await statusOf(client.responses.retrieve(id))).toBe(404);
  });

  test(`${protocol}: cancelled`, async () => {
    const client = clientOf(protocol);
    const endless = model.replace("-40-100", "-5000-100");
    const { id } = await client.responses.create({ model: endless, input: "Hello", background: true });
    await Bun.sleep(100);
    expect((await client.responses.cancel(id)).status).toBe("cancelled");
    expect((await client.responses.retrieve(id)).status).toBe("cancelled");
    const failed = client.responses.retrieve(id, { stream: true });
    const read = async () => {
      for await (const _ of await failed);
    };
    await expect(read()).rejects.toThrow("stopped");
  });
}

test("only what was made in the background is held", async () => {
  const client = clientOf("openai");
  const { id } = await client.responses.create({ model: "demo-numbered-3", input: "Hello" });
  expect(await statusOf(client.responses.retrieve(id))).toBe(404);
  expect(await statusOf(client.responses.cancel(id))).toBe(404);
  expect(await statusOf(client.responses.delete(id))).toBe(404);
});

test("a failure before the first event has its own status, in the background too", async () => {
  const client = clientOf("openai");
  expect(
    await statusOf(client.responses.create({ model: "demo-429", input: "Hello", background: true })),
  ).toBe(429);
});

async function statusOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
    return 200;
  } catch (error) {
    return error instanceof OpenAI.APIError ? error.status : error;
  }
}

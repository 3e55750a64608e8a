import { expect, test } from "bun:test";
import { join } from "node:path";
import type { ChatBody, SummarizeBody } from "../../src/api/nash/schema.ts";
import { startOwn } from "../../src/cli/client/server-connection.ts";
import type { ChatRequest, SummarizeRequest } from "../../src/client/index.ts";
import { loadSettings } from "../../src/config.ts";

/** Holds while every field of the one is a field of the other. */
type Same<A, B> = [Exclude<keyof A, keyof B>, Exclude<keyof B, keyof A>] extends [never, never]
  ? true
  : false;

test("the requests have the fields of the protocol, no more and no fewer", () => {
  const chat: Same<ChatRequest, Omit<ChatBody, "stream">> = true;
  const summarize: Same<SummarizeRequest, Omit<SummarizeBody, "stream">> = true;
  expect([chat, summarize]).toEqual([true, true]);
});

test("it is small, and stands alone in a browser", async () => {
  const { outputs, success } = await Bun.build({
    entrypoints: [join(import.meta.dir, "../../src/client/index.ts")],
    target: "browser",
    minify: true,
  });
  expect(success).toBe(true);
  const text = await outputs[0]?.text();
  expect(text).not.toMatch(/\b(?:import|require)\b|\bprocess\.|\bBun\.|\bBuffer\b/);
  expect(text?.length).toBeLessThan(10_000);
});

test("it talks to the real server", async () => {
  const { client, close } = startOwn(loadSettings({}, undefined, {}));
  try {
    const address = { api_base_url: "http://demo.invalid/v1", api_key: "any" };
    const messages = [{ role: "user", content: "Hé **llo**" }] as const;
    const answer = client.chat({
      ...address,
      model: "demo-echo",
      messages,
      stream_options: { include_usage: true },
    });
    let text = "";
    for await (const piece of answer) text += piece;
    expect(text).toBe("Hé **llo**");
    expect(answer).toMatchObject({ complete: true, finishReason: "stop" });
    expect((await client.summarize({ ...address, model: "demo", messages })).success).toBe(true);
    expect((await client.tokens({ model: "gpt-4o", messages })).tokens).toBeGreaterThan(0);
    expect((await client.models(address)).map(({ id }) => id)).toContain("demo-echo");
    expect((await client.local()).map(({ name }) => name)).toContain("Demo");
  } finally {
    await close();
  }
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { anthropicDelta, events, framesOf, type Json, post } from "./client.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

describe("a stream of message events", () => {
  test("has the recorded order and shapes", async () => {
    const response = await post(sandbox, "anthropic", "demo-echo", {
      more: { messages: [{ role: "user", content: "one two" }] },
    });
    expect(response.headers.get("request-id")).toStartWith("req_");
    const text = await response.text();
    const frames = framesOf(text);
    expect(frames.map(({ event }) => event)).toEqual([
      "message_start",
      "content_block_start",
      "ping",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    for (const { event, data } of frames) expect(JSON.parse(data)).toMatchObject({ type: event });
    expect(frames.filter(({ data }) => / +\}$/.test(data)).length).toBeGreaterThan(5);
    expect(JSON.parse(frames[0]?.data ?? "")).toMatchObject({
      message: {
        role: "assistant",
        content: [],
        stop_reason: null,
        usage: { input_tokens: 2, output_tokens: 1 },
      },
    });
    expect(JSON.parse(frames[6]?.data ?? "")).toMatchObject({
      delta: { stop_reason: "end_turn" },
      usage: { input_tokens: 2, output_tokens: 2 },
    });
  });

  test("begins a tool's input with an empty piece", async () => {
    const found = await events(await post(sandbox, "anthropic", "demo-tool"));
    const pieces = found
      .map((event) => anthropicDelta(event)["partial_json"])
      .filter((piece) => piece !== undefined);
    expect(pieces[0]).toBe("");
    expect(JSON.parse(pieces.join(""))).toEqual({ city: "Zürich" });
    expect(found.find(({ type }) => type === "message_delta")).toMatchObject({
      delta: { stop_reason: "tool_use" },
    });
  });

  test("signs reasoning in a block of its own", async () => {
    const found = await events(await post(sandbox, "anthropic", "demo-reasoning"));
    const starts = found.filter(({ type }) => type === "content_block_start") as { content_block: Json }[];
    expect(starts.map((start) => start.content_block["type"])).toEqual(["thinking", "text"]);
    expect(found.map((event) => anthropicDelta(event)["thinking"] ?? "").join("")).toStartWith(
      "The script says",
    );
    const signed = found.findIndex((event) => anthropicDelta(event)["type"] === "signature_delta");
    expect(found[signed + 1]).toMatchObject({ type: "content_block_stop", index: 0 });
  });

  test("takes its reasoning back, shown and omitted, and nothing else", async () => {
    for (const display of ["summarized", "omitted"]) {
      const more = { stream: false, thinking: { type: "adaptive", display } };
      const { content } = (await (await post(sandbox, "anthropic", "demo-reasoning", { more })).json()) as {
        content: Json[];
      };
      expect(String(content[0]?.["thinking"]) === "").toBe(display === "omitted");
      const found = await events(
        await post(sandbox, "anthropic", "demo-reasoning", { more: { ...more, stream: true } }),
      );
      const signature = found.map((event) => anthropicDelta(event)["signature"]).find(Boolean);
      expect(signature).toBe(content[0]?.["signature"]);
      const hello = { role: "user", content: "Hello" };
      const again = async (block: unknown) => {
        const messages = [hello, { role: "assistant", content: [block] }, hello];
        return (await post(sandbox, "anthropic", "demo-empty", { more: { messages } })).status;
      };
      expect(await again(content[0])).toBe(200);
      expect(await again({ ...content[0], thinking: "something else" })).toBe(400);
    }
    const redacted = await events(await post(sandbox, "anthropic", "demo-redacted"));
    expect(redacted[1]).toMatchObject({
      content_block: { type: "redacted_thinking", data: expect.any(String) },
    });
  });

  test("refuses without a block and filters with an error", async () => {
    const refused = await events(await post(sandbox, "anthropic", "demo-refusal"));
    expect(refused.map(({ type }) => type)).toEqual(["message_start", "message_delta", "message_stop"]);
    expect(refused[1]).toMatchObject({
      delta: {
        stop_reason: "refusal",
        stop_details: { explanation: expect.stringContaining("I cannot help") },
      },
    });
    const filtered = await events(await post(sandbox, "anthropic", "demo-filter"));
    expect(filtered.at(-1)).toMatchObject({
      type: "error",
      error: { message: "Output blocked by content filtering policy" },
    });
  });

  test("sends a retry-after that means nothing", async () => {
    const response = await post(sandbox, "anthropic", "demo-empty");
    expect(response.headers.get("retry-after")).toBe("31");
    await response.body?.cancel();
  });
});

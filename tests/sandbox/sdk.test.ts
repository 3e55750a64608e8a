import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

/** The vendors' own clients read the sandbox as they would read the vendors; their helpers throw at any wrong event. */
let sandbox: Sandbox;
let openai: OpenAI;
let anthropic: Anthropic;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
  openai = new OpenAI({ baseURL: sandbox.url, apiKey: "k", maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: new URL(sandbox.url).origin, apiKey: "k", maxRetries: 0 });
});
afterAll(() => sandbox.stop());

const QUESTION = "What is the weather in Paris?";
const SCHEMA = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const NAMES = ["get_weather", "get_time"];

/** What each model's answer consists of: `call` for a whole call, `half` for one that was cut. */
const ANSWERS: readonly (readonly [model: string, ...parts: string[]])[] = [
  ["demo", "text"],
  ["demo-obedient", "call"],
  ["demo-reasoning", "reasoning", "text"],
  ["demo-redacted", "reasoning", "text"],
  ["demo-tool", "call"],
  ["demo-reasoning-tool", "reasoning", "call"],
  ["demo-parallel", "call", "call"],
  ["demo-interleaved", "call", "call"],
  ["demo-text-calls", "text", "call", "text", "call"],
  ["demo-no-arguments", "call"],
  ["demo-stop-calls", "call"],
  ["demo-length", "text"],
  ["demo-empty"],
];

describe("the vendors' SDKs read", () => {
  test.each(ANSWERS)("%s over Responses", async (model, ...parts) => {
    const tools = NAMES.map((name) => ({
      type: "function" as const,
      name,
      strict: false,
      parameters: SCHEMA,
    }));
    const { output } = await openai.responses.stream({ model, input: QUESTION, tools }).finalResponse();
    const kinds: Readonly<Record<string, string>> = { message: "text", function_call: "call" };
    expect(output.map(({ type }) => kinds[type] ?? type)).toEqual(parts);
  });

  test.each(ANSWERS)("%s over chat completions", async (model, ...parts) => {
    const tools = NAMES.map((name) => ({
      type: "function" as const,
      function: { name, parameters: SCHEMA },
    }));
    const messages = [{ role: "user" as const, content: QUESTION }];
    const stream = openai.chat.completions.stream({ model, messages, tools });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.message.tool_calls?.length ?? 0).toBe(parts.filter((part) => part === "call").length);
    expect((choice?.message.content ?? "") !== "").toBe(parts.includes("text"));
  });

  test.each(ANSWERS)("%s over Messages", async (model, ...parts) => {
    const tools = NAMES.map((name) => ({ name, input_schema: SCHEMA }));
    const messages = [{ role: "user" as const, content: QUESTION }];
    const stream = anthropic.messages.stream({ model, max_tokens: 1_000, messages, tools });
    const { content } = await stream.finalMessage();
    const kinds: Readonly<Record<string, string>> = {
      thinking: "reasoning",
      redacted_thinking: "reasoning",
      tool_use: "call",
    };
    expect(content.map(({ type }) => kinds[type] ?? type)).toEqual(parts);
  });

  test.each(["demo-error-mid", "demo-error-call", "demo-429", "demo-overflow", "demo-529"])(
    "%s as an error, in every protocol",
    async (model) => {
      const messages = [{ role: "user" as const, content: QUESTION }];
      const asked = [
        openai.responses.stream({ model, input: QUESTION }).finalResponse(),
        openai.chat.completions.stream({ model, messages }).finalChatCompletion(),
        anthropic.messages.stream({ model, max_tokens: 1_000, messages }).finalMessage(),
      ];
      const settled = await Promise.allSettled<unknown>(asked);
      expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    },
  );
});

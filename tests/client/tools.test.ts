import { describe, expect, test } from "bun:test";
import { Conversation, type StreamEvent, type ToolDefinition } from "../../src/client/index.ts";
import { answerOf, clientOf, FRAME, REQUEST, SESSION, streamOf } from "./stand-in.ts";

const TOOLS: ToolDefinition[] = [
  { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } },
];

const LINES = [
  { content: "Looking. " },
  { tool_call: { index: 1, id: "b", name: "time", arguments: "" } },
  { tool_call: { index: 0, id: "a", name: "weather", arguments: '{"ci' } },
  { tool_call: { index: 0, arguments: 'ty":"Bern"}' } },
  { usage: null, finish_reason: "tool_calls" },
];
const CALLS = [
  { id: "a", name: "weather", arguments: '{"city":"Bern"}' },
  { id: "b", name: "time", arguments: "" },
];

describe("tools", () => {
  test("are sent, come as events, and are collected by index", async () => {
    const { client, asked } = clientOf(() => streamOf(answerOf(...LINES)));
    const answer = client.chat({
      ...REQUEST,
      tools: TOOLS,
      tool_choice: "auto",
      parallel_tool_calls: true,
      response_format: { type: "text" },
    });
    const events: StreamEvent[] = [];
    for await (const event of answer.events()) events.push(event);
    expect(asked[0]?.body).toMatchObject({ tools: TOOLS, tool_choice: "auto", parallel_tool_calls: true });
    expect(events.filter(({ type }) => type === "tool_call")).toEqual([
      { type: "tool_call", index: 1, id: "b", name: "time", arguments: "" },
      { type: "tool_call", index: 0, id: "a", name: "weather", arguments: '{"ci' },
      { type: "tool_call", index: 0, arguments: 'ty":"Bern"}' },
    ]);
    expect(answer.toolCalls).toEqual(CALLS);
    expect(answer.finishReason).toBe("tool_calls");
  });

  test("of an answer that broke off there are none: half a call is not to be run", async () => {
    for (const text of [
      FRAME({ session_id: SESSION }) + LINES.slice(0, 4).map(FRAME).join(""),
      answerOf(...LINES.slice(0, 4), { error: { type: "incomplete", message: "cut" } }),
    ]) {
      const { client } = clientOf(() => streamOf(text));
      const answer = client.chat({ ...REQUEST, tools: TOOLS });
      const read = async () => {
        for await (const _ of answer.events());
      };
      await expect(read()).rejects.toMatchObject({ type: "incomplete" });
      expect(answer.toolCalls).toEqual([]);
    }
  });

  test("a conversation keeps calls and sends their results", async () => {
    const { client, asked } = clientOf(() =>
      streamOf(asked.length === 1 ? answerOf(...LINES) : answerOf({ content: "Sunny." })),
    );
    const conversation = new Conversation(client, {
      model: "m",
      api_key: "k",
      api_base_url: "http://demo.invalid/v1",
      tools: TOOLS,
    });
    for await (const _ of conversation.send("Weather?"));
    for await (const _ of conversation.sendToolResults({ a: "sun", b: "noon" }));
    expect(asked[1]?.body["messages"]).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "Looking. ",
        tool_calls: CALLS.map(({ id, name, arguments: given }) => ({
          id,
          type: "function",
          function: { name, arguments: given },
        })),
      },
      { role: "tool", tool_call_id: "a", content: "sun" },
      { role: "tool", tool_call_id: "b", content: "noon" },
    ]);
    expect(conversation.messages.at(-1)).toEqual({ role: "assistant", content: "Sunny." });
  });
});

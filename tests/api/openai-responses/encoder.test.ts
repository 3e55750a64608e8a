import { describe, expect, test } from "bun:test";
import { encodeCarrier } from "../../../src/core/carrier.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { ID } from "../dialect-support.ts";
import { call, END, framesOf, judged, sentEvents, text } from "./support.ts";

const TOOLS = [
  { type: "function", name: "weather" },
  { type: "custom", name: "apply_patch" },
  { type: "namespace", name: "agents", tools: [{ type: "function", name: "close" }] },
];

/** Types, with what places them: `output_text.delta 0`. */
function order(frames: string): string[] {
  return sentEvents(frames).map(({ type, output_index: index }) => {
    const name = type.replace("response.", "");
    return index === undefined ? name : `${name} ${index}`;
  });
}

const ANSWERS: Record<string, { events: ChatEvent[]; order: string[]; status?: string }> = {
  text: {
    events: [text("Hel"), text('lo "you"'), END()],
    order: [
      "output_item.added 0",
      "content_part.added 0",
      "output_text.delta 0",
      "output_text.delta 0",
      "output_text.done 0",
      "content_part.done 0",
      "output_item.done 0",
    ],
  },
  "nothing at all": { events: [END()], order: [] },
  "an empty text, then a call": {
    events: [
      text(""),
      call(0, { id: "call_1", name: "weather" }),
      call(0, { arguments: '{"a":1}' }),
      END("tool_calls"),
    ],
    order: [
      "output_item.added 0",
      "function_call_arguments.delta 0",
      "function_call_arguments.done 0",
      "output_item.done 0",
    ],
  },
  "reasoning, text and two calls whose deltas alternate": {
    events: [
      { type: "reasoning", text: "Hm" },
      { type: "reasoning", text: "m.", signature: "sig" },
      text("I look."),
      call(0, { id: "call_1", name: "weather", arguments: '{"a"' }),
      call(1, { id: "call_2", name: "weather", arguments: '{"b"' }),
      call(0, { arguments: ":1}" }),
      call(1, { arguments: ":2}" }),
      END("tool_calls"),
    ],
    order: [
      "output_item.added 0",
      "reasoning_summary_part.added 0",
      "reasoning_summary_text.delta 0",
      "reasoning_summary_text.delta 0",
      "reasoning_summary_text.done 0",
      "reasoning_summary_part.done 0",
      "output_item.done 0",
      "output_item.added 1",
      "content_part.added 1",
      "output_text.delta 1",
      "output_text.done 1",
      "content_part.done 1",
      "output_item.done 1",
      "output_item.added 2",
      "function_call_arguments.delta 2",
      "output_item.added 3",
      "function_call_arguments.delta 3",
      "function_call_arguments.delta 2",
      "function_call_arguments.delta 3",
      "function_call_arguments.done 2",
      "output_item.done 2",
      "function_call_arguments.done 3",
      "output_item.done 3",
    ],
  },
  "text between two calls: items are completed in their order": {
    events: [
      call(0, { id: "call_1", name: "weather", arguments: "{}" }),
      text("And"),
      call(4, { id: "call_2", name: "weather", arguments: "{}" }),
      END("tool_calls"),
    ],
    order: [
      "output_item.added 0",
      "function_call_arguments.delta 0",
      "output_item.added 1",
      "content_part.added 1",
      "output_text.delta 1",
      "output_item.added 2",
      "function_call_arguments.delta 2",
      "function_call_arguments.done 0",
      "output_item.done 0",
      "output_text.done 1",
      "content_part.done 1",
      "output_item.done 1",
      "function_call_arguments.done 2",
      "output_item.done 2",
    ],
  },
  "a call without arguments": {
    events: [call(0, { id: "call_1", name: "weather" }), END("tool_calls")],
    order: [
      "output_item.added 0",
      "function_call_arguments.delta 0",
      "function_call_arguments.done 0",
      "output_item.done 0",
    ],
  },
  "a custom tool": {
    events: [
      call(0, { id: "call_1", name: "apply_patch", arguments: '{"input":"*** Be' }),
      call(0, { arguments: 'gin"}' }),
      END("tool_calls"),
    ],
    order: [
      "output_item.added 0",
      "custom_tool_call_input.delta 0",
      "custom_tool_call_input.done 0",
      "output_item.done 0",
    ],
  },
  "text, then a refusal, in one message": {
    events: [text("No."), { type: "text", text: "I must not.", refusal: true }, END("refusal")],
    order: [
      "output_item.added 0",
      "content_part.added 0",
      "output_text.delta 0",
      "output_text.done 0",
      "content_part.done 0",
      "content_part.added 0",
      "refusal.delta 0",
      "refusal.done 0",
      "content_part.done 0",
      "output_item.done 0",
    ],
    status: "incomplete",
  },
  "a call that was cut by length": {
    events: [text("So"), call(0, { id: "call_1", name: "weather", arguments: '{"a' }), END("length")],
    order: [
      "output_item.added 0",
      "content_part.added 0",
      "output_text.delta 0",
      "output_text.done 0",
      "content_part.done 0",
      "output_item.done 0",
      "output_item.added 1",
      "function_call_arguments.delta 1",
    ],
    status: "incomplete",
  },
  "redacted reasoning alone": {
    events: [{ type: "reasoning", text: "", redacted: "abc" }, text("Hi"), END()],
    order: [
      "output_item.added 0",
      "output_item.done 0",
      "output_item.added 1",
      "content_part.added 1",
      "output_text.delta 1",
      "output_text.done 1",
      "content_part.done 1",
      "output_item.done 1",
    ],
  },
};

describe("events in their order, which OpenAI's SDK accepts", () => {
  test.each(Object.entries(ANSWERS))(
    "%s",
    async (_name, { events, order: expected, status = "completed" }) => {
      const frames = framesOf(events, { tools: TOOLS });
      expect(order(frames)).toEqual(["created", "in_progress", ...expected, status]);
      expect(sentEvents(frames).map(({ sequence_number: number }) => number)).toEqual(
        Array.from({ length: expected.length + 3 }, (_, i) => i),
      );
      const { response } = await judged(frames);
      expect(response.status).toBe(status as "completed");
      // The same answer, as the items told it one by one and as the last event tells it.
      const items = sentEvents(frames).filter(({ type }) => type === "response.output_item.done");
      const last = sentEvents(frames).at(-1)?.["response"] as { output: unknown[] };
      expect(items.map(({ item }) => item)).toEqual(last.output);
      expect(response.output).toMatchObject(last.output as never);
      expect(framesOf(events, { tools: TOOLS })).toBe(frames);
    },
  );
});

describe("what the last event holds", () => {
  async function outputOf(...events: ChatEvent[]) {
    return (await judged(framesOf(events, { tools: TOOLS }))).response;
  }

  test("usage, with what is part of what", async () => {
    expect((await outputOf(END())).usage).toEqual({
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 80, cache_write_tokens: 0 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 120,
    });
  });

  test("a call of a tool in a namespace, by both of its names", async () => {
    const { output } = await outputOf(
      call(0, { id: "call_1", name: "agents__close", arguments: '{"target":"x"}' }),
      END("tool_calls"),
    );
    expect(output).toMatchObject([
      {
        type: "function_call",
        call_id: "call_1",
        namespace: "agents",
        name: "close",
        arguments: '{"target":"x"}',
      },
    ]);
  });

  test("the input of a custom tool as text", async () => {
    const { output } = await outputOf(
      call(0, { id: "call_1", name: "apply_patch", arguments: '{"input":"a\\n\\"b\\""}' }),
      END("tool_calls"),
    );
    expect(output).toMatchObject([{ type: "custom_tool_call", name: "apply_patch", input: 'a\n"b"' }]);
  });

  test("arguments letter for letter, also those that are not JSON", async () => {
    const { output } = await outputOf(
      call(0, { id: "call_1", name: "weather", arguments: '{ "a" :1 }' }),
      call(1, { id: "call_2", name: "weather", arguments: "{oops" }),
      END("tool_calls"),
    );
    expect(output).toMatchObject([{ arguments: '{ "a" :1 }' }, { arguments: "{oops" }]);
  });

  test("calls that the provider gave one id, or none, under ids of their own", async () => {
    const { output } = await outputOf(
      call(0, { id: "call_0", name: "weather", arguments: "{}" }),
      call(1, { id: "call_0", name: "weather", arguments: "{}" }),
      call(2, { name: "weather", arguments: "{}" }),
      END("tool_calls"),
    );
    expect(output).toMatchObject([
      { call_id: "call_0" },
      { call_id: "call_0_1" },
      { call_id: `call_${ID}_2` },
    ]);
  });

  test("reasoning with a carrier of what its provider wants back", async () => {
    const { output } = await outputOf({ type: "reasoning", text: "Hm.", signature: "sig" }, END());
    const carrier = encodeCarrier([{ type: "reasoning", text: "Hm.", signature: "sig" }]);
    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }], encrypted_content: carrier },
    ]);
  });

  test("why an answer is incomplete, its usage kept, without the call that was cut", async () => {
    const response = await outputOf(
      call(0, { id: "call_1", name: "weather", arguments: '{"a' }),
      END("length"),
    );
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [],
      usage: { total_tokens: 120 },
    });
    const filtered = await outputOf(text("So"), END("content_filter"));
    expect(filtered).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
    });
  });

  test("every field of a response, and what was asked", () => {
    const frames = framesOf([END()], {
      instructions: "Be brief.",
      tools: [{ type: "function", name: "weather" }],
      temperature: 0.5,
      max_output_tokens: 7,
      reasoning: { effort: "low" },
    });
    const { response } = sentEvents(frames).at(-1) as unknown as { response: Record<string, unknown> };
    expect(response).toEqual({
      id: `resp_${ID}`,
      object: "response",
      created_at: 1_800_000_000,
      status: "completed",
      completed_at: 1_800_000_005,
      background: false,
      error: null,
      incomplete_details: null,
      instructions: "Be brief.",
      max_output_tokens: 7,
      max_tool_calls: null,
      metadata: {},
      model: "some-model",
      output: [],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: "low", summary: null },
      safety_identifier: null,
      service_tier: "default",
      prompt_cache_key: null,
      store: false,
      temperature: 0.5,
      text: { format: { type: "text" } },
      tool_choice: "auto",
      tools: [{ type: "function", name: "weather", description: null, parameters: null, strict: null }],
      top_logprobs: 0,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      truncation: "disabled",
      usage: expect.anything(),
      user: null,
    });
  });
});

describe("an answer that fails", () => {
  const FAILURE: ChatEvent = { type: "error", failure: { type: "context_overflow", message: "Too long." } };

  test("says so in both forms, the second with the text so far and no call", () => {
    const frames = framesOf([text("So"), call(0, { id: "c", name: "weather", arguments: "{}" }), FAILURE]);
    const events = sentEvents(frames);
    expect(events.at(-2)).toEqual({
      type: "error",
      error: {
        message: "Too long.",
        type: "invalid_request_error",
        param: null,
        code: "context_length_exceeded",
      },
      message: "Too long.",
      code: "context_length_exceeded",
      param: null,
      sequence_number: 10,
    });
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      response: {
        status: "failed",
        error: { code: "context_length_exceeded", message: "Too long." },
        output: [{ type: "message", content: [{ text: "So" }] }],
        usage: null,
      },
    });
    expect(frames).not.toContain("response.completed");
  });

  test("before its first word begins all the same", () => {
    expect(order(framesOf([FAILURE]))).toEqual(["created", "in_progress", "error", "failed"]);
  });

  test("is raised by OpenAI's SDK", async () => {
    expect(judged(framesOf([text("So"), FAILURE]))).rejects.toThrow("Too long.");
  });

  test("where a call was never named", () => {
    expect(order(framesOf([call(0, { id: "c", arguments: "{}" }), END()]))).toEqual([
      "created",
      "in_progress",
      "error",
      "failed",
    ]);
  });
});

import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { openaiResponsesDialect } from "../../../src/api/openai-responses/dialect.ts";
import { ResponsesBody } from "../../../src/api/openai-responses/schema.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { type ProtocolName, Translation } from "../../../src/core/translation.ts";
import { openaiResponses } from "../../../src/protocols/openai-responses/protocol.ts";
import { OPENAI_TRAITS } from "../../../src/protocols/traits.ts";
import { collected, serving } from "../dialect-support.ts";
import { call, contextOf, END, framesOf, sentEvents, text } from "./support.ts";

const TOOLS = [
  { type: "function", name: "weather" },
  { type: "custom", name: "apply_patch" },
  { type: "namespace", name: "agents", tools: [{ type: "function", name: "close" }] },
];

const EVERYTHING: ChatEvent[] = [
  { type: "reasoning", text: "Hm.", signature: "sig+/=" },
  { type: "reasoning", text: "", redacted: "data" },
  text("I look."),
  call(0, { id: "call_1", name: "weather", arguments: '{"a":' }),
  call(1, { id: "call_2", name: "apply_patch", arguments: '{"input":"x"}' }),
  call(2, { id: "call_3", name: "agents__close" }),
  call(0, { arguments: "1}" }),
  END("tool_calls"),
];

describe("a whole answer", () => {
  test("is the stream's last event", () => {
    const whole = openaiResponsesDialect.whole(collected(EVERYTHING), contextOf({ tools: TOOLS }));
    expect(whole).toEqual(sentEvents(framesOf(EVERYTHING, { tools: TOOLS })).at(-1)?.["response"] as never);
  });

  test("is read by OpenAI's SDK", async () => {
    const whole = openaiResponsesDialect.whole(collected(EVERYTHING), contextOf({ tools: TOOLS }));
    using server = serving(JSON.stringify(whole), "application/json");
    const response = await server.openai.responses.create({ model: "m", input: "Hi" });
    expect(response.output_text).toBe("I look.");
  });

  test("of a provider that speaks Responses passes, but for a model that was renamed", () => {
    const raw = { id: "resp_1", object: "response", model: "gpt-real", output: [], some_new_field: 1 };
    const answer = {
      parts: [],
      toolCalls: [],
      end: { type: "end", reason: "stop" },
      raw: JSON.stringify(raw),
    } as const;
    const { whole } = openaiResponsesDialect;
    expect(whole(answer, contextOf({}, { passThrough: true }))).toEqual(raw);
    expect(whole(answer, contextOf({}, { renamed: true, model: () => "fast" }))).toEqual({
      ...raw,
      model: "fast",
    });
  });
});

test("errors are OpenAI's, with the field and the code that say what is not supported", () => {
  const context = { requestId: "r", session: undefined };
  const failure = {
    type: "invalid_request",
    message: "No.",
    param: "background",
    unsupported: true,
  } as const;
  expect(openaiResponsesDialect.error(failure, context)).toMatchObject({
    status: 400,
    body: {
      error: {
        message: "No.",
        type: "invalid_request_error",
        param: "background",
        code: "unsupported_parameter",
      },
    },
    headers: { "x-should-retry": "false" },
  });
});

describe("what we emit is taken back", () => {
  /** The answer's items and what the tools gave, as a client that stores nothing sends them with its next request. */
  function nextInput(input: readonly unknown[], events: ChatEvent[]): unknown[] {
    const response = openaiResponsesDialect.whole(collected(events), contextOf({ tools: TOOLS })) as {
      output: { type: string; call_id?: string }[];
    };
    const outputs = response.output.flatMap(({ type, call_id: id }) =>
      id === undefined ? [] : [{ type: `${type}_output`, call_id: id, output: "done" }],
    );
    return [...input, ...response.output, ...outputs, { role: "user", content: "Go on." }];
  }

  function parsed(input: readonly unknown[], protocol: ProtocolName) {
    const body: unknown = { model: "m", input, tools: TOOLS };
    if (!Value.Check(ResponsesBody, body)) throw new Error("It does not fit the schema.");
    return openaiResponsesDialect.parse(body, protocol, new Translation());
  }

  const turn = (n: number): ChatEvent[] =>
    EVERYTHING.map((event) =>
      event.type === "tool-call" && event.id !== undefined ? { ...event, id: `${event.id}_${n}` } : event,
    );

  test.each<[ProtocolName]>([["anthropic"], ["openai"]])("over three turns toward %s", (protocol) => {
    let input: unknown[] = [{ role: "user", content: "Hi" }];
    for (let n = 1; n <= 3; n++) {
      const before = parsed(input, protocol).messages;
      input = nextInput(input, turn(n));
      const { messages } = parsed(input, protocol);
      // What came before stays letter for letter: providers' caches go by it.
      expect(messages.slice(0, before.length)).toEqual([...before]);
      expect(messages[before.length]).toEqual({
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", signature: "sig+/=" },
          { type: "reasoning", text: "", redacted: "data" },
          { type: "text", text: "I look." },
        ],
        tool_calls: [
          { id: `call_1_${n}`, type: "function", function: { name: "weather", arguments: '{"a":1}' } },
          {
            id: `call_2_${n}`,
            type: "function",
            function: { name: "apply_patch", arguments: '{"input":"x"}' },
          },
          { id: `call_3_${n}`, type: "function", function: { name: "agents__close", arguments: "{}" } },
        ],
      });
    }
  });

  test("and, toward a provider that speaks Responses, without what is ours in it", () => {
    const [raw] = [nextInput([{ role: "user", content: "Hi" }], turn(1))];
    const { raw: passed } = parsed(raw, "responses");
    const body = openaiResponses.passThrough?.(passed?.body ?? {}, "m", OPENAI_TRAITS) ?? {};
    expect(JSON.stringify(body)).not.toContain("nash1:");
    expect((body["input"] as { type?: string }[]).map(({ type }) => type)).toEqual([
      undefined,
      "message",
      "function_call",
      "custom_tool_call",
      "function_call",
      "function_call_output",
      "custom_tool_call_output",
      "function_call_output",
      undefined,
    ]);
  });
});

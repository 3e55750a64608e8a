import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { ALL, callsIn, events, type Json, type Protocol, post, textIn } from "./client.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};

/** Two tools, and what is to be done with them, in the words of a protocol. */
function tools(
  protocol: Protocol,
  choice?: "auto" | "none" | "required" | { name: string },
  parallel = true,
): Json {
  const names = ["get_weather", "get_time"];
  if (protocol === "anthropic") {
    const kind = typeof choice === "object" ? "tool" : choice === "required" ? "any" : (choice ?? "auto");
    const named = typeof choice === "object" ? choice : {};
    return {
      tools: names.map((name) => ({ name, input_schema: SCHEMA })),
      tool_choice: { type: kind, ...named, ...(parallel ? {} : { disable_parallel_tool_use: true }) },
    };
  }
  const inner = (fields: Json) => (protocol === "openai" ? { function: fields } : fields);
  return {
    tools: names.map((name) => ({ type: "function", ...inner({ name, parameters: SCHEMA }) })),
    ...(choice === undefined
      ? {}
      : { tool_choice: typeof choice === "object" ? { type: "function", ...inner(choice) } : choice }),
    ...(parallel ? {} : { parallel_tool_calls: false }),
  };
}

function asking(protocol: Protocol, text: string): Json {
  return protocol === "responses" ? { input: text } : { messages: [{ role: "user", content: text }] };
}

const BOTH_TOOLS = "What is the weather and the time in Paris for 3 days?";

describe.each(ALL)("in %s", (protocol) => {
  async function streamed(model: string, more: Json): Promise<readonly Json[]> {
    const response = await post(sandbox, protocol, model, { more });
    expect(response.status).toBe(200);
    return events(response);
  }

  test.each([
    ["auto", BOTH_TOOLS, true, ["get_weather", "get_time"]],
    ["auto", "Hello", true, []],
    ["none", BOTH_TOOLS, true, []],
    ["required", "Hello", true, ["get_weather"]],
    ["required", BOTH_TOOLS, true, ["get_weather", "get_time"]],
    ["required", BOTH_TOOLS, false, ["get_weather"]],
    [{ name: "get_time" }, "Hello", true, ["get_time"]],
  ] as const)(
    "demo-obedient with the choice %j, asked %j, parallel %p",
    async (choice, text, parallel, expected) => {
      const more = { ...asking(protocol, text), ...tools(protocol, choice, parallel) };
      const found = await streamed("demo-obedient", more);
      const calls = callsIn(found);
      expect(calls.map(({ name }) => name)).toEqual([...expected]);
      for (const call of calls)
        expect(JSON.parse(call.text)).toEqual({ city: expect.any(String), days: expect.any(Number) });
      expect(textIn(found) === "").toBe(expected.length > 0);
    },
  );

  test.each([
    ["demo-parallel", 2],
    ["demo-interleaved", 2],
    ["demo-text-calls", 2],
    ["demo-tool", 1],
    ["demo-reasoning-tool", 1],
    ["demo-stop-calls", 1],
    ["demo-responses-only", 1],
  ])("%s makes %d whole calls, streamed and whole", async (model, count) => {
    const effort =
      protocol === "openai" && model === "demo-responses-only" ? { reasoning_effort: "none" } : {};
    const more = { ...asking(protocol, BOTH_TOOLS), ...tools(protocol), ...effort };
    const calls = callsIn(await streamed(model, more));
    expect(calls.map(({ text }) => JSON.parse(text))).toEqual(Array(count).fill({ city: "Paris", days: 3 }));
    const whole = await post(sandbox, protocol, model, { more: { ...more, stream: false } });
    expect(JSON.stringify(await whole.json()).split("Paris").length - 1).toBeGreaterThanOrEqual(count);
  });

  test("demo-no-arguments, demo-cut-call and demo-length-call leave calls that hold nothing or half", async () => {
    const more = { ...asking(protocol, BOTH_TOOLS), ...tools(protocol) };
    expect(callsIn(await streamed("demo-no-arguments", more))[0]?.text).toBe("");
    for (const model of ["demo-cut-call", "demo-length-call"]) {
      const text = callsIn(await streamed(model, more))[0]?.text ?? "";
      expect(text).toStartWith('{"city":');
      expect(() => JSON.parse(text)).toThrow();
    }
  });

  test("demo-obedient keeps to schemas, stop sequences and limits", async () => {
    const format = {
      name: "f",
      schema: { ...SCHEMA, properties: { ...SCHEMA.properties, city: { enum: ["<think>"] } } },
    };
    const asked = {
      openai: { response_format: { type: "json_schema", json_schema: format } },
      anthropic: { output_config: { format: { type: "json_schema", schema: format.schema } } },
      responses: { text: { format: { type: "json_schema", ...format } } },
    }[protocol];
    const text = textIn(await streamed("demo-obedient", { ...asking(protocol, "Go."), ...asked }));
    expect(JSON.parse(text)).toEqual({ city: "<think>", days: expect.any(Number) });

    const limit = {
      openai: "max_completion_tokens",
      anthropic: "max_tokens",
      responses: "max_output_tokens",
    }[protocol];
    const short = await streamed("demo-obedient", { ...asking(protocol, "Count from 1 to 99."), [limit]: 3 });
    expect(textIn(short)).toBe("1, 2, 3,");
    expect(JSON.stringify(short)).toMatch(
      /"finish_reason":"length"|"stop_reason":"max_tokens"|"max_output_tokens"\}/,
    );

    if (protocol === "responses") return;
    const stop = protocol === "openai" ? { stop: "beta" } : { stop_sequences: ["gamma", "beta"] };
    const cut = await streamed("demo-obedient", {
      ...asking(protocol, "Say exactly: alpha beta gamma"),
      ...stop,
    });
    expect(textIn(cut)).toBe("alpha ");
    if (protocol === "anthropic")
      expect(JSON.stringify(cut)).toContain('"stop_reason":"stop_sequence","stop_sequence":"beta"');
  });

  test("demo-obedient answers with JSON alone where the system prompt says so", async () => {
    const system = "Answer with one JSON object and nothing else.";
    const said = {
      openai: {
        messages: [
          { role: "system", content: system },
          { role: "user", content: 'Keys "a" and "b".' },
        ],
      },
      anthropic: { system, ...asking(protocol, 'Keys "a" and "b".') },
      responses: { instructions: system, ...asking(protocol, 'Keys "a" and "b".') },
    }[protocol];
    expect(JSON.parse(textIn(await streamed("demo-obedient", said)))).toEqual({ a: "Ada", b: "Ada" });
  });

  test("demo-obedient reports cached tokens when a conversation comes again", async () => {
    const more = { ...asking(protocol, `${protocol} ${"word ".repeat(600)}`), stream: false };
    const usage = async () => {
      const response = await post(sandbox, protocol, "demo-obedient", { more });
      return JSON.stringify(((await response.json()) as Json)["usage"]);
    };
    const cached = /"(?:cached_tokens|cache_read_input_tokens)":(\d+)/;
    expect(cached.exec(await usage())?.[1]).toBe("0");
    expect(Number(cached.exec(await usage())?.[1])).toBeGreaterThan(300);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { seal, unseal } from "../../src/sandbox/sealed.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { events, type Json, post, textIn } from "./client.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

const USER = { role: "user", content: [{ type: "input_text", text: "Hello" }] };
const CALL = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
const OUTPUT = { type: "function_call_output", call_id: "call_1", output: "4" };
const REASONING = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: seal("x") };
const TOOL = { type: "function", name: "f", parameters: { type: "object", properties: {} } };

async function refusal(more: Json): Promise<{ status: number; error: Json }> {
  const response = await post(sandbox, "responses", "demo", { more });
  const body = (await response.json()) as { error: Json };
  return { status: response.status, error: body.error };
}

describe("Responses refuses", () => {
  test.each([
    [{ stop: ["x"] }, "Unknown parameter: 'stop'.", { code: "unknown_parameter", param: "stop" }],
    [{ messages: [USER] }, "Unknown parameter: 'messages'.", {}],
    [{ input: undefined }, "must be provided", { param: "input" }],
    [{ input: 42 }, "Invalid type for 'input'", { code: "invalid_type" }],
    [{ max_output_tokens: 15 }, "Expected a value >= 16, but got 15", { code: "integer_below_min_value" }],
    [{ previous_response_id: "resp_1" }, "Previous response with id 'resp_1' not found.", {}],
    [{ background: true }, "Background mode", { code: "unsupported_parameter" }],
    [{ reasoning: { effort: "huge" } }, "Invalid value: 'huge'.", {}],
    [{ reasoning: { budget: 1 } }, "Unknown parameter: 'reasoning.budget'.", {}],
    [{ include: ["everything"] }, "Invalid value: 'everything'.", { param: "include[0]" }],
    [{ text: { format: { type: "json_object" } } }, "must contain the word 'json'", { param: "input" }],
    [
      { text: { format: { type: "json_schema", name: "n", strict: true, schema: { type: "object" } } } },
      "'additionalProperties' is required to be supplied and to be false",
      { code: "invalid_json_schema" },
    ],
    [
      { tools: [{ type: "function", function: { name: "f" } }] },
      "Unknown parameter: 'tools[0].function'.",
      {},
    ],
    [{ tools: [{ type: "web_surf" }] }, "Invalid value: 'web_surf'.", { param: "tools[0].type" }],
    [{ tools: [TOOL], tool_choice: { type: "function", name: "g" } }, "tool choice 'g' was not found", {}],
    [{ input: [{ role: "tool", content: "x" }] }, "Invalid value: 'tool'.", { param: "input[0].role" }],
    [{ input: [{ role: "user", content: [{ type: "text", text: "x" }] }] }, "Invalid value: 'text'.", {}],
    [{ input: [{ ...USER, role: "assistant" }] }, "Invalid value: 'input_text'.", {}],
    [{ input: [{ ...USER, id: "abc" }] }, "Expected an ID that begins with 'msg'.", { param: "input[0].id" }],
    [{ input: [USER, { ...CALL, id: "call_1" }, OUTPUT] }, "Expected an ID that begins with 'fc'.", {}],
    [{ input: [USER, { ...REASONING, id: "x" }, CALL, OUTPUT] }, "Expected an ID that begins with 'rs'.", {}],
    [{ input: [USER, OUTPUT] }, "No tool call found for function call output with call_id call_1.", {}],
    [{ input: [USER, CALL] }, "No tool output found for function call call_1.", { param: "input" }],
    [
      { input: [USER, { ...REASONING, encrypted_content: "nash1:e30=" }, CALL, OUTPUT] },
      "could not be verified",
      { code: "invalid_encrypted_content" },
    ],
    [
      { input: [{ type: "compaction", id: "cmp_1", encrypted_content: "nash1:x" }, USER] },
      "could not be verified",
      { code: "invalid_encrypted_content" },
    ],
    [{ input: [USER, REASONING, USER] }, "without its required following item", {}],
    [{ input: [{ type: "compaction_trigger" }, USER] }, "must be the last item", {}],
  ])("%j", async (more, message, details) => {
    const { status, error } = await refusal(more);
    expect(error["message"]).toContain(message);
    expect(error).toMatchObject({ type: "invalid_request_error", ...details });
    expect(status).toBe(400);
  });

  test("items that were never stored, with 404", async () => {
    for (const item of [
      { type: "item_reference", id: "msg_1" },
      { ...REASONING, encrypted_content: null },
    ]) {
      const { status, error } = await refusal({ input: [item, USER] });
      expect(status).toBe(404);
      expect(error["message"]).toContain("Items are not persisted when `store` is set to false.");
    }
  });
});

describe("Responses takes", () => {
  test.each([
    [{ input: [USER, REASONING, { ...CALL, id: "fc_1" }, { ...OUTPUT, id: "fco_1" }], tools: [TOOL] }],
    [{ input: [{ role: "developer", content: "Be brief." }, USER], store: false, client_metadata: {} }],
    [{ tools: [{ type: "web_search" }, { type: "custom", name: "patch" }, TOOL], parallel_tool_calls: true }],
    [{ tools: [{ type: "namespace", name: "ns", description: "d", tools: [TOOL] }], tool_choice: "auto" }],
    [{ reasoning: { effort: "low", summary: "auto" }, include: ["reasoning.encrypted_content"] }],
    [{ input: [{ type: "compaction", id: "cmp_1", encrypted_content: seal("said before") }, USER] }],
  ])("%j", async (more) => {
    const response = await post(sandbox, "responses", "demo", { more });
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  });
});

describe("a stream of response events", () => {
  test("has the documented order, numbers without gaps, and no [DONE]", async () => {
    const response = await post(sandbox, "responses", "demo-echo", { more: { input: "one two" } });
    const text = await response.text();
    expect(text).not.toContain("[DONE]");
    const found = [...text.matchAll(/^event: (\S+)\ndata: (.*)$/gm)].map(([, event, data]) => {
      const json = JSON.parse(data ?? "") as Json;
      expect(json["type"]).toBe(event);
      return json;
    });
    expect(found.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(found.map((event) => event["sequence_number"])).toEqual(found.map((_, index) => index));
    expect(found.at(-1)).toMatchObject({
      response: {
        status: "completed",
        output: [
          { type: "message", status: "completed", content: [{ type: "output_text", text: "one two" }] },
        ],
        usage: { input_tokens: 2, output_tokens: 2, total_tokens: 4 },
      },
    });
  });

  test("holds reasoning that only the sandbox can read, where it was asked for", async () => {
    const include = { include: ["reasoning.encrypted_content"] };
    for (const [model, more, sealed] of [
      ["demo-reasoning", include, true],
      ["demo-redacted", include, true],
      ["demo-reasoning", {}, false],
    ] as const) {
      const found = await events(await post(sandbox, "responses", model, { more }));
      const { response } = found.at(-1) as { response: { output: Json[] } };
      const [item] = response.output;
      expect(item?.["type"]).toBe("reasoning");
      expect(String(item?.["id"])).toStartWith("rs_");
      expect(typeof item?.["encrypted_content"]).toBe(sealed ? "string" : "undefined");
      if (sealed) expect(unseal(String(item?.["encrypted_content"]))).toBeString();
      const back = { input: [USER, ...response.output, USER] };
      const again = await post(sandbox, "responses", model, { more: { ...include, ...back } });
      expect([again.status, await again.text()]).toEqual([sealed ? 200 : 404, expect.any(String)]);
    }
  });

  test("tells of cuts, errors and filters in its own events", async () => {
    for (const [model, last] of [
      ["demo-cut", "response.output_text.delta"],
      ["demo-error-mid", "response.failed"],
      ["demo-error-first", "error"],
      ["demo-length", "response.incomplete"],
      ["demo-filter", "response.incomplete"],
      ["demo-refusal", "response.completed"],
      ["demo-empty", "response.completed"],
    ] as const) {
      const found = await events(await post(sandbox, "responses", model));
      expect([model, found.at(-1)?.["type"]]).toEqual([model, last]);
    }
    const failed = await events(await post(sandbox, "responses", "demo-error-mid"));
    expect(failed.at(-2)).toMatchObject({ type: "error", error: { code: "server_is_overloaded" } });
    expect(failed.at(-1)).toMatchObject({
      response: { status: "failed", error: { code: "server_is_overloaded" } },
    });
  });

  test("names custom tools and namespaces", async () => {
    const custom = { tools: [{ type: "custom", name: "apply_patch" }], tool_choice: "required" };
    const patched = await events(await post(sandbox, "responses", "demo-obedient", { more: custom }));
    const [item] = (patched.at(-1) as { response: { output: Json[] } }).response.output;
    expect(item).toMatchObject({
      type: "custom_tool_call",
      name: "apply_patch",
      id: expect.stringMatching(/^ctc_/),
    });
    expect(String(item?.["input"])).toStartWith("*** Begin Patch");

    const nested = { tools: [{ type: "namespace", name: "ns", tools: [TOOL] }], tool_choice: "required" };
    const found = await events(await post(sandbox, "responses", "demo-obedient", { more: nested }));
    const [called] = (found.at(-1) as { response: { output: Json[] } }).response.output;
    expect(called).toMatchObject({ type: "function_call", name: "f", namespace: "ns" });
  });
});

describe("compaction", () => {
  const talk = [
    { role: "user", content: "We decided to move Project Falcon to 14 March." },
    { role: "assistant", content: [{ type: "output_text", text: "Understood." }] },
    { role: "user", content: "Good." },
  ];

  test("answers a trigger with exactly one item, which is taken back and read", async () => {
    const more = { input: [...talk, { type: "compaction_trigger" }] };
    const found = await events(await post(sandbox, "responses", "demo", { more }));
    const done = found.filter(({ type }) => type === "response.output_item.done") as { item: Json }[];
    expect(done.map(({ item }) => item["type"])).toEqual(["compaction"]);
    expect(unseal(String(done[0]?.item["encrypted_content"]))).toContain("Project Falcon");
    expect(found.at(-1)).toMatchObject({ type: "response.completed" });
    const back = { input: [done[0]?.item, { role: "user", content: "Please summarize." }] };
    const text = textIn(await events(await post(sandbox, "responses", "demo", { more: back })));
    expect(text).toContain("Falcon");
  });

  test("has a path of its own, as the counting of tokens has", async () => {
    const ask = (path: string) =>
      fetch(`${sandbox.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer k" },
        body: JSON.stringify({ model: "demo", input: talk }),
      }).then((response) => response.json() as Promise<Json>);
    const compacted = await ask("/responses/compact");
    expect(compacted).toMatchObject({ object: "response.compaction" });
    expect((compacted["output"] as Json[]).map(({ type }) => type)).toEqual([
      "message",
      "message",
      "compaction",
    ]);
    expect(await ask("/responses/input_tokens")).toEqual({
      object: "response.input_tokens",
      input_tokens: 16,
    });
  });
});

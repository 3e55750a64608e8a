import { expect, test } from "bun:test";
import { modelEntry, modelList } from "../../src/api/model-list.ts";
import { serving } from "./dialect-support.ts";

const MODELS = [
  { id: "fast", owner: "nash-llm", created: 1_790_000_000 },
  { id: "org/model:free", owner: "openrouter", contextWindow: 128_000, maxOutput: 8_192 },
];

test("one body for the SDKs of both vendors", async () => {
  using server = serving(JSON.stringify(modelList(MODELS)), "application/json");
  const ids: string[] = [];
  for await (const model of server.openai.models.list()) ids.push(model.id);
  for await (const model of server.anthropic.models.list({ limit: 1000 })) ids.push(model.id);
  expect(ids).toEqual(["fast", "org/model:free", "fast", "org/model:free"]);
});

test("the list and its entries, to the letter", () => {
  expect(modelList(MODELS)).toEqual({
    object: "list",
    data: MODELS.map(modelEntry),
    has_more: false,
    first_id: "fast",
    last_id: "org/model:free",
  });
  expect(modelEntry(MODELS[1] as (typeof MODELS)[1])).toEqual({
    id: "org/model:free",
    object: "model",
    created: 0,
    owned_by: "openrouter",
    type: "model",
    display_name: "org/model:free",
    created_at: "1970-01-01T00:00:00Z",
    lifecycle: "active",
    max_input_tokens: 128_000,
    max_tokens: 8_192,
  });
  expect(modelList([])).toMatchObject({ data: [], first_id: null, last_id: null });
});

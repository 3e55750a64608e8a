import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ERROR_TYPES } from "../../src/api/nash/error-types.ts";
import { FAILURE_STATUS, type FailureType } from "../../src/core/failure.ts";
import { nameSchemas } from "../../src/web/reference/name-schemas.ts";
import { readReference } from "../../src/web/reference/reference.ts";
import { type Program, startProgram } from "../support/program.ts";

// The demo answers at the pace of a model.
setDefaultTimeout(60_000);

let program: Program;
let document: unknown;
let page: string;
let text: string;

beforeAll(async () => {
  program = await startProgram({ args: ["--no-detect"] });
  const get = (path: string) => fetch(program.url + path);
  document = await (await get("/openapi.json")).json();
  page = await (await get("/docs")).text();
  text = await (await get("/llms.txt")).text();
});
afterAll(() => program[Symbol.asyncDispose]());

const operations = () => readReference(document).groups.flatMap((group) => group.operations);

/** The paths of `docs/protocol.md`, sections 1 to 4, 9 and 11. */
const PATHS = [
  "POST /v1/chat/completions/stream",
  "POST /v1/chat/summarize",
  "POST /v1/chat/tokens",
  "POST /v1/chat/models",
  "POST /v1/chat/completions",
  "POST /v1/responses",
  "POST /v1/responses/input_tokens",
  "POST /v1/responses/compact",
  "GET /v1/responses/{id}",
  "DELETE /v1/responses/{id}",
  "POST /v1/responses/{id}/cancel",
  "GET /v1/answers/{id}",
  "DELETE /v1/answers/{id}",
  "POST /v1/messages",
  "POST /v1/messages/count_tokens",
  "GET /v1/models",
  "GET /v1/local",
  "GET /health",
  "GET /ready",
  "GET /metrics",
  "GET /",
  "GET /docs",
  "GET /openapi.json",
  "GET /llms.txt",
];

test("every path is there, once", () => {
  const found = operations().map(({ method, path }) => `${method} ${path}`);
  expect(found.toSorted()).toEqual(PATHS.toSorted());
});

test("every field of every body and answer is explained", () => {
  for (const { path, fields, answers } of operations()) {
    const all = [
      ...fields,
      ...answers.flatMap((answer) => [...answer.fields, ...answer.lines.flatMap((line) => line.fields)]),
    ];
    for (const field of all) expect(`${path} ${field.path}: ${field.description}`).toMatch(/: \S.*[.)]$/s);
  }
});

test("the page and the text have every field, type of line and error", () => {
  for (const { fields, answers } of operations()) {
    for (const { path } of [...fields, ...answers.flatMap((answer) => answer.fields)]) {
      expect(page).toContain(`<code>${path}</code>`);
      expect(text).toContain(`\`${path}\``);
    }
  }
  for (const type of Object.keys(FAILURE_STATUS)) {
    expect(page).toContain(`<dt><code>${type}</code></dt>`);
    expect(text).toContain(`| \`${type}\` |`);
  }
  for (const kind of ["session", "content", "reasoning", "usage", "error"])
    expect(page).toContain(`<strong>${kind}</strong>`);
  for (const word of ["[DONE]", ": keep-alive", "x-session-id", "--allow-origin", "NASH_LLM_TOKEN"]) {
    expect(page).toContain(word);
    expect(text).toContain(word);
  }
});

test("the chat's fields are the protocol's", () => {
  const chat = operations().find(({ id }) => id === "chat");
  const names = chat?.fields.map(({ path }) => path).filter((path) => !/[.[]/.test(path));
  expect(names?.toSorted()).toEqual(
    [
      "messages",
      "model",
      "api_key",
      "api_base_url",
      "session_id",
      "provider",
      "temperature",
      "top_p",
      "max_tokens",
      "stop",
      "seed",
      "reasoning_effort",
      "provider_options",
      "stream_options",
      "stream",
      "tools",
      "tool_choice",
      "parallel_tool_calls",
      "response_format",
    ].toSorted(),
  );
  const required = chat?.fields
    .filter(({ path, isRequired }) => isRequired && !/[.[]/.test(path))
    .map(({ path }) => path);
  expect(required?.toSorted()).toEqual(["messages", "model"]);
});

describe("errors", () => {
  test.each(Object.entries(FAILURE_STATUS))("%s is told with its status %d", (type, status) => {
    expect(ERROR_TYPES[type as FailureType].statuses).toContain(status);
  });
});

describe("examples", () => {
  test("every body that is given as an example is accepted", async () => {
    let tried = 0;
    for (const { method, path, example } of operations()) {
      if (example === undefined) continue;
      const headers = { "content-type": "application/json", authorization: "Bearer any-word" };
      const response = await fetch(program.url + path, { method, headers, body: example });
      expect(`${path} ${response.status}`).toBe(`${path} 200`);
      await response.text();
      tried++;
    }
    expect(tried).toBe(10);
  });

  test("what answers in JSON answers with the fields that are described, and no others", async () => {
    for (const { method, path, example, answers } of operations()) {
      const [answer] = answers;
      if (answer?.contentType !== "application/json" || answer.fields.length === 0) continue;
      if (!path.startsWith("/v1/chat/")) continue;
      const init =
        example === undefined ? {} : { headers: { "content-type": "application/json" }, body: example };
      const body = await (await fetch(program.url + path, { method, ...init })).json();
      const known = answer.fields.map((field) => field.path);
      expect(known).toEqual(expect.arrayContaining(Object.keys(body)));
      const required = answer.fields.filter((field) => field.isRequired && !/[.[]/.test(field.path));
      expect(Object.keys(body)).toEqual(expect.arrayContaining(required.map((field) => field.path)));
    }
  });
});

/** Without what is another at each time: ids, and seconds since 1970. */
function lasting(json: unknown): unknown {
  const text = JSON.stringify(json);
  return JSON.parse(
    text
      .replace(/"((?:chatcmpl-|resp_|msg_|cmp_))[0-9a-f]+/g, '"$1')
      .replace(/"((?:created|completed)(?:_at)?)":\d+/g, '"$1":0'),
  );
}

test("the examples of answers are what comes", async () => {
  const ask = async (id: string) => {
    const { path, method, example, answers } = operations().find((one) => one.id === id) ?? {};
    const headers = { "content-type": "application/json", authorization: "Bearer any-word" };
    const response = await fetch(program.url + path, { method: method ?? "", headers, body: example ?? "" });
    return { came: await response.json(), told: JSON.parse(answers?.[0]?.examples[0]?.text ?? "") };
  };
  const summary = await ask("summarize");
  expect({ ...summary.came, session_id: "" }).toEqual({ ...summary.told, session_id: "" });
  expect(summary.told.token_reduction.after).toBeLessThan(summary.told.token_reduction.before);
  const models = await ask("models");
  expect(models.came.models).toEqual(expect.arrayContaining(models.told.models));
  expect((await ask("tokens")).came).toEqual((await ask("tokens")).told);
  for (const id of [
    "createChatCompletion",
    "createResponse",
    "compactResponse",
    "countResponseTokens",
    "createMessage",
    "countMessageTokens",
  ]) {
    const { came, told } = await ask(id);
    expect({ id, answer: lasting(came) }).toEqual({ id, answer: lasting(told) });
  }
  const { answers } = operations().find(({ id }) => id === "listModels") ?? {};
  const demo = await fetch(`${program.url}/demo/v1/models`, {
    headers: { authorization: "Bearer any-word" },
  });
  const [model] = JSON.parse(answers?.[0]?.examples[0]?.text ?? "").data;
  expect((await demo.json()).data).toContainEqual(model);
});

describe("schemas", () => {
  const schemasOf = (of: unknown) =>
    (of as { components: { schemas: Record<string, { title?: string }> } }).components.schemas;

  test("have names, and stand nowhere but under them", () => {
    expect(Object.keys(schemasOf(document))).toEqual(
      expect.arrayContaining(["Error", "Message", "ToolCall", "ChatRequest", "SummarizeRequest", "Summary"]),
    );
    // No copy of a message is left inline, nor is one named twice.
    expect(JSON.stringify(document).split('"title":"Message"')).toHaveLength(2);
  });

  test("that share a title and differ are told apart by what they stand in", () => {
    const item = (type: string) => ({ type: "object", title: "Message", properties: { a: { type } } });
    const body = (title: string, type: string) => ({
      schema: { type: "object", title, properties: { list: { type: "array", items: item(type) } } },
    });
    const paths = {
      one: body("Chat request", "string"),
      two: body("Other", "number"),
      again: body("Third", "string"),
    };
    const { schemas, paths: named } = nameSchemas({ paths, schemas: {} });
    expect(Object.keys(schemas).toSorted()).toEqual([
      "ChatRequest",
      "Message",
      "Other",
      "OtherMessage",
      "Third",
    ]);
    expect(schemas["Other"]).toMatchObject({
      properties: { list: { items: { $ref: "#/components/schemas/OtherMessage" } } },
    });
    expect(named).toMatchObject({ again: { schema: { $ref: "#/components/schemas/Third" } } });
  });
});

test("every path has a tag, a summary and what it refuses", () => {
  const { paths } = document as { paths: Record<string, Record<string, Described>> };
  type Described = { tags?: string[]; summary?: string; responses: Record<string, unknown> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { tags, summary, responses }] of Object.entries(methods)) {
      const refusals = Object.keys(responses).filter((status) => status.startsWith("4"));
      expect({ path, method, tags: tags?.length, summary: summary !== "", refusals }).toEqual({
        path,
        method,
        tags: path === "/v1/models" ? 2 : 1,
        summary: true,
        refusals: expect.arrayContaining(["403", "421"]),
      });
      expect(summary).toBeString();
    }
  }
});

test("OpenAPI's own rules are kept where tools rely on them", () => {
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), info: { title: "nash-llm" } });
  const ids = operations().map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  for (const [, used] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    expect(document).toHaveProperty(`components.schemas.${used}`);
  }
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ERROR_TYPES } from "../../src/api/nash/error-types.ts";
import { FAILURE_STATUS, type FailureType } from "../../src/core/failure.ts";
import { readReference } from "../../src/web/reference/reference.ts";
import { type Program, startProgram } from "../support/program.ts";

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

/** The paths of docs/protocol.md 4 and before. */
const PATHS = [
  "POST /v1/chat/completions/stream",
  "POST /v1/chat/summarize",
  "POST /v1/chat/tokens",
  "POST /v1/chat/models",
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

test("the chat's fields are those of docs/protocol.md", () => {
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
    ].toSorted(),
  );
  const required = chat?.fields
    .filter(({ path, isRequired }) => isRequired && !/[.[]/.test(path))
    .map(({ path }) => path);
  expect(required?.toSorted()).toEqual(["api_base_url", "api_key", "messages", "model"]);
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
      const headers = { "content-type": "application/json" };
      const response = await fetch(program.url + path, { method, headers, body: example });
      expect(`${path} ${response.status}`).toBe(`${path} 200`);
      await response.text();
      tried++;
    }
    expect(tried).toBe(4);
  });

  test("what answers in JSON answers with the fields that are described, and no others", async () => {
    for (const { method, path, example, answers } of operations()) {
      const [answer] = answers;
      if (answer?.contentType !== "application/json" || answer.fields.length === 0) continue;
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

test("OpenAPI's own rules are kept where tools rely on them", () => {
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), info: { title: "nash-llm" } });
  const ids = operations().map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  for (const [, used] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    expect(document).toHaveProperty(`components.schemas.${used}`);
  }
});

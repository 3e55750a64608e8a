import { afterAll, describe, expect, test } from "bun:test";
import { findLocalServers, ollamaOrigin, type Place } from "../../src/chat/local-servers.ts";

type Answers = Readonly<Record<string, unknown>>;

const servers: Bun.Server<undefined>[] = [];
afterAll(() => servers.forEach((server) => void server.stop(true)));

/** A server that answers these paths in JSON, and what it was asked. */
function standIn(answers: Answers, status = 200) {
  const asked: Request[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      asked.push(request);
      const answer = answers[new URL(request.url).pathname];
      if (answer instanceof Response) return answer;
      return answer === undefined ? new Response("no", { status: 404 }) : Response.json(answer, { status });
    },
  });
  servers.push(server);
  return { origin: `http://127.0.0.1:${server.port}`, asked };
}

/** On a machine of any speed, whoever answers is heard. */
const PATIENT = { timeoutMs: 60_000 };

const find = (kind: Place["kind"], answers: Answers, status?: number) =>
  findLocalServers({ ...PATIENT, places: [{ kind, origin: standIn(answers, status).origin }] });

const LIST = { object: "list", data: [{ id: "one" }, { id: "two" }] };

describe("model servers on this machine", () => {
  test("each is known by what it says", async () => {
    const ollama = {
      "/api/version": { version: "0.13.0" },
      "/api/tags": { models: [{ name: "llama3.2:latest" }] },
    };
    expect(await find("ollama", ollama)).toMatchObject([{ name: "Ollama", models: ["llama3.2:latest"] }]);
    expect(await find("lmStudio", { "/v1/models": LIST })).toMatchObject([
      { name: "LM Studio", models: ["one", "two"] },
    ]);
    const llama = { "/props": { default_generation_settings: {} }, "/v1/models": LIST };
    expect(await find("llamaCpp", llama)).toMatchObject([{ name: "llama.cpp", models: ["one", "two"] }]);
    const healthy = { "/health": {}, "/v1/models": { data: [{ id: "one", owned_by: "llamacpp" }] } };
    expect(await find("llamaCpp", healthy)).toMatchObject([{ name: "llama.cpp", models: ["one"] }]);
    expect(await find("jan", { "/v1/models": LIST })).toMatchObject([
      { name: "Jan", models: ["one", "two"] },
    ]);
  });

  test("Jan that wants a key is there, but has no models", async () => {
    expect(await find("jan", { "/v1/models": {} }, 401)).toMatchObject([
      { name: "Jan", models: [], wantsKey: true },
    ]);
  });

  test.each([
    ["ollama", { "/api/tags": { models: [{ name: "x" }] } }],
    ["ollama", { "/api/version": "0.1" }],
    ["lmStudio", { "/v1/models": { models: [] } }],
    ["lmStudio", { "/v1/models": new Response("<h1>Hello</h1>") }],
    ["llamaCpp", { "/health": { status: "ok" } }],
    ["llamaCpp", { "/v1/models": LIST, "/health": {} }],
    ["lmStudio", { "/v1/models": Response.redirect("http://127.0.0.1:1/v1/models") }],
    ["lmStudio", { "/v1/models": { ...LIST, padding: "x".repeat(1_100_000) } }],
  ] as const)("something else is not taken for %s", async (kind, answers) => {
    expect(await find(kind, answers)).toEqual([]);
  });

  test("nobody there is nobody, and does not keep others from being found", async () => {
    const there = standIn({ "/v1/models": LIST }).origin;
    const places: Place[] = [
      { kind: "ollama", origin: "http://127.0.0.1:1" },
      { kind: "lmStudio", origin: there },
    ];
    expect(await findLocalServers({ ...PATIENT, places })).toMatchObject([
      { name: "LM Studio", api_base_url: `${there}/v1` },
    ]);
  });

  test("whoever is too late is not waited for", async () => {
    const late = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Promise<Response>(() => undefined),
    });
    servers.push(late);
    const places: Place[] = [{ kind: "lmStudio", origin: `http://127.0.0.1:${late.port}` }];
    expect(await findLocalServers({ timeoutMs: 20, places })).toEqual([]);
  });

  test("no key goes along", async () => {
    const { origin, asked } = standIn({ "/v1/models": LIST });
    await findLocalServers({ ...PATIENT, places: [{ kind: "jan", origin }] });
    expect(asked).toHaveLength(1);
    for (const { headers } of asked) {
      for (const name of ["authorization", "x-api-key", "api-key", "cookie"])
        expect(headers.get(name)).toBeNull();
    }
  });
});

test.each([
  [undefined, "http://127.0.0.1:11434"],
  ["", "http://127.0.0.1:11434"],
  ["0.0.0.0", "http://127.0.0.1:11434"],
  ["0.0.0.0:9999", "http://127.0.0.1:9999"],
  ["http://0.0.0.0:9999/", "http://127.0.0.1:9999"],
  ["[::]:9999", "http://[::1]:9999"],
  [":9999", "http://127.0.0.1:9999"],
  ["9999", "http://127.0.0.1:9999"],
  ["localhost", "http://localhost:11434"],
  ["http://localhost", "http://localhost"],
  ["192.168.1.5:11434", undefined],
  ["https://ollama.example", undefined],
  ["file:///etc/passwd", undefined],
  ["not a host", undefined],
])("OLLAMA_HOST %p is %p", (host, origin) => {
  expect(ollamaOrigin(host)).toBe(origin);
});

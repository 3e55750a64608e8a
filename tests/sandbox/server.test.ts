import { afterEach, describe, expect, test } from "bun:test";
import { findScenario, MODELS, modelsHelp } from "../../src/sandbox/models.ts";
import type { SandboxRecord } from "../../src/sandbox/record.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/server.ts";
import { BOTH, type Json, overSocket, PROTOCOLS, post } from "./client.ts";

const started: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of started.splice(0)) await sandbox.stop();
});

function start(options: SandboxOptions = {}): { sandbox: Sandbox; records: SandboxRecord[] } {
  const records: SandboxRecord[] = [];
  const sandbox = startSandbox({ pace: 0, onRequest: (record) => records.push(record), ...options });
  started.push(sandbox);
  return { sandbox, records };
}

async function first<T>(items: readonly T[]): Promise<T> {
  for (;;) {
    const [item] = items;
    if (item !== undefined) return item;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("paths", () => {
  test.each(["/v1", "", "/api/v1", "/openai/v1", "/openai/deployments/x"])(
    "with the prefix %j",
    async (prefix) => {
      const { sandbox } = start();
      const origin = new URL(sandbox.url).origin;
      for (const protocol of BOTH) {
        const { path, headers, body } = PROTOCOLS[protocol];
        const response = await fetch(`${origin}${prefix}${path}?api-version=1`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body("demo-empty")),
        });
        expect(response.status).toBe(200);
        await response.body?.cancel();
      }
    },
  );

  test.each([
    "/v1/v1/chat/completions",
    "/v1//messages",
    "/v1/chat/completions/",
    "/v1/chat",
    "/v2/embeddings",
  ])("%s is nowhere", async (path) => {
    const { sandbox } = start();
    const response = await fetch(new URL(sandbox.url).origin + path, { method: "POST", body: "{}" });
    expect(response.status).toBe(404);
    expect(await response.json()).toHaveProperty("error.message");
  });

  test("a wrong method is 405 in the words of the path", async () => {
    const { sandbox } = start();
    const openai = await fetch(`${sandbox.url}/chat/completions`);
    expect(openai.status).toBe(405);
    expect(await openai.text()).toContain("Not allowed to GET on /v1/chat/completions.");
    const anthropic = await fetch(`${sandbox.url}/messages`);
    expect(anthropic.status).toBe(405);
    expect(await anthropic.json()).toMatchObject({ type: "error" });
  });

  test("tokens are counted", async () => {
    const { sandbox } = start();
    const count = (model: string) =>
      fetch(`${sandbox.url}/messages/count_tokens`, {
        method: "POST",
        headers: { "content-type": "application/json", ...PROTOCOLS.anthropic.headers },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "x".repeat(41) }] }),
      });
    expect(await (await count("demo")).json()).toEqual({ input_tokens: 11 });
    expect((await count("nobody")).status).toBe(404);
  });
});

describe("models", () => {
  test("are listed in the shape of whoever asks, with a key", async () => {
    const { sandbox } = start();
    expect((await fetch(`${sandbox.url}/models`)).status).toBe(401);
    const openai = (await (
      await fetch(`${sandbox.url}/models`, { headers: PROTOCOLS.openai.headers })
    ).json()) as Json;
    expect(openai["object"]).toBe("list");
    const anthropic = (await (
      await fetch(`${sandbox.url}/models`, { headers: PROTOCOLS.anthropic.headers })
    ).json()) as Json;
    expect(anthropic["has_more"]).toBeFalse();
    for (const { data } of [openai, anthropic] as { data: Json[] }[]) {
      expect(data.map(({ id }) => id)).toEqual(MODELS.map(({ id }) => id));
    }
  });

  test("have different names and a line of help each", () => {
    expect(new Set(MODELS.map(({ id }) => id)).size).toBe(MODELS.length);
    const lines = modelsHelp().split("\n");
    for (const { id, about } of MODELS) {
      expect(lines.some((line) => line.trimStart().startsWith(`${id} `) && line.endsWith(about))).toBeTrue();
    }
  });

  test("are told apart from their options", () => {
    expect(findScenario("demo-numbered-30000-5")).toMatchObject({
      scenario: { id: "demo-numbered" },
      options: ["30000", "5"],
    });
    expect(findScenario("claude-demo-429")?.scenario.id).toBe("demo-429");
    expect(findScenario("demo-429-soon")?.scenario.id).toBe("demo-429-soon");
    expect(findScenario("demo-longer")).toBeUndefined();
    expect(findScenario("demo-long-5")).toBeUndefined();
  });

  test("the help stands at the root", async () => {
    const { sandbox } = start();
    const response = await fetch(new URL(sandbox.url).origin);
    expect(await response.text()).toBe(`${modelsHelp()}\n`);
  });
});

describe("records", () => {
  test("hold the request", async () => {
    const { sandbox, records } = start();
    await (await post(sandbox, "openai", "demo-empty", { headers: { "X-Thing": "yes" } })).text();
    const [record] = records;
    expect(record).toMatchObject({ method: "POST", path: "/v1/chat/completions", query: "" });
    expect(record?.headers["x-thing"]).toBe("yes");
    expect(record?.body).toEqual(PROTOCOLS.openai.body("demo-empty"));
    expect(await record?.closed).toBe("finished");
    expect(record?.closedAt).toBeGreaterThanOrEqual(record?.receivedAt ?? Number.POSITIVE_INFINITY);
    expect(sandbox.requests).toBe(1);
    expect(sandbox.open).toBe(0);
  });

  test("hold what is not JSON as text, and how many messages were merged", async () => {
    const { sandbox, records } = start();
    const headers = { "content-type": "application/json", ...PROTOCOLS.openai.headers };
    const broken = await fetch(`${sandbox.url}/chat/completions`, { method: "POST", headers, body: "{" });
    expect(broken.status).toBe(400);
    expect(records[0]?.body).toBe("{");
    const hello = { role: "user", content: "Hello" };
    await (await post(sandbox, "anthropic", "demo-empty", { more: { messages: [hello, hello] } })).text();
    expect(records[1]?.merged).toBe(1);
  });
});

describe.each(BOTH)("a caller of %s who leaves", (protocol) => {
  test.each([
    "demo-silent",
    "demo-hang-body",
    "demo-comments",
    "demo-endless",
    "demo-line",
    "demo-numbered-9999-1",
  ])("%s ends it at once", async (model) => {
    const { sandbox, records } = start();
    const leaving = new AbortController();
    const response = await post(sandbox, protocol, model, { signal: leaving.signal });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    await reader?.read();
    expect(sandbox.open).toBe(1);
    leaving.abort();
    expect(await records[0]?.closed).toBe("cancelled");
    expect(sandbox.open).toBe(0);
  });

  test.each(["demo-hang", "demo-slow"])("before the headers of %s", async (model) => {
    const { sandbox, records } = start();
    const leaving = new AbortController();
    // Not streamed, so that demo-slow has nothing to send for seven seconds.
    const answer = post(sandbox, protocol, model, { more: { stream: false }, signal: leaving.signal });
    answer.catch(() => undefined);
    const record = await first(records);
    expect(sandbox.open).toBe(1);
    leaving.abort();
    expect(await record.closed).toBe("cancelled");
    await expect(answer).rejects.toThrow();
  });

  test("leaves no trace in crowds, and the server lives", async () => {
    const { sandbox, records } = start();
    const crowd = Array.from({ length: 60 }, (_, n) =>
      overSocket(sandbox, protocol, ["demo-silent", "demo-endless", "demo-hang-body"][n % 3] ?? "", (text) =>
        /\r\n\r\n[0-9a-f]+\r\n/.test(text),
      ),
    );
    await Promise.all(crowd);
    expect(await Promise.all(records.map(({ closed }) => closed))).toEqual(Array(60).fill("cancelled"));
    expect(sandbox.open).toBe(0);
    expect((await post(sandbox, protocol, "demo-empty")).status).toBe(200);
  });
});

describe("stopping", () => {
  test("ends every answer and frees the port", async () => {
    const { sandbox, records } = start();
    const response = await post(sandbox, "openai", "demo-silent");
    await sandbox.stop();
    expect(await records[0]?.closed).toBe("cancelled");
    await expect(response.text()).rejects.toThrow();
    const again = start({ port: sandbox.port });
    expect(again.sandbox.port).toBe(sandbox.port);
  });

  test("a port that is taken is an error", () => {
    const { sandbox } = start();
    expect(() => startSandbox({ port: sandbox.port })).toThrow();
  });
});

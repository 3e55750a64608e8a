import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { BOTH, events, framesOf, type Json, overSocket, post, textIn } from "./client.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = startSandbox({ pace: 0 });
});
afterAll(() => sandbox.stop());

const TEN = Array.from({ length: 10 }, (_, index) => `tok-${String(index + 1).padStart(4, "0")} `).join("");

interface Expected {
  readonly status: number;
  readonly openai: Json;
  readonly anthropic: Json;
  readonly retryAfter?: string;
}

const REFUSALS: Record<string, Expected> = {
  "demo-400": {
    status: 400,
    openai: { code: "invalid_value" },
    anthropic: { type: "invalid_request_error" },
  },
  "demo-401": {
    status: 401,
    openai: { code: "invalid_api_key" },
    anthropic: { type: "authentication_error" },
  },
  "demo-402": { status: 402, openai: { type: "insufficient_quota" }, anthropic: { type: "billing_error" } },
  "demo-403": { status: 403, openai: { type: "request_forbidden" }, anthropic: { type: "permission_error" } },
  "demo-404": { status: 404, openai: { code: "model_not_found" }, anthropic: { type: "not_found_error" } },
  "demo-408": { status: 408, openai: { type: "timeout_error" }, anthropic: { type: "timeout_error" } },
  "demo-429": {
    status: 429,
    openai: { code: "rate_limit_exceeded" },
    anthropic: { type: "rate_limit_error" },
    retryAfter: "7",
  },
  "demo-quota": {
    status: 429,
    openai: { code: "insufficient_quota" },
    anthropic: { type: "rate_limit_error", details: { error_code: "enforced_spend_limit_reached" } },
  },
  "demo-500": { status: 500, openai: { type: "server_error" }, anthropic: { type: "api_error" } },
  "demo-503": {
    status: 503,
    openai: { code: "server_is_overloaded" },
    anthropic: { type: "api_error" },
    retryAfter: "2",
  },
  "demo-529": {
    status: 529,
    openai: { code: "server_is_overloaded" },
    anthropic: { type: "overloaded_error" },
  },
  "demo-overflow": {
    status: 400,
    openai: { code: "context_length_exceeded", param: "messages" },
    anthropic: { message: "prompt is too long: 250000 tokens > 200000 maximum" },
  },
  "no-such-model": {
    status: 404,
    openai: {
      code: "model_not_found",
      message: "The model `no-such-model` does not exist or you do not have access to it.",
    },
    anthropic: { type: "not_found_error", message: "model: no-such-model" },
  },
};

describe.each(BOTH)("in %s", (protocol) => {
  test.each(Object.entries(REFUSALS))("%s", async (model, expected) => {
    const response = await post(sandbox, protocol, model);
    expect(response.status).toBe(expected.status);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("retry-after")).toBe(expected.retryAfter ?? null);
    const body = (await response.json()) as Json;
    expect(body).toMatchObject({ error: expected[protocol] });
    expect(body["type"]).toBe(protocol === "anthropic" ? "error" : undefined);
  });

  test("an empty account has a status of its own", async () => {
    const response = await post(sandbox, protocol, "demo-credit");
    expect(response.status).toBe(protocol === "openai" ? 429 : 400);
    expect(await response.text()).toContain("credit balance");
  });

  test("a key that begins with sandbox-refused comes back in the error", async () => {
    const key = "sandbox-refused-5f2c";
    const headers = protocol === "openai" ? { authorization: `Bearer ${key}` } : { "x-api-key": key };
    const response = await post(sandbox, protocol, "demo", { headers });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain(`Incorrect API key provided: ${key}`);
  });

  test("demo-echo-key holds the key, HTML and more than 2 KiB", async () => {
    const response = await post(sandbox, protocol, "demo-echo-key");
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message.length).toBeGreaterThan(2_048);
    expect(error.message).toContain("<script>");
    expect(error.message.split("sk-test").length - 1).toBe(3);
    // Cut to 2 KiB first and cleaned afterwards, half of it would stay.
    expect(error.message.slice(0, 2_048)).toMatch(/sk-t$/);
  });

  test("demo-429-soon works the second time, for this key alone", async () => {
    const refused = await post(sandbox, protocol, "demo-429-soon");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    const other = protocol === "openai" ? { authorization: "Bearer other" } : { "x-api-key": "other" };
    expect((await post(sandbox, protocol, "demo-429-soon", { headers: other })).status).toBe(429);
    expect((await post(sandbox, protocol, "demo-429-soon")).status).toBe(200);
    expect((await post(sandbox, protocol, "demo-429-soon")).status).toBe(429);
  });

  test("demo-flaky fails every first time", async () => {
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await post(sandbox, protocol, "demo-flaky")).status);
    expect(statuses).toEqual([500, 200, 500, 200]);
  });

  test.each([
    ["demo-502", 502],
    ["demo-html", 200],
  ])("%s is a page", async (model, status) => {
    const response = await post(sandbox, protocol, model);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toStartWith("text/html");
    expect(await response.text()).toContain("<h1>");
  });

  test("demo-redirect points to another path, demo-redirect-away to another host", async () => {
    const near = await post(sandbox, protocol, "demo-redirect");
    expect(near.status).toBe(307);
    expect(near.headers.get("location")).toMatch(/^\/elsewhere\/v1\//);
    const away = await post(sandbox, protocol, "demo-redirect-away");
    expect(away.headers.get("location")).toBe("https://example.invalid/");
  });

  test("demo-cut ends cleanly without a finish, demo-reset does not", async () => {
    const cut = await overSocket(sandbox, protocol, "demo-cut");
    expect(cut.ended).toBe("end");
    expect(cut.text).toEndWith("\r\n0\r\n\r\n");
    const reset = await overSocket(sandbox, protocol, "demo-reset");
    expect(reset.text).not.toContain("\r\n0\r\n\r\n");
    for (const { text } of [cut, reset]) {
      expect(text).toContain("tok-0010 ");
      expect(text).not.toMatch(/"finish_reason":"|message_stop|\[DONE\]/);
    }
  });

  test("errors come first, in the middle or after the finish", async () => {
    const [first] = await events(await post(sandbox, protocol, "demo-error-first"));
    expect(first).toHaveProperty("error");

    const middle = await events(await post(sandbox, protocol, "demo-error-mid"));
    expect(textIn(middle)).toBe(TEN);
    expect(middle.at(-1)).toHaveProperty("error");

    const late = await events(await post(sandbox, protocol, "demo-error-late"));
    expect(textIn(late)).toBe(TEN);
    expect(JSON.stringify(late.at(-2))).toMatch(/"finish_reason":"stop"|"stop_reason":"end_turn"/);
    expect(late.at(-1)).toHaveProperty("error");
  });

  test("an error in a stream has a status where there is no stream", async () => {
    for (const [model, status] of [
      ["demo-error-first", 529],
      ["demo-error-late", 500],
    ] as const) {
      expect((await post(sandbox, protocol, model, { more: { stream: false } })).status).toBe(status);
    }
    const cut = await post(sandbox, protocol, "demo-cut", { more: { stream: false } });
    expect(cut.status).toBe(200);
    await expect(cut.json()).rejects.toThrow();
  });

  test("demo-bad-json has one frame that is not JSON", async () => {
    const frames = framesOf(await (await post(sandbox, protocol, "demo-bad-json")).text());
    const broken = frames.filter(({ data }) => {
      try {
        JSON.parse(data);
        return false;
      } catch {
        return data !== "[DONE]";
      }
    });
    expect(broken.map(({ data }) => data.includes("lost "))).toEqual([true]);
    expect(frames.at(frames.indexOf(broken[0] ?? { event: "", data: "" }) + 1)?.data).toContain("and");
  });

  test("demo-bad-utf8 has two bytes that are none", async () => {
    const { bytes } = await overSocket(sandbox, protocol, "demo-bad-utf8");
    expect(
      bytes.includes(Buffer.from([..."caf"].map((letter) => letter.charCodeAt(0)).concat(0xff, 0xfe))),
    ).toBeTrue();
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toThrow();
  });

  test("demo-bom begins with a byte order mark, demo-crlf ends its lines with CR LF", async () => {
    const marked = await (await post(sandbox, protocol, "demo-bom")).bytes();
    expect([...marked.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(marked.indexOf(0xef, 3)).toBe(-1);
    const lines = await (await post(sandbox, protocol, "demo-crlf")).text();
    expect(lines.match(/(?<!\r)\n/)).toBeNull();
    expect(
      textIn(
        framesOf(lines.replaceAll("\r", ""))
          .filter(({ data }) => data !== "[DONE]")
          .map(({ data }) => JSON.parse(data)),
      ),
    ).toBe(TEN);
  });

  test("demo-comments sends signs of life alone", async () => {
    const { text } = await overSocket(sandbox, protocol, "demo-comments", (sofar) =>
      /keep-alive|ping/.test(sofar),
    );
    expect(text).not.toContain("tok-");
  });

  test("demo-line and demo-endless go on for as long as they are read", async () => {
    const line = await overSocket(sandbox, protocol, "demo-line", (sofar) => sofar.length > 300_000);
    expect(line.text.split("\r\n\r\n", 2)[1]).toStartWith("8\r\ndata: {");
    const endless = await overSocket(sandbox, protocol, "demo-endless", (sofar) =>
      sofar.includes("tok-2000 "),
    );
    expect(endless.text).toContain("tok-1999 ");
  });

  test("demo-gzip packs a thousand times as much", async () => {
    const response = await post(sandbox, protocol, "demo-gzip");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect((await response.bytes()).length).toBeLessThan(1_200_000);
  });
});

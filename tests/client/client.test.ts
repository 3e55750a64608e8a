import { describe, expect, test } from "bun:test";
import { type Answer, NashError } from "../../src/client/index.ts";
import { answerOf, clientOf, FRAME, REQUEST, SESSION, streamOf } from "./stand-in.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** What is thrown by a loop, and what it had given before. */
async function failing<T>(items: AsyncIterable<T>): Promise<{ seen: T[]; error: unknown }> {
  const seen: T[] = [];
  try {
    for await (const item of items) seen.push(item);
  } catch (error) {
    return { seen, error };
  }
  throw new Error("nothing was thrown");
}

const RATE_LIMIT = {
  type: "rate_limit",
  message: "slow down",
  provider_status: 429,
  retry_after: 7,
  retryable: true,
};

describe("chat", () => {
  test("gives the text, then tells session, usage and how it ended", async () => {
    const lines = answerOf(
      { content: "Hé" },
      { content: "llo" },
      { usage: { input_tokens: 1, output_tokens: 2 }, finish_reason: "stop" },
    );
    const { client, asked } = clientOf(() => streamOf(lines, 1));
    const answer = client.chat(REQUEST);
    expect(asked).toHaveLength(0);
    expect(await all(answer)).toEqual(["Hé", "llo"]);
    expect(answer).toMatchObject({
      text: "Héllo",
      sessionId: SESSION,
      usage: { inputTokens: 1, outputTokens: 2 },
      finishReason: "stop",
      complete: true,
    } satisfies Partial<Answer>);
    expect(asked[0]?.url).toBe("http://nash.test/v1/chat/completions/stream");
    expect(asked[0]?.body).toEqual({
      ...REQUEST,
      messages: [{ role: "user", content: "hi" }],
      stream_options: { resumable: true },
    });
    expect(asked[0]?.headers.get("content-type")).toBe("application/json");
    expect(asked[0]?.headers.get("authorization")).toBeNull();
  });

  test("sends the server's token", async () => {
    const { client, asked } = clientOf(() => streamOf(answerOf()), "secret");
    await all(client.chat(REQUEST));
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer secret");
  });

  test("stream gives every event, the session once, and passes over what it does not know", async () => {
    const lines = answerOf(
      { reasoning: "hm" },
      { content: "x" },
      { news: 1 },
      { usage: null, finish_reason: "length" },
    );
    const { client } = clientOf(() => streamOf(lines));
    expect(await all(client.stream(REQUEST))).toEqual([
      { type: "session", sessionId: SESSION },
      { type: "reasoning", text: "hm" },
      { type: "text", text: "x" },
      { type: "usage", usage: null, finishReason: "length" },
    ]);
  });
});

describe("failures", () => {
  test("before the stream: the fields of docs/protocol.md 2", async () => {
    const body = { error: { ...RATE_LIMIT, param: "model" }, session_id: SESSION };
    const { client } = clientOf(() =>
      Response.json(body, { status: 429, headers: { "x-request-id": "r-2" } }),
    );
    const { seen, error } = await failing(client.chat(REQUEST));
    expect(seen).toEqual([]);
    expect(error).toBeInstanceOf(NashError);
    expect(error).toMatchObject({
      type: "rate_limit",
      message: "slow down",
      status: 429,
      param: "model",
      providerStatus: 429,
      retryAfter: 7,
      retryable: true,
      sessionId: SESSION,
      requestId: "r-2",
      text: "",
    });
  });

  test("a line in the stream: after the text and the usage", async () => {
    const lines = answerOf(
      { content: "par" },
      { content: "tial" },
      { error: RATE_LIMIT },
      { usage: null, finish_reason: "other" },
    );
    const { client } = clientOf(() => streamOf(lines));
    const { seen, error } = await failing(client.stream(REQUEST));
    expect(seen.map(({ type }) => type)).toEqual(["session", "text", "text", "usage"]);
    expect(error).toMatchObject({
      type: "rate_limit",
      text: "partial",
      sessionId: SESSION,
      requestId: "r-1",
    });
    expect(error).toMatchObject({ status: undefined });
  });

  test("a stream that ends without [DONE], wherever it is cut", async () => {
    const whole = answerOf({ content: "partial" });
    for (let length = 0; length < whole.length - 1; length++) {
      const { client } = clientOf(() => streamOf(whole.slice(0, length)));
      const { seen, error } = await failing(client.chat(REQUEST));
      expect(error).toMatchObject({ type: "incomplete", retryable: true, text: seen.join("") });
    }
  });

  test("a stream whose connection breaks", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(FRAME({ content: "x" })));
        controller.error(new Error("reset"));
      },
    });
    const { client } = clientOf(
      () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    );
    expect((await failing(client.chat(REQUEST))).error).toMatchObject({ type: "incomplete" });
  });

  test("an error line is told even where the stream is cut after it", async () => {
    const { client } = clientOf(() => streamOf(FRAME({ content: "x" }) + FRAME({ error: RATE_LIMIT })));
    expect((await failing(client.chat(REQUEST))).error).toMatchObject({ type: "rate_limit", text: "x" });
  });

  test.each([
    ["a page", () => new Response("<h1>hi</h1>", { headers: { "content-type": "text/html" } }), "bad_output"],
    ["a page with an error", () => new Response("<h1>no</h1>", { status: 502 }), "bad_output"],
    ["a path that is not there", () => new Response("no", { status: 404 }), "not_found"],
    ["a line that is not JSON", () => streamOf("data: {oops\n\ndata: [DONE]\n\n"), "incomplete"],
    ["nobody", () => Promise.reject(new TypeError("refused")), "network"],
  ] as const)("%s", async (_, answer, type) => {
    const { client } = clientOf(answer);
    const { error } = await failing(client.chat(REQUEST));
    expect(error).toBeInstanceOf(NashError);
    expect(error).toMatchObject({ type });
  });
});

describe("leaving", () => {
  /** A stream that goes on until its request is aborted. */
  const endless = ({ signal }: { signal: AbortSignal }) => {
    let n = 0;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(FRAME({ content: String(n++) })));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

  test("breaking out of the loop aborts the request", async () => {
    const { client, asked } = clientOf(endless);
    for await (const text of client.chat(REQUEST)) if (text === "3") break;
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test("the signal aborts it, and its reason is thrown", async () => {
    const { client, asked } = clientOf(endless);
    const controller = new AbortController();
    const reason = new Error("enough");
    const texts: string[] = [];
    const loop = async () => {
      for await (const text of client.chat(REQUEST, { signal: controller.signal })) {
        texts.push(text);
        if (text === "3") controller.abort(reason);
      }
    };
    expect(await loop().catch((error) => error)).toBe(reason);
    expect(texts).toContain("3");
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test("a signal that has been used asks nothing", async () => {
    const { client, asked } = clientOf(endless);
    const { error } = await failing(client.chat(REQUEST, { signal: AbortSignal.abort("no") }));
    expect(error).toBe("no");
    expect(asked).toHaveLength(0);
  });

  test("after the end the request is over too", async () => {
    const { client, asked } = clientOf(() => streamOf(`${answerOf({ content: "x" })}data: more\n\n`));
    expect(await all(client.chat(REQUEST))).toEqual(["x"]);
    expect(asked[0]?.signal.aborted).toBe(true);
  });
});

describe("other calls", () => {
  test("summarize reads the stream, with its progress", async () => {
    const result = {
      success: true,
      summary: "s",
      messages: [],
      token_reduction: { before: 9, after: 3 },
      session_id: SESSION,
    };
    const lines = [{ progress: { part: 1, parts: 2 } }, { content: "s" }, result].map(FRAME).join("");
    const { client, asked } = clientOf(() => streamOf(`${lines}data: [DONE]\n\n`));
    const steps: string[] = [];
    const summary = await client.summarize(REQUEST, {
      onProgress: (part, parts) => steps.push(`${part}/${parts}`),
    });
    expect(summary).toEqual(result as typeof summary);
    expect(steps).toEqual(["1/2"]);
    expect(asked[0]?.url).toBe("http://nash.test/v1/chat/summarize");
    expect(asked[0]?.headers.get("accept")).toBe("text/event-stream");
  });

  test("a summary that does not come is a failure", async () => {
    const { client } = clientOf(() => streamOf("data: [DONE]\n\n"));
    expect(await client.summarize(REQUEST).catch((error) => error)).toMatchObject({ type: "incomplete" });
  });

  test("tokens, models and local ask their paths", async () => {
    const answers: Record<string, unknown> = {
      "/v1/chat/tokens": { tokens: 5, context_window: 100 },
      "/v1/chat/models": { models: [{ id: "m" }] },
      "/v1/local": { servers: [{ name: "Demo", api_base_url: "x", models: [] }] },
    };
    const { client, asked } = clientOf(({ url }) => Response.json(answers[new URL(url).pathname]));
    const { model, messages, ...address } = REQUEST;
    expect(await client.tokens({ model, messages })).toEqual({ tokens: 5, context_window: 100 });
    expect(await client.models(address)).toEqual([{ id: "m" }]);
    expect(await client.local()).toEqual([{ name: "Demo", api_base_url: "x", models: [] }]);
    expect(asked.map(({ headers }) => headers.get("content-type"))).toEqual([
      "application/json",
      "application/json",
      null,
    ]);
  });

  test("an answer that is not JSON is bad output", async () => {
    const { client } = clientOf(() => new Response("<h1>"));
    expect(await client.local().catch((error) => error)).toMatchObject({ type: "bad_output" });
  });
});

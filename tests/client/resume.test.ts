import { describe, expect, test } from "bun:test";
import { createClient, NashError } from "../../src/client/index.ts";
import { type Asked, clientOf, REQUEST, SESSION, streamOf } from "./stand-in.ts";

/** A client whose connections break: it goes on behind the last whole event by itself (docs/protocol.md 11). */

const EVENTS = [
  { session_id: SESSION },
  { content: "one " },
  { content: "two " },
  { content: "three" },
  { session_id: SESSION },
].map((line) => JSON.stringify(line));
const WHOLE = [...EVENTS, "[DONE]"].map((data, i) => `data: ${data}\nid: ${i + 1}\n\n`);
const ID = "0123456789abcdef0123456789abcdef";

/** A server that holds one answer, and breaks off each connection as it is told. */
function holding(cuts: readonly number[], refuse?: (asked: Asked, tries: number) => Response | undefined) {
  let tries = 0;
  return clientOf((asked) => {
    if (asked.method === "DELETE") return Response.json({ stopped: true });
    const refusal = refuse?.(asked, tries);
    if (refusal !== undefined) {
      tries++;
      return refusal;
    }
    const behind = Number(asked.headers.get("last-event-id") ?? 0);
    const rest = WHOLE.slice(behind).join("");
    const response = streamOf(rest.slice(0, cuts[tries++] ?? rest.length));
    response.headers.set("x-answer-id", ID);
    return response;
  });
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

describe("a connection that breaks", () => {
  const length = WHOLE.join("").length;
  const cuts = Array.from({ length }, (_, i) => i);

  test("at any byte: no word is missing, and none is there twice", async () => {
    for (const cut of cuts) {
      const { client, asked } = holding([cut]);
      expect(await textOf(client.chat(REQUEST))).toBe("one two three");
      expect(asked.map(({ method }) => method)).toEqual(["POST", "GET"]);
      expect(asked[1]?.url).toBe(`http://nash.test/v1/answers/${ID}`);
    }
  });

  test("again and again", async () => {
    const { client } = holding([100, 30, 60, 10]);
    expect(await textOf(client.chat(REQUEST))).toBe("one two three");
  });

  test("while the server cannot be reached for a moment", async () => {
    let refused = 0;
    const { client } = holding([100], ({ method }) => {
      if (method === "GET" && refused++ < 2) throw new TypeError("fetch failed");
      return undefined;
    });
    expect(await textOf(client.chat(REQUEST))).toBe("one two three");
    expect(refused).toBe(3);
  });
});

test("an answer that is held no longer is a failure, with the text that came", async () => {
  const gone = { error: { type: "not_found", message: "gone", retryable: false } };
  const { client } = holding([140], ({ method }) =>
    method === "GET" ? Response.json(gone, { status: 404 }) : undefined,
  );
  const error: unknown = await textOf(client.chat(REQUEST)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NashError);
  expect(error).toMatchObject({ type: "not_found" });
});

test("who leaves the loop stops the answer", async () => {
  const { client, asked } = holding([]);
  for await (const _ of client.chat(REQUEST)) break;
  expect(asked.map(({ method, url }) => `${method} ${url}`).at(-1)).toBe(
    `DELETE http://nash.test/v1/answers/${ID}`,
  );
});

test("who aborts stops the answer", async () => {
  const { client, asked } = holding([]);
  const leaving = new AbortController();
  const read = async () => {
    for await (const _ of client.chat(REQUEST, { signal: leaving.signal })) leaving.abort("enough");
  };
  expect(await read().catch((reason: unknown) => reason)).toBe("enough");
  expect(asked.at(-1)?.method).toBe("DELETE");
});

test("where the server can hold no more, the answer is asked for without it", async () => {
  const full = {
    error: { type: "overloaded", message: "full", param: "stream_options.resumable", retryable: true },
  };
  const { client, asked } = holding([], ({ body }) =>
    (body["stream_options"] as { resumable?: boolean }).resumable === true
      ? Response.json(full, { status: 503 })
      : undefined,
  );
  expect(await textOf(client.chat({ ...REQUEST, stream_options: { include_usage: true } }))).toBe(
    "one two three",
  );
  expect(asked.map(({ body }) => body["stream_options"])).toEqual([
    { include_usage: true, resumable: true },
    { include_usage: true },
  ]);
});

test("who does not want it does not get it", async () => {
  const { client, asked } = holding([100]);
  const request = { ...REQUEST, stream_options: { resumable: false } };
  expect(await textOf(client.chat(request)).catch((error: NashError) => error.type)).toBe("incomplete");
  expect(asked).toHaveLength(1);
});

test("a server whose connections are broken by somebody in between: every token once", async () => {
  const { startProgram } = await import("../support/program.ts");
  await using program = await startProgram({ args: ["--no-detect"] });
  let broken = 0;
  const client = createClient({
    baseUrl: program.url,
    fetch: async (url, init) => {
      const response = await globalThis.fetch(url, init);
      if (init.method === "DELETE" || broken >= 5 || response.body === null) return response;
      broken++;
      let left = 300;
      const cut = new TransformStream<Uint8Array, Uint8Array>({
        transform(bytes, controller) {
          controller.enqueue(bytes.subarray(0, left));
          left -= bytes.length;
          if (left <= 0) controller.error(new TypeError("broken"));
        },
      });
      return new Response(response.body.pipeThrough(cut), response);
    },
  });
  const answer = client.chat({
    model: "demo-numbered-60-200",
    api_key: "k",
    api_base_url: "http://demo.invalid/v1",
    messages: [{ role: "user", content: "Hello" }],
    stream_options: { include_receipt: true },
  });
  const text = await textOf(answer);
  expect(broken).toBe(5);
  expect(text.match(/tok-\d+/g)?.map((token) => Number(token.slice(4)))).toEqual(
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  expect(answer.receipt).toMatchObject({ complete: true, finish_reason: "stop" });
});

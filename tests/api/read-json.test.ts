import { describe, expect, test } from "bun:test";
import { depthOf, readJson } from "../../src/api/read-json.ts";
import { ChatError, type Failure } from "../../src/core/failure.ts";

const LIMITS = { maxBytes: 1000, maxDepth: 4, timeoutMs: 60_000 };

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", { method: "POST", body, headers });
}

async function failureOf(request: Request): Promise<Failure> {
  try {
    await readJson(request, LIMITS);
  } catch (error) {
    if (error instanceof ChatError) return error.failure;
    throw error;
  }
  throw new Error("it was read");
}

/** A body that comes in the given pieces, without a length. */
function inPieces(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const queue = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const piece = queue.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
}

describe("readJson", () => {
  test("reads JSON whole and in pieces, a split character included", async () => {
    const text = '{"a":"grüße 🎈"}';
    expect(await readJson(post(text), LIMITS)).toEqual({ a: "grüße 🎈" });
    const bytes = new TextEncoder().encode(text);
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await readJson(post(inPieces(pieces)), LIMITS)).toEqual({ a: "grüße 🎈" });
  });

  test("takes a byte-order mark for what it is", async () => {
    expect(await readJson(post('\uFEFF{"a":1}'), LIMITS)).toEqual({ a: 1 });
  });

  test.each([
    ["broken JSON", '{"a":', "invalid_request", 400],
    ["an empty body", "", "invalid_request", 400],
    ["too deep", '{"a":[[[[1]]]]}', "invalid_request", 400],
    ["too large by its length", `"${"x".repeat(1000)}"`, "too_large", undefined],
  ])("refuses %s", async (_, body, type, status) => {
    const failure = await failureOf(post(body));
    expect(failure.type).toBe(type as Failure["type"]);
    expect(failure.status).toBe(status as number);
  });

  test("refuses what is not UTF-8", async () => {
    expect((await failureOf(post(Uint8Array.of(0x22, 0xff, 0x22)))).message).toContain("UTF-8");
  });

  test("stops reading a body without a length once it is too large", async () => {
    const piece = new Uint8Array(300);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(piece);
      },
    });
    expect((await failureOf(post(endless))).type).toBe("too_large");
    expect(pulled).toBeLessThan(10);
  });

  test("gives up on a body that does not come", async () => {
    const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
    const request = post(never);
    const promise = readJson(request, { ...LIMITS, timeoutMs: 5 });
    const failure = await promise.then(
      () => undefined,
      (error: unknown) => (error instanceof ChatError ? error.failure : undefined),
    );
    expect(failure).toMatchObject({ type: "timeout", status: 408 });
  });
});

describe("depthOf", () => {
  test.each([
    ["1", 0],
    ["[]", 1],
    ['{"a":[{"b":[]}]}', 4],
    ['"[[[["', 0],
    ['"\\"[["', 0],
    ['"\\\\",[[]]', 2],
    ['["', 1],
  ])("of %s is %d", (json, depth) => {
    expect(depthOf(json, 64)).toBe(depth);
  });

  test("looks no further than enough", () => {
    expect(depthOf("[".repeat(100_000), 64)).toBe(65);
  });
});

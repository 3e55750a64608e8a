import { expect, test } from "bun:test";
import { ChatError } from "../../src/core/failure.ts";
import { Running, STOPPING } from "../../src/server/running.ts";

function request(signal?: AbortSignal): Request {
  return new Request("http://localhost/", signal === undefined ? {} : { signal });
}

function refusalOf(running: Running): unknown {
  try {
    running.admit(request());
  } catch (error) {
    return error instanceof ChatError ? error.failure.type : error;
  }
  return undefined;
}

test("takes no more than it holds, and again once one has ended", () => {
  const running = new Running(2);
  const first = running.admit(request());
  running.admit(request());
  expect(running.full).toBe(true);
  expect(refusalOf(running)).toBe("overloaded");
  first.release();
  expect(running.size).toBe(1);
  expect(refusalOf(running)).toBeUndefined();
});

test("a client that leaves aborts its answer and no other", () => {
  const running = new Running(2);
  const client = new AbortController();
  const leaving = running.admit(request(client.signal));
  const staying = running.admit(request());
  client.abort();
  expect(leaving.signal.aborted).toBe(true);
  expect(staying.signal.aborted).toBe(false);
});

test("a client that has left already is noticed", () => {
  expect(new Running(1).admit(request(AbortSignal.abort())).signal.aborted).toBe(true);
});

test("stopping waits for the last, and admits none", async () => {
  const running = new Running(2);
  const admission = running.admit(request());
  const stopped = running.stop(60_000);
  expect(running.stopping).toBe(true);
  expect(refusalOf(running)).toBe("overloaded");
  admission.release();
  await stopped;
});

test("after the grace, what still runs ends with an error", async () => {
  const running = new Running(1);
  const admission = running.admit(request());
  admission.signal.addEventListener("abort", () => admission.release());
  await running.stop(1);
  expect(admission.signal.reason).toBeInstanceOf(ChatError);
  expect((admission.signal.reason as ChatError).failure).toEqual(STOPPING);
});

test("an empty server stops at once", async () => {
  await new Running(1).stop(60_000);
});

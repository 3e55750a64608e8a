import { expect, test } from "bun:test";
import { ChatError } from "../../src/core/failure.ts";
import { ConcurrencyLimiter, STOPPING } from "../../src/server/concurrency-limiter.ts";

function refusalOf(limiter: ConcurrencyLimiter): unknown {
  try {
    limiter.acquire();
  } catch (error) {
    return error instanceof ChatError ? error.failure.type : error;
  }
  return undefined;
}

test("takes no more than it holds, and again once one has ended", () => {
  const limiter = new ConcurrencyLimiter(2);
  const first = limiter.acquire();
  limiter.acquire();
  expect(limiter.full).toBe(true);
  expect(refusalOf(limiter)).toBe("overloaded");
  first.release();
  expect(limiter.size).toBe(1);
  expect(refusalOf(limiter)).toBeUndefined();
});

test("a client that leaves aborts its answer and no other", () => {
  const limiter = new ConcurrencyLimiter(2);
  const client = new AbortController();
  const leaving = limiter.acquire(client.signal);
  const staying = limiter.acquire();
  client.abort();
  expect(leaving.signal.aborted).toBe(true);
  expect(staying.signal.aborted).toBe(false);
});

test("a client that has left already is noticed", () => {
  expect(new ConcurrencyLimiter(1).acquire(AbortSignal.abort()).signal.aborted).toBe(true);
});

test("stopping waits for the last, and admits none", async () => {
  const limiter = new ConcurrencyLimiter(2);
  const admission = limiter.acquire();
  const stopped = limiter.stop(60_000);
  expect(limiter.stopping).toBe(true);
  expect(refusalOf(limiter)).toBe("overloaded");
  admission.release();
  await stopped;
});

test("after the grace, what still runs ends with an error", async () => {
  const limiter = new ConcurrencyLimiter(1);
  const admission = limiter.acquire();
  admission.signal.addEventListener("abort", () => admission.release());
  await limiter.stop(1);
  expect(admission.signal.reason).toBeInstanceOf(ChatError);
  expect((admission.signal.reason as ChatError).failure).toEqual(STOPPING);
});

test("an empty server stops at once", async () => {
  await new ConcurrencyLimiter(1).stop(60_000);
});

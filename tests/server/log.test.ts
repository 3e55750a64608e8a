import { expect, test } from "bun:test";
import { gathered, readable, stackOf } from "../../src/server/log.ts";

/** A sink that counts how often it is flushed. */
function countingSink() {
  const flushed = Promise.withResolvers<void>();
  const sink = {
    lines: [] as string[],
    flushes: 0,
    flushed: flushed.promise,
    write(line: string) {
      sink.lines.push(line);
    },
    flush() {
      sink.flushes++;
      flushed.resolve();
    },
  };
  return sink;
}

test("lines that come close together are written together", async () => {
  const sink = countingSink();
  const log = gathered(sink, 1);
  for (let i = 0; i < 100; i++) log.write(`${i}\n`);
  expect(sink.flushes).toBe(0);
  await sink.flushed;
  expect(sink.flushes).toBe(1);
  expect(sink.lines.length).toBe(100);
});

test("a line that comes later is written too", async () => {
  const first = countingSink();
  const log = gathered(first, 1);
  log.write("early\n");
  await first.flushed;
  const again = Promise.withResolvers<void>();
  first.flush = () => again.resolve();
  log.write("late\n");
  await again.promise;
  expect(first.lines).toEqual(["early\n", "late\n"]);
});

test("on a terminal, what a client wrote can neither be obeyed nor begin a line", () => {
  const lines: string[] = [];
  const terminal = readable({ write: (line) => void lines.push(line) });
  const model = "x\u001b[2J\u009b31m\r\n12:00:00 POST /forged 200\u202e";
  terminal.write(
    JSON.stringify({ time: "2026-01-01T12:34:56.789Z", level: 30, method: "POST", model, total_ms: 7 }),
  );
  expect(lines).toEqual([
    `12:34:56 POST x\ufffd[2J\ufffd31m\ufffd\ufffd12:00:00 POST /forged 200\ufffd total_ms=7\n`,
  ]);
});

test("of an error's stack the message is left out, whatever its lines look like", () => {
  const stack = stackOf(new TypeError("no JSON:\n    at sk-secret-key (a:1:2)\n"));
  expect(stack).toStartWith("TypeError\n");
  expect(stack).toContain("log.test.ts");
  expect(stack).not.toContain("sk-secret-key");
});

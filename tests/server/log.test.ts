import { expect, test } from "bun:test";
import { gathered } from "../../src/server/log.ts";

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

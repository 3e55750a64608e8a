import { expect, test } from "bun:test";
import fc from "fast-check";
import { IncomingBody } from "../../src/upstream/incoming.ts";

const MOST = 64 * 1024;

/** A body whose bytes are given by hand, and what it does to the connection they come from. */
function incoming() {
  const done: unknown[] = [];
  const body = new IncomingBody({
    pause: () => done.push("pause"),
    resume: () => done.push("resume"),
    fail(error) {
      done.push(error);
      body.fail(error);
    },
  });
  return { body, done };
}

/** Bytes that are all different for a while, so that none can be lost, doubled or moved unseen. */
function numbered(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (start + i) % 251);
}

async function wordOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

test("whatever comes in one go, and however it is read, all of it is read in order and no more at once than fits", async () => {
  const goes = fc.array(fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 4 }), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(goes, fc.boolean(), fc.boolean(), async (sizes, waits, ends) => {
      const { body, done } = incoming();
      const read: Uint8Array[] = [];
      let sent = 0;
      for (const go of sizes) {
        const waiting = waits ? body.read() : undefined;
        for (const size of go) {
          body.receive(numbered(sent, size));
          sent += size;
        }
        body.flush();
        if (waiting !== undefined) read.push((await waiting) ?? new Uint8Array());
      }
      if (ends) body.end();
      else body.fail("cut");
      let last = await wordOf(body.read());
      for (; last instanceof Uint8Array; last = await wordOf(body.read())) read.push(last);
      expect(last).toBe(ends ? undefined : "cut");
      expect(read.every(({ length }) => length > 0 && length <= MOST)).toBe(true);
      expect(Buffer.concat(read).equals(numbered(0, sent))).toBe(true);
      expect(done.filter((word) => word === "pause").length).toBe(
        done.filter((word) => word === "resume").length,
      );
    }),
    { numRuns: 60 },
  );
});

test("the connection is paused while too much waits to be read, and no longer", async () => {
  const { body, done } = incoming();
  body.receive(numbered(0, MOST - 1));
  body.flush();
  expect(done).toEqual([]);
  body.receive(numbered(0, MOST));
  body.flush();
  expect(done).toEqual(["pause"]);
  await body.read();
  expect(done).toEqual(["pause", "resume"]);
});

test("who gives it up has the connection closed, unless it has ended or failed", async () => {
  const open = incoming();
  open.body.cancel("enough");
  open.body.cancel("more than enough");
  expect(open.done).toEqual(["enough"]);
  expect(await wordOf(open.body.read())).toBe("enough");

  const over = incoming();
  over.body.end();
  over.body.cancel("enough");
  expect(over.done).toEqual([]);
  expect(over.body.isOver).toBe(true);
});

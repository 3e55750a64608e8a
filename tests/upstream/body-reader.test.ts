import { expect, test } from "bun:test";
import fc from "fast-check";
import { BodyReader } from "../../src/upstream/body-reader.ts";

const SLICE = 64 * 1024;
const MAX_BUFFERED = 256 * 1024;

/** A body whose chunks are given by hand. */
function given() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
      },
      pull() {
        pulls++;
      },
    },
    { highWaterMark: 0 },
  );
  return {
    reader: new BodyReader(body),
    push: (bytes: Uint8Array) => controller?.enqueue(bytes),
    end: () => controller?.close(),
    fail: (error: unknown) => controller?.error(error),
    get pulls() {
      return pulls;
    },
  };
}

/** Bytes that are all different for a while, so that none can be lost, doubled or moved unseen. */
function numbered(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (start + i) % 251);
}

const settle = () => Bun.sleep(0);

test("whatever comes, and however it is read, all of it is read in order and no more at once than a slice", async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.boolean(), fc.boolean(), async (chunks, waits, ends) => {
      const { reader, push, end, fail } = given();
      const read: Uint8Array[] = [];
      let sent = 0;
      for (const size of chunks) {
        const waiting = waits && size > 0 ? reader.read() : undefined;
        push(numbered(sent, size));
        sent += size;
        if (waiting !== undefined) read.push((await waiting) ?? new Uint8Array());
        await settle();
      }
      if (ends) end();
      else if (sent - read.reduce((sum, { length }) => sum + length, 0) < MAX_BUFFERED) fail("cut");
      else return;
      let last: unknown = await reader.read().catch((error: unknown) => error);
      for (; last instanceof Uint8Array; last = await reader.read().catch((error: unknown) => error))
        read.push(last);
      expect(last).toBe(ends ? undefined : "cut");
      expect(read.every(({ length }) => length > 0 && length <= SLICE)).toBe(true);
      expect(Buffer.concat(read).equals(numbered(0, sent))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("a read is always in flight, until so much waits that the provider has to", async () => {
  const body = given();
  await settle();
  expect(body.pulls).toBe(1);
  for (let i = 0; i < 4; i++) {
    body.push(numbered(0, SLICE));
    await settle();
  }
  // Four slices are all that is held: the fifth is not asked for until one has been read.
  expect(body.pulls).toBe(4);
  await body.reader.read();
  await settle();
  expect(body.pulls).toBe(5);
});

test("what was given back is read again first, and a body is done once all is read", async () => {
  const body = given();
  body.push(new Uint8Array([1, 2]));
  body.end();
  const bytes = await body.reader.read();
  body.reader.unread(bytes ?? new Uint8Array());
  expect(body.reader.isDone).toBe(false);
  expect(await body.reader.read()).toEqual(new Uint8Array([1, 2]));
  await settle();
  expect(body.reader.isDone).toBe(true);
  expect(await body.reader.read()).toBe(undefined);
  expect(await new BodyReader(null).read()).toBe(undefined);
});

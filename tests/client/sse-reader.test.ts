import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createFrameReader } from "../../src/client/sse-reader.ts";

function framesOf(text: string, cuts: readonly number[] = []): string[] {
  const read = createFrameReader();
  const frames: string[] = [];
  let from = 0;
  for (const cut of cuts.toSorted((a, b) => a - b)) {
    if (cut <= from) continue;
    frames.push(...read(text.slice(from, cut)).map(([data]) => data));
    from = cut;
  }
  return [...frames, ...read(text.slice(from)).map(([data]) => data)];
}

describe("frames of a stream", () => {
  test.each([
    ["data: a\n\ndata: b\n\n", ["a", "b"]],
    ["data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["data: a\r\rdata: b\r\rx", ["a", "b"]],
    ["data:a\n\n", ["a"]],
    ["data:  a\n\n", [" a"]],
    ["data: a\ndata: b\n\n", ["a\nb"]],
    [": keep-alive\n\ndata: a\n\n", ["a"]],
    ["event: x\nid: 1\nretry: 5\ndata: a\n\n", ["a"]],
    ["\n\n\ndata: a\n\n", ["a"]],
    ["data: never closed\n", []],
    ["data: cut", []],
    ["data\n\ndatabase: x\n\n", []],
  ])("%j", (text, frames) => {
    expect(framesOf(text)).toEqual(frames);
  });

  test("are the same in whatever pieces they come, whatever their line ends", () => {
    const line = fc.constantFrom("data: a", 'data: {"content":"é"}', ": comment", "", "", "event: x");
    const end = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(fc.array(line), end, fc.array(fc.nat(200)), (lines, lineEnd, cuts) => {
        const text = lines.map((each) => each + lineEnd).join("");
        // Without a character after it, a CR at the very end may be half of a line end.
        expect(framesOf(`${text}:`, cuts)).toEqual(framesOf(`${text}:`.replaceAll(/\r\n?/g, "\n")));
      }),
      { numRuns: 500 },
    );
  });
});

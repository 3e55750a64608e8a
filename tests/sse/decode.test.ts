import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SseDecoder, type SseMessage, SseTooLongError } from "../../src/sse/decode.ts";
import { interpret } from "./spec.ts";

const utf8 = new TextEncoder();

function decode(
  stream: string | Uint8Array,
  sizes: readonly number[] = [],
  maxLength = 10_000,
): SseMessage[] {
  const bytes = typeof stream === "string" ? utf8.encode(stream) : stream;
  const decoder = new SseDecoder(maxLength);
  const messages: SseMessage[] = [];
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    messages.push(...decoder.feed(bytes.subarray(start, start + size)));
    start += size;
  }
  return [...messages, ...decoder.flush()];
}

describe("by the specification", () => {
  test.each<[string, string, SseMessage[]]>([
    ["LF", "data: a\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
    ["CR", "data: a\r\rdata: b\r\r", [{ data: "a" }, { data: "b" }]],
    ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", [{ data: "a" }, { data: "b" }]],
    ["mixed line ends", "data: a\r\n\ndata: b\r\r\n", [{ data: "a" }, { data: "b" }]],
    ["a byte-order mark at the start", "\ufeffdata: a\n\n", [{ data: "a" }]],
    ["two byte-order marks", "\ufeff\ufeffdata: b\n\ndata: a\n\n", [{ data: "a" }]],
    ["a byte-order mark later", "data: \ufeffa\n\n\ufeffdata: b\n\n", [{ data: "\ufeffa" }]],
    ["no space after the colon", "data:a\n\n", [{ data: "a" }]],
    ["one space goes, others stay", "data:  a \n\n", [{ data: " a " }]],
    ["several data lines", "data: a\ndata\ndata: b\n\n", [{ data: "a\n\nb" }]],
    ["an empty data line", "data:\n\n", [{ data: "" }]],
    ["comments", ": hello\n\n:\ndata: a\n: there\n\n", [{ data: "a" }]],
    ["an event name", "event: x\ndata: a\n\ndata: b\n\n", [{ event: "x", data: "a" }, { data: "b" }]],
    ["data before the name", "data: a\nevent: x\n\n", [{ event: "x", data: "a" }]],
    ["a name without data", "event: x\n\ndata: a\n\n", [{ data: "a" }]],
    ["id and retry", "id: 7\nretry: 9\ndata: a\n\n", [{ data: "a" }]],
    ["unknown fields, and names in other letters", "Data: b\nfoo: c\ndata: a\n\n", [{ data: "a" }]],
    ["a field called errors", "errors: b\ndata: a\n\n", [{ data: "a" }]],
    ["blank lines", "\n\n\r\r\n\ndata: a\n\n\n\n", [{ data: "a" }]],
  ])("%s", (_name, stream, messages) => {
    expect(decode(stream)).toEqual(messages);
    expect(decode(stream, Array(stream.length * 3).fill(1))).toEqual(messages);
  });

  test("any stream that ends with a blank line, in any pieces", () => {
    const token = fc.oneof(
      fc.constantFrom(
        "data:",
        "data: ",
        "event:",
        "id: ",
        ":",
        " ",
        "x",
        "é",
        "🦔",
        "\u2028",
        "\0",
        "[DONE]",
      ),
      fc.constantFrom("\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\ufeff"),
    );
    const stream = fc.array(token, { maxLength: 60 }).map((tokens) => `${tokens.join("")}\n\n`);
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 80 }), (text, sizes) => {
        expect(decode(text, sizes)).toEqual(interpret(text));
      }),
      { numRuns: 500 },
    );
  });

  test("what is not UTF-8 is replaced, and characters cut in two are not", () => {
    const bytes = Uint8Array.from([...utf8.encode("data: "), 0xff, ...utf8.encode("🦔\n\n")]);
    for (let size = 1; size < bytes.length; size++) {
      expect(decode(bytes, [size])).toEqual([{ data: "\ufffd🦔" }]);
    }
  });
});

describe("beyond the specification", () => {
  test.each<[string, string, SseMessage[]]>([
    ["no blank line", "data: a\n\ndata: b\n", [{ data: "a" }, { data: "b", unterminated: true }]],
    ["no line end", "event: x\ndata: a", [{ event: "x", data: "a", unterminated: true }]],
    ["a character cut in two", "data: ", [{ data: "\ufffd", unterminated: true }]],
  ])("an event at the end with %s is given", (name, stream, messages) => {
    const cut = name.startsWith("a character")
      ? [...utf8.encode(stream), 0xf0, 0x9f]
      : [...utf8.encode(stream)];
    expect(decode(Uint8Array.from(cut))).toEqual(messages);
  });

  test("nothing is given for an end between events", () => {
    expect(decode("data: a\n\n: bye")).toEqual([{ data: "a" }]);
    expect(decode("")).toEqual([]);
  });

  test("a field called error is an event of that name, wherever the network cuts it", () => {
    const stream = 'data: a\n\nerror: {"code":500}\n\n';
    for (let size = 0; size <= stream.length; size++) {
      expect(decode(stream, [size])).toEqual([{ data: "a" }, { event: "error", data: '{"code":500}' }]);
    }
  });
});

describe("what is too long", () => {
  const long = "x".repeat(101);

  test.each([
    ["a line that does not end", `data: ${long}`],
    ["a line that came whole", `data: ${long}\n\n`],
    ["an event of many lines", `data: ${"x".repeat(40)}\n`.repeat(3)],
    ["a comment", `: ${long}`],
  ])("%s ends the stream", (_name, stream) => {
    for (const sizes of [[], Array(200).fill(1)]) {
      expect(() => decode(stream, sizes, 100)).toThrow(SseTooLongError);
    }
  });

  test("any number of short ones does not", () => {
    expect(decode(`data: ${"x".repeat(90)}\n\n`.repeat(50), [], 100)).toHaveLength(50);
  });

  test("what came before it in the same piece is given first", () => {
    const decoder = new SseDecoder(100);
    expect(decoder.feed(utf8.encode(`data: a\n\ndata: ${long}`))).toEqual([{ data: "a" }]);
    expect(() => decoder.feed(utf8.encode("y"))).toThrow(SseTooLongError);
    expect(() => decoder.flush()).toThrow(SseTooLongError);
  });
});

describe("events of some MiB", () => {
  const LIMIT = 16 * 1024 * 1024;
  const bytes = (text: string) => new TextEncoder().encode(text);

  function read(decoder: SseDecoder, pieces: Iterable<string>): number[] {
    const lengths: number[] = [];
    for (const piece of pieces) lengths.push(...decoder.feed(bytes(piece)).map(({ data }) => data.length));
    return lengths;
  }

  function* streamOf(event: number, piece = 65_536): Generator<string> {
    yield "data: before\n\ndata: ";
    for (let left = event; left > 0; left -= piece) yield "A".repeat(Math.min(left, piece));
    yield "\n\ndata: behind\n\n";
  }

  test.each([1.5, 4, 15])("one of %d MiB does not end the answer", (mebibytes) => {
    const length = mebibytes * 1024 * 1024;
    expect(read(new SseDecoder(LIMIT), streamOf(length))).toEqual([6, length, 6]);
  });

  test("one in lines of their own neither", () => {
    const line = `data: ${"A".repeat(1023)}\n`;
    const lines = 4096;
    const pieces = [...Array.from({ length: lines }, () => line), "\ndata: behind\n\n"];
    expect(read(new SseDecoder(LIMIT), pieces)).toEqual([lines * 1024 - 1, 6]);
  });

  test.each<[string, string, string]>([
    ["a line", "data: ", "A".repeat(65_536)],
    ["an event of many lines", "", `data: ${"A".repeat(65_529)}\n`],
    ["a comment", ": ", "A".repeat(65_536)],
    ["a field that nobody knows", "", "A".repeat(65_536)],
  ])("%s without an end is cut off, and little more than the limit was kept", (_name, start, piece) => {
    const decoder = new SseDecoder(LIMIT);
    decoder.feed(bytes(start));
    let fed = 0;
    expect(() => {
      for (; fed < 4 * LIMIT; fed += piece.length) decoder.feed(bytes(piece));
    }).toThrow(SseTooLongError);
    expect(fed).toBeLessThanOrEqual(LIMIT + 2 * 65_536);
  });
});

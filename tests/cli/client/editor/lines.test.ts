import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { FoldedText } from "../../../../src/cli/client/editor/folded-text.ts";
import { History } from "../../../../src/cli/client/editor/input-history.ts";
import { MessageLines } from "../../../../src/cli/client/editor/multiline-message.ts";
import { readPipe } from "../../../../src/cli/client/read-pipe.ts";
import { newHome } from "../../../support/client-process.ts";

describe("a message of several lines", () => {
  const messageOf = (...lines: string[]) => {
    const message = new MessageLines();
    return lines.map((line) => message.add(line)).filter(({ type }) => type === "message");
  };

  test.each([
    [["plain"], "plain"],
    [['"""one', 'two"""'], "one\ntwo"],
    [['"""', "one", "", "two", '"""'], "one\n\ntwo"],
    [['"""all on one line"""'], "all on one line"],
    [["one\\", "two\\", "three"], "one\ntwo\nthree"],
    [['say """ hello'], 'say """ hello'],
  ])("%p", (lines, text) => {
    expect(messageOf(...lines)).toEqual([{ type: "message", text }]);
  });

  test("can be dropped half way", () => {
    const message = new MessageLines();
    message.add('"""one');
    expect(message.isOpen).toBe(true);
    message.drop();
    expect(message.isOpen).toBe(false);
    expect(message.add("two")).toEqual({ type: "message", text: "two" });
  });
});

describe("folded texts", () => {
  test("unfold to what they were, whatever stands around them", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (texts) => {
        const folded = new FoldedText();
        const line = texts.map((text) => folded.fold(`${text}\n$&`)).join(" and ");
        expect(line).not.toContain("\n");
        expect(folded.unfold(line)).toBe(texts.map((text) => `${text}\n$&`).join(" and "));
      }),
    );
  });

  test("two texts that begin alike have signs of their own", () => {
    const folded = new FoldedText();
    const beginning = "the same beginning of more than thirty characters";
    const [one, two] = [folded.fold(`${beginning}\n1`), folded.fold(`${beginning}\n2`)];
    expect(one).not.toBe(two);
    expect(folded.fold(`${beginning}\n1`)).toBe(one);
    expect(folded.unfold(`${two} ${one}`)).toBe(`${beginning}\n2 ${beginning}\n1`);
  });
});

describe("history", () => {
  test("is kept for the next time, the newest first, several lines and all", () => {
    using home = newHome();
    const path = join(home.path, "state/history");
    const first = new History(path);
    for (const entry of ["one", "two\nlines", "two\nlines", " secret", ""]) first.add(entry);
    expect(first.entries).toEqual(["two\nlines", "one"]);
    expect(new History(path).entries).toEqual(["two\nlines", "one"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).not.toContain("secret");
  });

  test("does not grow for ever, and a broken line is passed over", () => {
    using home = newHome();
    const path = join(home.path, "history");
    mkdirSync(dirname(path), { recursive: true });
    const lines = Array.from({ length: 2_500 }, (_, i) => JSON.stringify(`entry ${i}`));
    writeFileSync(path, `${lines.join("\n")}\n{broken\n`);
    expect(new History(path).entries).toHaveLength(999);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(1_001);
  });
});

describe("a pipe", () => {
  const never = () => new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
  const of = (...chunks: Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });

  test("is read to its end, characters cut in two and all", async () => {
    const bytes = new TextEncoder().encode("héllo");
    expect(await readPipe(of(bytes.slice(0, 2), bytes.slice(2)))).toEqual({ text: "héllo", gaveUp: false });
  });

  test("that never says anything is given up where a wait is set", async () => {
    expect(await readPipe(never(), 1)).toEqual({ text: "", gaveUp: true });
  });
});

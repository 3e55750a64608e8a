import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createPasteFilter, type Keys } from "../../../../src/cli/client/editor/paste-filter.ts";

const BEGIN = "\u001b[200~";
const END = "\u001b[201~";

function filtered(...pieces: string[]): Keys[] {
  const filter = createPasteFilter();
  return pieces.flatMap((piece) => filter(piece));
}

/** What the keys say together, and the pastes one by one. */
function summary(found: readonly Keys[]) {
  return {
    typed: found
      .filter(({ type }) => type === "keys")
      .map(({ text }) => text)
      .join(""),
    pasted: found.filter(({ type }) => type === "paste").map(({ text }) => text),
  };
}

describe("bracketed paste", () => {
  test("parts what was pasted from what was typed", () => {
    expect(filtered(`a${BEGIN}one\rtwo\r\nthree${END}b`)).toEqual([
      { type: "keys", text: "a" },
      { type: "paste", text: "one\ntwo\nthree" },
      { type: "keys", text: "b" },
    ]);
  });

  test("keys are cut after Enter, and around Ctrl-C and Ctrl-Z", () => {
    expect(filtered("one\rtwo\n\u0003th\u001aree").map(({ text }) => text)).toEqual([
      "one\r",
      "two\n",
      "\u0003",
      "th",
      "\u001a",
      "ree",
    ]);
  });

  test("Escape alone, and the arrows, go through at once", () => {
    expect(filtered("\u001b")).toEqual([{ type: "keys", text: "\u001b" }]);
    expect(filtered("\u001b[A")).toEqual([{ type: "keys", text: "\u001b[A" }]);
  });

  test("what is pasted may hold anything, Ctrl-C too", () => {
    expect(summary(filtered(`${BEGIN}a\u0003b\u001b[Ac${END}`)).pasted).toEqual(["a\u0003b\u001b[Ac"]);
  });

  test("is the same in whatever pieces it comes, an Escape with its bracket", () => {
    const part = fc.oneof(
      fc.stringMatching(/^[a-z\r]{0,5}$/),
      fc.stringMatching(/^[a-z\n]{0,8}$/).map((text) => BEGIN + text + END),
      fc.constantFrom("\u001b[A", "\u0003"),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(80), { maxLength: 8 }), (parts, cuts) => {
        const text = parts.join("");
        const pieces: string[] = [];
        let from = 0;
        for (const cut of cuts.toSorted((a, b) => a - b)) {
          if (text[cut - 1] === "\u001b" || cut <= from) continue;
          pieces.push(text.slice(from, cut));
          from = cut;
        }
        expect(summary(filtered(...pieces, text.slice(from)))).toEqual(summary(filtered(text)));
      }),
      { numRuns: 500 },
    );
  });
});

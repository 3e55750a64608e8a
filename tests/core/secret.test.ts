import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { redact, Secret } from "../../src/core/secret.ts";

const KEY = "sk-hedgehog-0123456789";

describe("a secret", () => {
  const secret = new Secret(KEY);

  test.each<[string, string]>([
    ["as text", String(secret)],
    ["in a template", `${secret}`],
    ["as JSON", JSON.stringify({ secret })],
    ["inspected", inspect(secret)],
    ["inspected deep inside", inspect({ a: [{ secret }] }, { showHidden: true, depth: 9 })],
    ["by Bun", Bun.inspect({ secret })],
    ["as entries", JSON.stringify(Object.entries(secret))],
    ["in an error", inspect(new Error("x", { cause: { secret } }))],
  ])("does not show %s", (_name, shown) => {
    expect(shown).not.toContain(KEY);
  });

  test("is given away only when asked", () => {
    expect(secret.reveal()).toBe(KEY);
  });
});

describe("redacting", () => {
  test("cuts a long secret out wherever it stands", () => {
    expect(redact(`x${KEY}y ${KEY}`, [new Secret(KEY)])).toBe("x[redacted]y [redacted]");
  });

  test("cuts a short one out as a word of its own, and leaves other words alone", () => {
    expect(redact("no key: any, anybody, many (any) any", [new Secret("any")])).toBe(
      "no key: [redacted], anybody, many ([redacted]) [redacted]",
    );
  });

  test("takes secrets for what they are, not for patterns", () => {
    expect(redact("a.c abc $& (a.c)", [new Secret("a.c")])).toBe("[redacted] abc $& ([redacted])");
    expect(redact("long.key+with(signs)? longXkey", [new Secret("long.key+with(signs)?")])).toBe(
      "[redacted] longXkey",
    );
  });

  test("knows how JSON, a URL and a page write a secret", () => {
    const secret = new Secret('ab+cd/ef"gh&ij');
    for (const text of ['ab+cd/ef\\"gh&ij', "ab%2Bcd%2Fef%22gh%26ij", "ab+cd/ef&quot;gh&amp;ij"]) {
      expect(redact(`key=${text}!`, [secret])).toBe("key=[redacted]!");
    }
  });

  test("cuts out every one of several", () => {
    expect(redact("one-secret and two-secret", [new Secret("one-secret"), new Secret("two-secret")])).toBe(
      "[redacted] and [redacted]",
    );
  });

  test("changes nothing for an empty one", () => {
    expect(redact("text", [new Secret("")])).toBe("text");
  });

  test("never leaves a long secret standing", () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 8,
      maxLength: 40,
    });
    fc.assert(
      fc.property(printable, fc.array(fc.string()), (key, around) => {
        fc.pre(!"[redacted]".includes(key));
        expect(redact(around.join(key), [new Secret(key)])).not.toContain(key);
      }),
    );
  });
});

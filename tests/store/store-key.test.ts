import { expect, test } from "bun:test";
import { Secret } from "../../src/core/secret.ts";
import { StoreKey } from "../../src/store/store-key.ts";

const key = new StoreKey(new Secret("k".repeat(40)));
const other = new StoreKey(new Secret("K".repeat(40)));

test("what is sealed is read with the same key, under the same name, at the same place", () => {
  const sealed = key.sealerFor("a").seal("a text ü€😀", "0");
  expect(Buffer.from(sealed, "base64").toString()).not.toContain("text");
  expect(key.sealerFor("a").open(sealed, "0").toString()).toBe("a text ü€😀");
  expect(key.sealerFor("a").seal("a text ü€😀", "0")).not.toBe(sealed);
  for (const [sealer, place] of [
    [other.sealerFor("a"), "0"],
    [key.sealerFor("b"), "0"],
    [key.sealerFor("a"), "1"],
  ] as const)
    expect(() => sealer.open(sealed, place)).toThrow();
});

test("what was changed, or cut, is not opened", () => {
  const sealer = key.sealerFor("a");
  const bytes = Buffer.from(sealer.seal("text", "0"), "base64");
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(() => sealer.open(changed.toString("base64"), "0")).toThrow();
    expect(() => sealer.open(bytes.subarray(0, i).toString("base64"), "0")).toThrow();
  }
});

test("names are the same for all who have the key, and for nobody else", () => {
  expect(key.nameOf("answer", "id-1")).toMatch(/^nash-llm:answer:[\w-]{43}$/);
  expect(key.nameOf("answer", "id-1")).toBe(
    new StoreKey(new Secret("k".repeat(40))).nameOf("answer", "id-1"),
  );
  const others = [key.nameOf("answer", "id-2"), key.nameOf("client", "id-1"), other.nameOf("answer", "id-1")];
  expect(others).not.toContain(key.nameOf("answer", "id-1"));
});

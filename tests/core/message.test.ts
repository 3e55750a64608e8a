import { expect, test } from "bun:test";
import { textOf } from "../../src/core/message.ts";

test.each<[string, Parameters<typeof textOf>[0], string]>([
  ["a string", "a", "a"],
  ["nothing", null, ""],
  [
    "parts",
    [
      { type: "text", text: "a" },
      { type: "image_url", image_url: { url: "https://igel.example/a.png" } },
      { type: "text", text: "b" },
    ],
    "ab",
  ],
])("the text of %s", (_name, content, text) => {
  expect(textOf(content)).toBe(text);
});

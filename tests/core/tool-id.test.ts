import { describe, expect, test } from "bun:test";
import { originalToolId, toolId } from "../../src/core/tool-id.ts";

describe("ids of calls on their way to Anthropic's clients and back", () => {
  for (const id of [
    "call_1",
    "functions.Bash:0",
    "fs.readFile-1",
    "",
    "_0x2e_",
    "ä😀/",
    "a_0x",
    "_0x_",
    "x_0x_0x2e_",
  ]) {
    test(JSON.stringify(id), () => {
      expect(toolId(id)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(originalToolId(toolId(id))).toBe(id);
    });
  }
  test("an id of Anthropic's own stays as it is", () => {
    expect(originalToolId("toolu_01A09q90qw90lq917835lq9")).toBe("toolu_01A09q90qw90lq917835lq9");
  });
});

import { describe, expect, test } from "bun:test";
import AxeBuilder from "axe-core";
import type { Page } from "playwright-core";
import { openConnect, say, setStage, useModel } from "./page.ts";

const stage = setStage();

const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 375, height: 667 } };
const LOOKS = (["light", "dark"] as const).flatMap((colorScheme) =>
  (["wide", "phone"] as const).map((size) => ({ colorScheme, size, viewport: SIZES[size] })),
);

/** What axe finds wrong, each with where. */
async function faults(page: Page): Promise<readonly string[]> {
  // As the developer tools would: the page's own policy lets no script in.
  await page.evaluate(AxeBuilder.source);
  const results = await page.evaluate(() => Reflect.get(globalThis, "axe").run());
  return (results.violations as { id: string; nodes: { html: string }[] }[]).flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html}`),
  );
}

/** How much wider the page is than the window. */
function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

const MARKDOWN = `# Heading

Words with **bold**, \`code\` and a [link](https://example.org/).

- [ ] one
- [x] two

$a*b*c$ &amp; 2

\`\`\`ts
const long = "${"a long line of code ".repeat(10)}";
\`\`\`

| Name | Number | Note |
|---|--:|---|
| alpha | 12 | ${"a long cell ".repeat(8)} |

> A quote. ${"unbroken".repeat(30)}`;

describe.each(LOOKS)("$colorScheme, $size", ({ colorScheme, viewport, size }) => {
  const look = { colorScheme, viewport };
  const isPhone = size === "phone";

  test("the first look", async () => {
    await using opened = await stage.open("/", look);
    const { page } = opened;
    await page.getByRole("button", { name: "Choose one" }).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
    expect(await page.locator("#scroll").evaluate((node) => node.scrollTop)).toBe(0);
    // One ring around the composer, and none within it.
    const rings = await page
      .getByRole("textbox", { name: "Message", exact: true })
      .evaluate((node) =>
        [node, node.closest("form")].map((one) => one && getComputedStyle(one).outlineStyle),
      );
    expect(rings).toEqual(["none", "solid"]);
  });

  test("a conversation with Markdown, a failure and a summary", async () => {
    await using opened = await stage.open("/", look);
    const { page } = opened;
    await useModel(page, "demo-echo");
    await say(page, MARKDOWN);
    await useModel(page, "demo-cut");
    await say(page, "Break off");
    expect(await faults(page)).toEqual([]);
    await useModel(page, "demo");
    await page.getByRole("button", { name: "Summarize" }).click();
    await page.getByRole("article", { name: "Summary" }).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
  });

  test("an answer that is being waited for", async () => {
    await using opened = await stage.open("/", look);
    const { page } = opened;
    await useModel(page, "demo-hang-body");
    await page.getByRole("textbox", { name: "Message", exact: true }).fill("Hello!");
    await page.keyboard.press("Enter");
    await page.getByText(/Waiting for the first word, \d s/).waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test("the panels", async () => {
    await using opened = await stage.open("/", look);
    const { page } = opened;
    const sheet = await openConnect(page);
    await sheet.getByRole("button", { name: "Test" }).click();
    await sheet.getByText(/^It works/).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("dialog", { name: "This conversation" }).getByText("Tools", { exact: true }).click();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Use it from your app" }).click();
    await page.getByRole("dialog", { name: "Use it from your app" }).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
  });

  test("the list of conversations", async () => {
    await using opened = await stage.open("/", look);
    const { page } = opened;
    await say(page, "Hello!");
    if (isPhone) {
      await page.getByRole("button", { name: "Conversations", exact: true }).click();
      await page.getByRole("button", { name: "Close" }).waitFor();
    }
    await page.getByRole("navigation").getByRole("button", { name: "Hello!", exact: true }).waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test("the reference", async () => {
    await using opened = await stage.open("/docs", look);
    const { page, complaints } = opened;
    const form = page.getByRole("form", { name: "Try POST /v1/chat/completions/stream" });
    await form.getByRole("button", { name: "Try it" }).click();
    await form.getByText("data: [DONE]").waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
    expect(complaints).toEqual([]);
  });
});

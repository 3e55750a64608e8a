import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  begin,
  ended,
  lastAnswer,
  openConnect,
  read,
  say,
  send,
  setStage,
  stored,
  useModel,
} from "./page.ts";

const stage = setStage();

const KEY = "sk-canary-0123456789";

/** Types an address and a key, and uses them. */
async function connectTo(page: Page, baseUrl: string): Promise<void> {
  const sheet = await openConnect(page);
  await sheet.getByLabel("Base URL").fill(baseUrl);
  await sheet.getByLabel("Key", { exact: true }).fill(KEY);
  await sheet.getByLabel("Model", { exact: true }).fill("demo-echo");
  await sheet.getByRole("button", { name: "Use this" }).click();
}

describe("a reload", () => {
  test("keeps the conversation, the address and the model, and forgets the key", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await connectTo(page, "https://provider.invalid/v1");
    await page.route("**/v1/chat/completions/stream", async (route) => {
      const body = { ...route.request().postDataJSON(), api_base_url: "http://demo.invalid/v1" };
      expect(body.api_key).toBe(KEY);
      await route.continue({ postData: JSON.stringify({ ...body, api_key: "any" }) });
    });
    await say(page, "Remember me");
    const before = await read(lastAnswer(page));
    expect(await stored(page)).toContain("Remember me");
    expect(await stored(page)).not.toContain(KEY);

    await page.reload();
    expect(await read(lastAnswer(page))).toBe(before);
    await page.getByText("DEMO, not an AI").waitFor({ state: "hidden" });
    await page.getByRole("textbox", { name: "Message", exact: true }).fill("And again");
    await send(page).click();
    const sheet = page.getByRole("dialog", { name: "Connect a provider" });
    await sheet.getByText("Enter the key again: it was not kept.").waitFor();
    expect(await sheet.getByLabel("Key", { exact: true }).inputValue()).toBe("");
    expect(await sheet.getByLabel("Base URL").inputValue()).toBe("https://provider.invalid/v1");
    await sheet.getByRole("button", { name: "Close" }).click();
    expect(await page.getByRole("textbox", { name: "Message", exact: true }).inputValue()).toBe("And again");
  });

  test("keeps the key where its user switched that on, in this tab alone", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    const sheet = await openConnect(page);
    await sheet.getByRole("checkbox", { name: /^Remember keys/ }).check();
    await sheet.getByRole("button", { name: "Close" }).click();
    await connectTo(page, "https://provider.invalid/v1");
    await page.reload();
    await openConnect(page);
    expect(await sheet.getByLabel("Key", { exact: true }).inputValue()).toBe(KEY);
    const other = await page.context().newPage();
    await other.goto("/");
    expect(await stored(other)).not.toContain(KEY);
    await sheet.getByRole("checkbox", { name: /^Remember keys/ }).uncheck();
    expect(await stored(page)).not.toContain(KEY);
  });

  test("keeps what was typed and not sent", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    const field = page.getByRole("textbox", { name: "Message", exact: true });
    await field.fill("half a sent");
    await page.reload();
    expect(await field.inputValue()).toBe("half a sent");
    await say(page, "sent");
    await page.reload();
    expect(await field.inputValue()).toBe("");
  });

  test("in the middle of an answer keeps what came", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await useModel(page, "demo-numbered-500-50");
    await begin(page, "Go");
    await lastAnswer(page).getByText("tok-0060").waitFor();
    await page.reload();
    expect(await read(lastAnswer(page))).toMatch(/tok-0001[\s\S]*Stopped here\. What came is kept\./);
    await ended(page);
  });
});

describe("export and import", () => {
  test("carry conversations from one browser to another, without keys", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await connectTo(page, stage.program().url.replace(/:\d+$/, ":1/v1"));
    await useModel(page, "demo-echo");
    await openConnect(page);
    await page.getByRole("button", { name: /^Demo/ }).click();
    await page.getByLabel("Model", { exact: true }).fill("demo-echo");
    await page.getByRole("button", { name: "Use this" }).click();
    await say(page, "Take me with you");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^nash-llm-\d{4}-\d\d-\d\d\.json$/);
    const path = await download.path();
    const text = await Bun.file(path).text();
    expect(JSON.parse(text)).toMatchObject({ format: "nash-llm-conversations", conversations: [{}] });
    expect(text).not.toContain(KEY);

    await using other = await stage.open();
    const choose = async (file: string | { name: string; mimeType: string; buffer: Buffer }) => {
      const chooser = other.page.waitForEvent("filechooser");
      await other.page.getByRole("button", { name: "Import" }).click();
      await (await chooser).setFiles(file);
    };
    await choose(path);
    await other.page.getByText("1 conversation imported.").waitFor();
    expect(await read(lastAnswer(other.page))).toContain("Take me with you");
    await choose(path);
    await other.page.getByText("0 conversations imported, 1 were already here.").waitFor();
    await choose({ name: "photo.json", mimeType: "application/json", buffer: Buffer.from("{}") });
    await other.page.getByText("photo.json holds no conversations of nash-llm.").waitFor();
    expect(other.complaints).toEqual([]);
  });
});

test("two tabs of one browser show the same conversations", async () => {
  await using opened = await stage.open();
  const { page } = opened;
  const second = await page.context().newPage();
  await second.goto("/");
  await say(page, "Seen from both");
  await second.getByRole("navigation").getByRole("button", { name: "Seen from both", exact: true }).click();
  expect(await read(lastAnswer(second))).toContain("[demo]");
});

test("the theme that was chosen stays", async () => {
  await using opened = await stage.open("/", { colorScheme: "light" });
  const { page } = opened;
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Dark theme" }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.goto("/docs");
  expect(await background()).toBe(dark);
  await page.getByRole("button", { name: "Light theme" }).click();
  expect(await background()).toBe(light);
});

test("a browser that stores nothing can still talk", async () => {
  await using opened = await stage.open("/docs");
  const { page, complaints } = opened;
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await page.goto("/");
  await say(page, "Hello!");
  expect(await read(lastAnswer(page))).toContain("[demo]");
  expect(complaints).toEqual([]);
});

import { describe, expect, test } from "bun:test";
import { lastAnswer, openConnect, read, say, setStage } from "./page.ts";

const stage = setStage();

describe("connecting", () => {
  test("Test answers in plain words", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    const sheet = await openConnect(page);
    await sheet.getByText(/\d+ models to choose from/).waitFor();
    await sheet.getByRole("button", { name: "Test" }).click();
    await sheet.getByText(/^It works: demo answered after \d/).waitFor();
    await sheet.getByLabel("Model", { exact: true }).fill("demo-404");
    await sheet.getByRole("button", { name: "Test" }).click();
    await sheet.getByText(/^The provider does not know this model or address\./).waitFor();
  });

  test("a provider without its key says that one is missing", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    const sheet = await openConnect(page);
    await sheet.getByRole("button", { name: "OpenAI" }).click();
    expect(await sheet.getByLabel("Base URL").inputValue()).toBe("https://api.openai.com/v1");
    expect(
      await sheet.getByLabel("Key", { exact: true }).evaluate((node) => node === document.activeElement),
    ).toBe(true);
    await sheet.getByRole("button", { name: "Test" }).click();
    await sheet.getByText("This provider needs a key.").waitFor();
  });

  test("servers of this machine come first", async () => {
    await using opened = await stage.open("/docs");
    const { page } = opened;
    const servers = [
      { name: "Ollama", api_base_url: "http://127.0.0.1:11434/v1", models: ["llama3.2", "qwen3"] },
    ];
    await page.route("**/v1/local", (route) => route.fulfill({ json: { servers } }));
    await page.goto("/");
    await page.getByText("Ollama is running on this machine, with 2 models.").waitFor();
    await page.getByRole("button", { name: "Connect Ollama" }).click();
    const sheet = page.getByRole("dialog", { name: "Connect a provider" });
    const choices = await sheet
      .getByRole("region", { name: "On this machine" })
      .getByRole("button")
      .allInnerTexts();
    expect(choices).toEqual([
      expect.stringContaining("Ollama"),
      expect.stringContaining("This server’s own routes"),
      expect.stringContaining("Demo"),
    ]);
    await sheet.getByRole("button", { name: /^Ollama/ }).click();
    expect(await sheet.getByLabel("Model", { exact: true }).inputValue()).toBe("llama3.2");
    await sheet.getByRole("button", { name: "Use this" }).click();
    await page.getByText("DEMO, not an AI").waitFor({ state: "hidden" });
  });

  test("every model is listed, and what is typed narrows them down", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    const sheet = await openConnect(page);
    const list = sheet.getByRole("list", { name: "Models" }).getByRole("button");
    const [, count] = /(\d+) models/.exec(await read(sheet.getByText(/\d+ models to choose from/))) ?? [];
    expect(await list.count()).toBe(Number(count));
    await sheet.getByLabel("Model", { exact: true }).fill("ECHO");
    expect(await list.allInnerTexts()).toEqual(["demo-echo", "demo-echo-key"]);
    await list.first().click();
    expect(await sheet.getByLabel("Model", { exact: true }).inputValue()).toBe("demo-echo");
  });

  test("the server's own routes are asked without address and key", async () => {
    await using opened = await stage.open();
    const { page } = opened;
    await page.route("**/v1/models", (route) => route.fulfill({ json: { data: [{ id: "fast" }] } }));
    const sheet = await openConnect(page);
    await sheet.getByRole("button", { name: /^This server’s own routes/ }).click();
    await sheet.getByRole("list", { name: "Models" }).getByRole("button", { name: "fast" }).click();
    await sheet.getByRole("button", { name: "Use this" }).click();
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith("/v1/chat/completions/stream")),
      say(page, "Hello!"),
    ]);
    expect(Object.keys(request.postDataJSON()).toSorted()).toEqual(["messages", "model", "stream_options"]);
  });

  test("an older server without these paths is no hindrance", async () => {
    await using opened = await stage.open("/docs");
    const { page, complaints } = opened;
    const missing = {
      error: { type: "not_found", message: "There is no such path here.", retryable: false },
    };
    await page.route(/\/v1\/(?:local|chat\/models|chat\/tokens)$/, (route) =>
      route.fulfill({ status: 404, json: missing }),
    );
    await page.goto("/");
    await say(page, "Hello!");
    expect(await read(lastAnswer(page))).toContain("[demo]");
    await openConnect(page);
    await page.getByText("Type the model’s name as the provider writes it.").waitFor();
    expect(complaints).toEqual([]);
  });
});

test("Use it from your app shows the real request", async () => {
  await using opened = await stage.open();
  const { page } = opened;
  await say(page, "It's me");
  await page.getByRole("button", { name: "Use it from your app" }).click();
  const sheet = page.getByRole("dialog", { name: "Use it from your app" });
  const code = sheet.getByRole("region", { name: "Request" });
  expect(await read(code)).toContain(`curl -N ${stage.program().url}/v1/chat/completions/stream`);
  expect(await read(code)).toContain("It'\\''s me");
  await sheet.getByRole("tab", { name: "curl" }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await sheet.getByRole("tab", { name: "TypeScript" }).getAttribute("aria-selected")).toBe("true");
  expect(await read(code)).toContain("await fetch(");
  await page.keyboard.press("ArrowRight");
  expect(await read(code)).toContain("urllib.request");
  await sheet.getByRole("button", { name: "Copy" }).click();
  await sheet.getByRole("button", { name: "Copied" }).waitFor();
});

import { expect, test } from "bun:test";
import { read, setStage } from "./page.ts";

const stage = setStage();

test("a stream is shown as it comes, and can be stopped", async () => {
  await using opened = await stage.open("/docs");
  const { page, complaints } = opened;
  const form = page.getByRole("form", { name: "Try POST /v1/chat/completions/stream" });
  const body = form.getByLabel("Body");
  await body.fill((await body.inputValue()).replace('"demo"', '"demo-numbered-2000-20"'));
  await form.getByRole("button", { name: "Try it" }).click();
  await form.getByText('{"content":"tok-0003 "}').waitFor();
  await form.getByRole("button", { name: "Stop" }).click();
  await form.getByText("Stopped.").waitFor();
  await form.getByRole("button", { name: "Try it" }).waitFor();
  expect(complaints).toEqual([]);
});

test("an error is shown with its status", async () => {
  await using opened = await stage.open("/docs");
  const form = opened.page.getByRole("form", { name: "Try POST /v1/chat/completions/stream" });
  const body = form.getByLabel("Body");
  await body.fill((await body.inputValue()).replace('"model"', '"modle"'));
  await form.getByRole("button", { name: "Try it" }).click();
  await form.getByText(/^422 · application\/json/).waitFor();
  expect(await read(form.getByLabel("What came back"))).toContain("Did you mean model?");
});

test("everything that can be tried answers as the reference says", async () => {
  await using opened = await stage.open("/docs");
  const { page, complaints } = opened;
  // Without settings there are no models, and no answer has an id that is known.
  const forms = await page.getByRole("form", { name: /^Try \w+ (?!\/v1\/models$|.*\{id\})/ }).all();
  expect(forms.length).toBe(16);
  for (const form of forms) {
    await form.getByRole("button", { name: "Try it" }).click();
    await form.getByText(/^200 · .* · \d+ ms$/).waitFor();
  }
  expect(complaints).toEqual([]);
});

test("every entry of the contents leads to its place", async () => {
  await using opened = await stage.open("/docs");
  const dead = await opened.page.evaluate(() =>
    [...document.querySelectorAll<HTMLAnchorElement>("a[href^='#']")]
      .map((link) => link.hash.slice(1))
      .filter((id) => document.getElementById(id) === null),
  );
  expect(dead).toEqual([]);
});

test("it can be read without scripts, and with the keyboard alone", async () => {
  await using opened = await stage.open("/docs", { javaScriptEnabled: false });
  const { page } = opened;
  await page.getByRole("heading", { name: "POST /v1/chat/completions/stream" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(new URL(page.url()).hash).toBe("#reference");
});
